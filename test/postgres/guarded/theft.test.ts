import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DATABASE, PEOPLE, REAPER } from '../../../src/postgres/guarded/names.js';
import type { OidPair, Target } from '../../../src/postgres/target.js';
import { installedMajors } from '../../support/majors.js';
import { waitFor } from '../../support/wait-for.js';
import { useServer } from '../server.js';

const HOUR = 3_600_000;
/** What another call's transaction may cost, at most: it is ended within this, milliseconds. */
const HELD_UP_MS = 9_000;

describe.each(installedMajors())('a stolen credential of Hallpass, on Postgres $major', (major) => {
  const used = useServer(major, { max_prepared_transactions: '5' }, 'guarded');
  let target: Target;
  let role: string;
  let login: string;
  let pair: OidPair;
  let requests = 1_000_000;
  beforeAll(async () => {
    const { server } = used;
    target = server.open();
    await server.sql(`ALTER ROLE ${REAPER} PASSWORD 'pass word'`);
    role = await server.role();
    login = await server.login();
    pair = await server.pair(role, login);
  });
  afterAll(() => target.close());

  /** A session of the thief's, or of another login. */
  async function thief(user = 'hallpass', database = DATABASE): Promise<pg.Client> {
    const { cluster } = used.server;
    const client = new pg.Client({
      connectionString: cluster.urlFor({ user, password: 'pass word', database }),
    });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    return client;
  }
  const person = (user: string) => thief(user, 'postgres');

  const GRANT =
    'SELECT * FROM hallpass.grant($1::bigint[], $2::oid[], $3::oid[], $4::bigint[], $5::boolean[])';
  async function steal(
    client: pg.Client,
    { roleOid, memberOid }: OidPair,
    ms: unknown,
    { id = ++requests, set = false }: { readonly id?: number; readonly set?: boolean } = {},
  ) {
    const { rows } = await client.query(GRANT, [[id], [roleOid], [memberOid], [ms], [set]]);
    return rows[0];
  }
  const extend = async (client: pg.Client, id: number, ms: number) =>
    (await client.query('SELECT * FROM hallpass.extend($1::bigint[], $2::bigint[])', [[id], [ms]])).rows[0];
  const take = async (client: pg.Client, { roleOid, memberOid }: OidPair) =>
    (await client.query('SELECT * FROM hallpass.revoke($1::oid[], $2::oid[])', [[roleOid], [memberOid]]))
      .rows[0];
  const sweep = async (client: pg.Client) => (await client.query('SELECT * FROM hallpass.sweep()')).rows;
  const inside = (sql: string, values: readonly unknown[] = []) =>
    used.server.cluster.query(sql, values, DATABASE);
  /** As if this long had passed since it was first granted. */
  const age = (hours: number) =>
    inside(
      `UPDATE hallpass.grants SET first_granted_at = first_granted_at - make_interval(hours => $1)
        WHERE ended_at IS NULL`,
      [hours],
    );
  /** As if the pause were over for everybody. */
  const pause = () =>
    inside("UPDATE hallpass.grants SET sessions_ended_at = sessions_ended_at - interval '11 minutes'");
  const makeDue = () =>
    inside('UPDATE hallpass.grants SET expires_at = clock_timestamp() WHERE ended_at IS NULL');
  const isOpen = async (client: pg.Client) => {
    try {
      await client.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  };
  /** A session in which the role goes on after its REVOKE, by SET ROLE where the server lets it, else by a cursor. */
  async function keepUsing(client: pg.Client, table: string): Promise<() => Promise<boolean>> {
    if (used.server.grantorsCount) {
      await client.query(`BEGIN; DECLARE kept CURSOR FOR SELECT * FROM ${table}; FETCH 1 FROM kept`);
    } else await client.query(`SET ROLE ${table}`);
    const use = used.server.grantorsCount ? 'FETCH 1 FROM kept' : `SELECT * FROM ${table}`;
    return () =>
      client.query(use).then(
        () => true,
        () => false,
      );
  }

  test('uses no role, grants none and reads nothing', async () => {
    const own = await thief('hallpass', 'postgres');
    for (const sql of [
      `SET ROLE ${role}`,
      'SET ROLE hallpass_owner',
      `GRANT ${role} TO ${login}`,
      `GRANT ${role} TO hallpass`,
      `GRANT hallpass_owner TO hallpass`,
      `GRANT ${PEOPLE} TO ${login}`,
      `SELECT * FROM ${role}`,
    ]) {
      await expect(own.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
    const client = await thief();
    for (const sql of [
      'SELECT * FROM hallpass.grants',
      'DELETE FROM hallpass.grants',
      "UPDATE hallpass.config SET longest = '1 year'",
      'SELECT * FROM hallpass.roles',
      `INSERT INTO hallpass.roles VALUES ('${role}', true)`,
      'DELETE FROM hallpass.users',
      'SELECT FROM hallpass.locks FOR UPDATE',
      'DO $$ BEGIN LOCK TABLE hallpass.grants IN ACCESS SHARE MODE; END $$',
      'DO $$ BEGIN LOCK TABLE hallpass.locks IN ACCESS SHARE MODE; END $$',
      `SELECT hallpass.revoke_from(${pair.roleOid}, ARRAY[${pair.memberOid}]::oid[])`,
      `SELECT hallpass.grant_one(1, ${pair.roleOid}, ${pair.memberOid}, '1 year', true)`,
      'SELECT hallpass.end_session(1)',
      "SELECT hallpass.end_concerned('{}', now())",
      "SELECT hallpass.settle('{}')",
      "SELECT hallpass.end_blockers('{}')",
      'CREATE FUNCTION hallpass.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE TEMP TABLE pg_roles (n int)',
      `ALTER DATABASE ${DATABASE} SET default_transaction_read_only = on`,
    ]) {
      await expect(client.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('grants for no longer than the limit, by no duration, extension, renewal or gap', async () => {
    const client = await thief();
    for (const ms of [12 * HOUR + 61_000, 0, -1, null, '9000000000000000000']) {
      expect(await steal(client, pair, ms), String(ms)).toMatchObject({ state: 'failed' });
    }
    expect(await used.server.grantors(pair)).toEqual([]);

    const id = ++requests;
    expect(await steal(client, pair, 6 * HOUR, { id })).toMatchObject({ state: 'granted' });
    expect(await extend(client, id, 13 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    expect(await extend(client, id, 12 * HOUR)).toMatchObject({ state: 'extended' });
    await age(10);
    expect(await extend(client, id, 3 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    // The same pair under another id goes on, and does not begin again.
    expect(await steal(client, pair, 3 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    expect(await steal(client, pair, HOUR)).toMatchObject({ state: 'granted' });

    // Nor does a gap renew it: in one transaction, or between two.
    await client.query('BEGIN');
    expect(await take(client, pair)).toMatchObject({ state: 'revoked' });
    expect(await steal(client, pair, 3 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    expect(await steal(client, pair, HOUR)).toMatchObject({ state: 'granted' });
    await client.query('COMMIT');
    await take(client, pair);
    await sweep(client);
    expect(await steal(client, pair, 12 * HOUR)).toMatchObject({
      state: 'failed',
      code: '22023',
      message: expect.stringContaining('until there was a pause of 00:10:00'),
    });
    expect(await used.server.grantors(pair)).toEqual([]);
    // A pause does, once the sessions are proved ended.
    await pause();
    expect(await steal(client, pair, 12 * HOUR)).toMatchObject({ state: 'granted' });
    await take(client, pair);
  });

  test('grants to nobody who must not have it, and no role that is too much', async () => {
    const { server } = used;
    const client = await thief();
    const [other, stranger, reader] = [await server.login(), await server.login(), await server.login()];
    const group = await server.role();
    const boss = await server.login();
    await server.sql(
      `ALTER ROLE ${boss} SUPERUSER; GRANT ${other} TO hallpass; REVOKE ${PEOPLE} FROM ${stranger}`,
    );
    const members = ['hallpass', 'hallpass_owner', REAPER, boss, other, group, stranger, PEOPLE];
    for (const member of members) {
      const bad = await server.pair(role, member);
      const before = await server.grantors(bad);
      expect(await steal(client, bad, HOUR), member).toMatchObject({ state: 'failed', code: '42501' });
      expect(await server.grantors(bad)).toEqual(before);
    }
    // By your word only: not through a login that lets the other in.
    await server.sql(`GRANT ${login} TO ${stranger}`);
    const throughLogin = await server.pair(role, stranger);
    expect(await steal(client, throughLogin, HOUR)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(`GRANT ${PEOPLE} TO`),
    });
    await server.sql(`REVOKE ${login} FROM ${stranger}; CREATE ROLE engineers; GRANT ${PEOPLE} TO engineers`);
    await server.sql(`GRANT engineers TO ${stranger}`);
    expect(await steal(client, throughLogin, HOUR)).toMatchObject({ state: 'granted' });
    await take(client, throughLogin);
    // What reads all data is a person's login like any other.
    await server.sql(`GRANT pg_read_all_data TO ${reader}`);
    expect(await steal(client, await server.pair(role, reader), HOUR)).toMatchObject({ state: 'granted' });
    await take(client, await server.pair(role, reader));

    const [programs, above, kept] = [await server.role(), await server.role(), await server.role()];
    const [iam, own] = [await server.role(), await server.role()];
    await server.sql(`GRANT pg_execute_server_program TO ${programs}; GRANT ${boss} TO ${above}`);
    await server.sql(`CREATE ROLE rds_iam; GRANT rds_iam TO ${iam}; GRANT ${PEOPLE} TO ${own}`);
    await server.sql(`REVOKE ${kept} FROM hallpass_owner`);
    const tooMuch = [programs, above, kept, iam, own, 'pg_read_all_data', 'postgres'];
    for (const provider of ['rdsadmin', 'azuresu', 'supabase_admin', 'doadmin', 'avnadmin', 'rds_ad']) {
      const through = await server.role();
      await server.sql(`CREATE ROLE ${provider}; GRANT ${provider} TO ${through}`);
      tooMuch.push(through);
    }
    for (const name of tooMuch) {
      const bad = await server.pair(name, login);
      expect(await steal(client, bad, HOUR), name).toMatchObject({ state: 'failed', code: '42501' });
      expect(await server.grantors(bad)).toEqual([]);
    }
    const many = Array.from({ length: 501 }, () => pair.memberOid);
    const tooMany = client.query('SELECT hallpass.revoke($1::oid[], $1::oid[])', [many]);
    await expect(tooMany).rejects.toMatchObject({ code: '54000' });
  });

  test('chooses no role to be used with SET ROLE: you do', async () => {
    const { server } = used;
    const client = await thief();
    const [setRole, holder] = [await server.role(), await server.login()];
    const bySet = await server.pair(setRole, holder);
    const asked = await steal(client, bySet, HOUR, { set: true });
    if (server.grantorsCount) {
      expect(asked).toMatchObject({
        state: 'failed',
        code: '42501',
        message: expect.stringContaining('INSERT INTO hallpass.roles'),
      });
      await inside(String(asked.message).split('\n')[1] ?? '');
      expect(await steal(client, bySet, HOUR, { set: true })).toMatchObject({ state: 'granted' });
    } else expect(asked).toMatchObject({ state: 'granted' });
    const session = await person(holder);
    await session.query(`SET ROLE ${setRole}`);
    // What a session became is not forgotten when the role is granted again without it.
    expect(await steal(client, bySet, HOUR)).toMatchObject({ state: 'granted' });
    await take(client, bySet);
    expect(await isOpen(session)).toBe(false);
  });

  test('keeps no session that became the role: the sweep and take_back end them, and who began in between', async () => {
    const { server } = used;
    const client = await thief();
    const table = await server.role();
    const holder = await server.login();
    const kept = await server.pair(table, holder);
    for (const way of ['sweep', 'take_back'] as const) {
      expect(await steal(client, kept, 1_000)).toMatchObject({ state: 'granted' });
      const early = await keepUsing(await person(holder), table);
      expect(await early()).toBe(true);
      await makeDue();
      // The REVOKE is not committed for as long as the thief likes: who comes meanwhile can still become the role.
      await client.query('BEGIN');
      if (way === 'sweep') expect(await sweep(client)).toMatchObject([{ state: 'revoked' }]);
      else expect(await take(client, kept)).toMatchObject({ state: 'revoked' });
      expect(await early()).toBe(false);
      const between = await keepUsing(await person(holder), table);
      // As if the transaction had been open for hours.
      await inside("UPDATE hallpass.config SET pause = '0'");
      await client.query('COMMIT');
      const later = await person(holder);
      expect(await between()).toBe(true);
      const reaper = await thief(REAPER);
      await sweep(reaper);
      expect(await between()).toBe(false);
      await waitFor(async () => ((await sweep(reaper)).length === 0 ? true : null), { what: 'the proof' });
      expect(await server.canRead(holder, table)).toBe(false);
      // Who came after that was seen is left alone.
      const fresh = await person(holder);
      await sweep(reaper);
      expect(await isOpen(fresh)).toBe(true);
      await later.end();
    }
    await inside("UPDATE hallpass.config SET pause = '10 minutes'");
  });

  test('uses it through no other login, and ends the sessions of who did', async () => {
    const { server } = used;
    const client = await thief();
    const [ana, ben] = [await server.login(), await server.login()];
    const table = await server.role();
    const wish = await server.pair(table, ana);
    await server.sql(`GRANT ${ana} TO ${ben}; REVOKE ${PEOPLE} FROM ${ben}`);
    expect(await steal(client, wish, HOUR)).toMatchObject({
      state: 'failed',
      code: '42501',
      message: `the login ${ben} could use it, too, as a member of ${ana}, and is not a member of ${PEOPLE}\nREVOKE ${ana} FROM ${ben};`,
    });
    await server.sql(`GRANT ${PEOPLE} TO ${ben}`);
    expect(await steal(client, wish, HOUR)).toMatchObject({ state: 'granted' });
    const bens = await person(ben);
    const uses = await keepUsing(bens, table);
    expect(await uses()).toBe(true);
    // Who left before the end is remembered.
    await server.sql(`REVOKE ${ana} FROM ${ben}`);
    await take(client, wish);
    expect(await uses()).toBe(false);
  });

  test('gets nobody refused but the one who let Hallpass’s login in, and that one is told', async () => {
    const { server } = used;
    const client = await thief();
    const [ana, ben] = [await server.login(), await server.login()];
    const first = await server.pair(role, ana);
    expect(await target.grant(server.id, [server.wish(first)])).toMatchObject([{ outcome: 'granted' }]);
    // Up to 14, ana can do this by herself.
    if (major.major === 14) await server.as(ana, `GRANT ${ana} TO hallpass`);
    else await server.sql(`GRANT ${ana} TO hallpass`);
    expect((await target.look([])).server.unfit).toBeNull();
    const second = await server.granted(target, role, ben);
    await target.revoke(server.id, [first, second]);
    const refused = await steal(client, first, HOUR);
    expect(refused).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('hallpass is a member of'),
    });
    await server.sql(String(refused.message).split('\n')[1] ?? '');
    expect(await steal(client, first, HOUR)).toMatchObject({ state: 'granted' });
    await take(client, first);
  });

  test('takes nothing that it did not grant, and ends no session of a stranger', async () => {
    const { server } = used;
    const client = await thief();
    const friend = await server.login();
    const kept = await server.pair(role, friend);
    await server.sql(`GRANT ${role} TO ${friend}`);
    await take(client, kept);
    expect(await steal(client, kept, HOUR)).toMatchObject({ state: 'held', message: 'postgres' });
    await take(client, kept);
    expect(await server.grantors(kept)).toEqual(['postgres']);

    const stranger = await person(friend);
    const { rows } = await stranger.query(
      'SELECT pid, backend_start::text AS since FROM pg_stat_activity WHERE pid = pg_backend_pid()',
    );
    const end = async () =>
      (
        await client.query('SELECT * FROM hallpass.end_sessions($1::oid[], $2::int[], $3::timestamptz[])', [
          [kept.memberOid],
          [rows[0].pid],
          [rows[0].since],
        ])
      ).rows;
    expect(await end()).toEqual([]);
    expect(await isOpen(stranger)).toBe(true);
    await server.sql(`REVOKE ${role} FROM ${friend}`);

    // The application's login is nobody's to be granted anything, so its sessions are nobody's to be ended.
    await server.sql(`REVOKE ${PEOPLE} FROM ${friend}`);
    expect(await steal(client, kept, HOUR)).toMatchObject({ state: 'failed', code: '42501' });
    await take(client, kept);
    await sweep(client);
    expect(await end()).toEqual([]);
    expect(await isOpen(stranger)).toBe(true);

    // Once granted and revoked: sessions from that time may be ended, later ones never had the role.
    await server.sql(`GRANT ${PEOPLE} TO ${friend}`);
    await server.granted(target, role, friend);
    await target.revoke(server.id, [kept]);
    await sweep(client);
    const fresh = await person(friend);
    const { rows: seen } = await client.query('SELECT * FROM hallpass.sessions($1::oid[])', [
      [kept.memberOid],
    ]);
    const { rows: own } = await fresh.query('SELECT pg_backend_pid() AS pid');
    expect(seen.map(({ pid }) => pid)).not.toContain(own[0].pid);
  });

  test('holds nobody up by an open transaction, nor by a prepared one', async () => {
    const { server } = used;
    const due = await server.login();
    const duePair = await server.pair(role, due);
    await pause();
    const client = await thief();
    await steal(client, duePair, 1);
    for (const [n, name] of ['hallpass', REAPER].entries()) {
      const other = await thief(name);
      await other.query('BEGIN');
      await other.query('SELECT * FROM hallpass.sweep()');
      await expect(other.query(`PREPARE TRANSACTION 'stays ${n}'`)).rejects.toMatchObject({ code: '0A000' });
    }
    const free = await server.pair(role, await server.login());
    let wish = server.wish(free);
    const holds: readonly (readonly [string, (held: pg.Client) => Promise<unknown>])[] = [
      ['nothing', (held) => held.query("SELECT hallpass.revoke('{}', '{}')")],
      ['a grant', (held) => steal(held, pair, HOUR)],
      ['the id of a request', (held) => steal(held, pair, HOUR, { id: wish.requestId })],
      ['a revocation', (held) => take(held, duePair)],
      ['a sweep', (held) => sweep(held)],
    ];
    for (const [what, hold] of holds) {
      const held = await thief();
      await held.query('BEGIN');
      await hold(held);
      const start = performance.now();
      // What failed on a lock can be tried again, as always.
      const answers = await waitFor(
        async () => {
          const [answer] = await target.grant(server.id, [wish]);
          return answer?.outcome === 'granted' ? answer : null;
        },
        { what: `the grant while a thief holds ${what}`, timeoutMs: HELD_UP_MS },
      );
      expect(answers.outcome).toBe('granted');
      expect(await target.revoke(server.id, [wish])).toMatchObject([{ outcome: 'gone' }]);
      expect(performance.now() - start, what).toBeLessThan(HELD_UP_MS);
      wish = server.wish(free);
      await held.end().catch(() => undefined);
    }
    // Busy in one statement, it is ended, too, also when it is hidden who it is.
    const hiding = await thief();
    await hiding.query(`SELECT pg_advisory_lock('hallpass.locks'::regclass::oid::int, ${pair.roleOid})`);
    const busy = await thief();
    await busy.query('BEGIN');
    await steal(busy, pair, HOUR);
    const sleeps = busy.query('SELECT pg_sleep(60)').catch(() => 'ended');
    const reaper = await thief(REAPER);
    await makeDue();
    await sweep(reaper);
    expect(await server.canRead(due, role)).toBe(false);
    expect(await sleeps).toBe('ended');
    expect(await server.grantors(pair)).toEqual([]);
  });

  test('ends no sweep of the reaper by being in a hurry', async () => {
    const { server } = used;
    const client = await thief();
    const reaper = await thief(REAPER);
    await pause();
    await steal(client, pair, HOUR);
    await reaper.query('BEGIN');
    await sweep(reaper);
    expect(await steal(client, await server.pair(role, await server.login()), HOUR)).toMatchObject({
      code: '55P03',
    });
    await reaper.query('COMMIT');
    await take(client, pair);
  });

  test('of the reaper sweeps, and does nothing else; of others does nothing', async () => {
    const { server } = used;
    const reaper = await thief(REAPER);
    await reaper.query('SELECT * FROM hallpass.sweep()');
    await expect(steal(reaper, pair, HOUR)).rejects.toMatchObject({ code: '42501' });
    await expect(take(reaper, pair)).rejects.toMatchObject({ code: '42501' });
    await expect(reaper.query('SELECT * FROM hallpass.list()')).rejects.toMatchObject({ code: '42501' });
    await expect(thief(login)).rejects.toMatchObject({ code: '42501' });
    await server.sql(`GRANT CONNECT ON DATABASE ${DATABASE} TO ${login}`);
    const somebody = await thief(login);
    await expect(somebody.query('SELECT * FROM hallpass.sweep()')).rejects.toMatchObject({ code: '42501' });
  });
});
