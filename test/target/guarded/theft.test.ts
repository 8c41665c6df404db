import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DATABASE, REAPER } from '../../../src/target/guarded/names.js';
import type { OidPair, Target } from '../../../src/target/target.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';

const HOUR = 3_600_000;

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

  /** A session of the thief's. */
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

  const LEND = 'SELECT * FROM hallpass.lend($1::bigint[], $2::oid[], $3::oid[], $4::bigint[], $5::boolean[])';
  async function steal(client: pg.Client, { roleOid, memberOid }: OidPair, ms: unknown, id = ++requests) {
    const { rows } = await client.query(LEND, [[id], [roleOid], [memberOid], [ms], [false]]);
    return rows[0];
  }
  const extend = async (client: pg.Client, id: number, ms: number) =>
    (await client.query('SELECT * FROM hallpass.extend($1::bigint[], $2::bigint[])', [[id], [ms]])).rows[0];
  const take = (client: pg.Client, { roleOid, memberOid }: OidPair) =>
    client.query('SELECT * FROM hallpass.take_back($1::oid[], $2::oid[])', [[roleOid], [memberOid]]);
  /** As if this long had passed since it was first lent. */
  const age = (hours: number) =>
    used.server.cluster.query(
      `UPDATE hallpass.grants SET first_granted_at = first_granted_at - make_interval(hours => $1)
        WHERE ended_at IS NULL`,
      [hours],
      DATABASE,
    );

  test('uses no role, grants none and reads nothing', async () => {
    const own = await thief('hallpass', 'postgres');
    for (const sql of [
      `SET ROLE ${role}`,
      'SET ROLE hallpass_owner',
      `GRANT ${role} TO ${login}`,
      `GRANT ${role} TO hallpass`,
      `GRANT hallpass_owner TO hallpass`,
      `SELECT * FROM ${role}`,
    ]) {
      await expect(own.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
    const inside = await thief();
    for (const sql of [
      'SELECT * FROM hallpass.grants',
      'DELETE FROM hallpass.grants',
      "UPDATE hallpass.config SET longest = '1 year'",
      'DO $$ BEGIN LOCK TABLE hallpass.grants IN ACCESS SHARE MODE; END $$',
      `SELECT hallpass.revoke(${pair.roleOid}, ARRAY[${pair.memberOid}]::oid[])`,
      `SELECT hallpass.lend_one(1, ${pair.roleOid}, ${pair.memberOid}, '1 year', true)`,
      'CREATE FUNCTION hallpass.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE TEMP TABLE pg_roles (n int)',
    ]) {
      await expect(inside.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('lends for no longer than the limit, by no duration, extension or renewal', async () => {
    const client = await thief();
    for (const ms of [12 * HOUR + 61_000, 0, -1, null, '9000000000000000000']) {
      expect(await steal(client, pair, ms), String(ms)).toMatchObject({ state: 'failed' });
    }
    expect(await used.server.grantors(pair)).toEqual([]);

    const id = ++requests;
    expect(await steal(client, pair, 6 * HOUR, id)).toMatchObject({ state: 'lent' });
    expect(await extend(client, id, 13 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    expect(await extend(client, id, 12 * HOUR)).toMatchObject({ state: 'extended' });
    await age(10);
    expect(await extend(client, id, 3 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    // The same pair under another id goes on, and does not begin anew.
    expect(await steal(client, pair, 3 * HOUR)).toMatchObject({ state: 'failed', code: '22023' });
    expect(await steal(client, pair, HOUR)).toMatchObject({ state: 'lent' });
    await take(client, pair);
    expect(await steal(client, pair, 12 * HOUR)).toMatchObject({ state: 'lent' });
    await take(client, pair);
  });

  test('lends to nobody who must not have it, and no role that is too much', async () => {
    const { server } = used;
    const client = await thief();
    const other = await server.login();
    const group = await server.role();
    const boss = await server.login();
    await server.sql(`ALTER ROLE ${boss} SUPERUSER; GRANT ${other} TO hallpass`);
    const members = ['hallpass', 'hallpass_owner', REAPER, boss, other, group];
    for (const member of members) {
      const bad = await server.pair(role, member);
      const before = await server.grantors(bad);
      expect(await steal(client, bad, HOUR), member).toMatchObject({ state: 'failed', code: '42501' });
      expect(await server.grantors(bad)).toEqual(before);
    }
    const [programs, above, kept] = [await server.role(), await server.role(), await server.role()];
    await server.sql(`GRANT pg_execute_server_program TO ${programs}; GRANT ${boss} TO ${above}`);
    await server.sql(`REVOKE ${kept} FROM hallpass_owner`);
    for (const name of [programs, above, kept, 'pg_read_all_data', 'postgres']) {
      const bad = await server.pair(name, login);
      expect(await steal(client, bad, HOUR), name).toMatchObject({ state: 'failed', code: '42501' });
      expect(await server.grantors(bad)).toEqual([]);
    }
    const many = Array.from({ length: 501 }, () => pair.memberOid);
    const tooMany = client.query('SELECT hallpass.take_back($1::oid[], $1::oid[])', [many]);
    await expect(tooMany).rejects.toMatchObject({ code: '54000' });
  });

  test('takes nothing that it did not lend, and ends no session of a stranger', async () => {
    const { server } = used;
    const client = await thief();
    const friend = await server.login();
    const kept = await server.pair(role, friend);
    await server.sql(`GRANT ${role} TO ${friend}`);
    await take(client, kept);
    expect(await steal(client, kept, HOUR)).toMatchObject({ state: 'held', message: 'postgres' });
    await take(client, kept);
    expect(await server.grantors(kept)).toEqual(['postgres']);

    const stranger = await thief(friend, 'postgres');
    const { rows } = await stranger.query(
      'SELECT pid, backend_start::text AS since FROM pg_stat_activity WHERE pid = pg_backend_pid()',
    );
    const { rows: ended } = await client.query(
      'SELECT * FROM hallpass.end_sessions($1::oid[], $2::int[], $3::timestamptz[])',
      [[kept.memberOid], [rows[0].pid], [rows[0].since]],
    );
    expect(ended).toEqual([]);
    await stranger.query('SELECT 1');
    // Once borrowed and given back: sessions from that time may be ended, later ones never had the role.
    await server.sql(`REVOKE ${role} FROM ${friend}`);
    await server.lent(target, role, friend);
    await target.takeBack(server.id, [kept]);
    await server.cluster.query(
      "UPDATE hallpass.grants SET ended_at = ended_at - interval '1 hour' WHERE member_oid = $1",
      [kept.memberOid],
      DATABASE,
    );
    const { rows: seen } = await client.query('SELECT * FROM hallpass.sessions($1::oid[])', [
      [kept.memberOid],
    ]);
    expect(seen).toEqual([]);
    await stranger.query('SELECT 1');
  });

  test('keeps no sweep out by an open transaction, nor by a prepared one', async () => {
    const { server } = used;
    const due = await server.login();
    const duePair = await server.pair(role, due);
    const client = await thief();
    await steal(client, duePair, 1);
    await client.query('BEGIN');
    await steal(client, pair, HOUR);
    await expect(client.query("PREPARE TRANSACTION 'stays'")).rejects.toMatchObject({ code: '0A000' });
    await client.query('BEGIN');
    await steal(client, pair, HOUR);
    const reaper = await thief(REAPER);
    const { rows } = await reaper.query('SELECT * FROM hallpass.sweep()');
    expect(rows).toMatchObject([{ state: 'revoked' }]);
    expect(await server.canRead(due, role)).toBe(false);
    await expect(client.query('COMMIT')).rejects.toThrow();
    expect(await server.grantors(pair)).toEqual([]);
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
    const person = await thief(login);
    await expect(person.query('SELECT * FROM hallpass.sweep()')).rejects.toMatchObject({ code: '42501' });
  });
});
