/** Sessions of others that could use a role through the login that it was granted to. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { OidPair, Target, ToEnd } from '../../src/postgres/target.js';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

describe.each(installedMajors())('who could use it through the holder, on Postgres $major', (major) => {
  const used = useServer(major, { max_prepared_transactions: '5' });
  const since16: (name: string, run: () => Promise<void>) => void =
    major.major >= 16 ? test : () => undefined;
  const before16: (name: string, run: () => Promise<void>) => void =
    major.major < 16 ? test : () => undefined;
  let target: Target;

  beforeAll(async () => {
    const options = major.major >= 16 ? ' WITH INHERIT TRUE, SET FALSE' : '';
    await used.server.sql(`GRANT pg_signal_backend, pg_read_all_stats TO hallpass${options}`);
    target = used.server.open();
  });
  afterAll(() => target.close());

  async function session(login: string): Promise<pg.Client> {
    const connectionString = used.server.cluster.urlFor({ user: login, password: 'pass word' });
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    return client;
  }

  /** A role with rows, a login that holds it for now, and another login that is no member yet. */
  async function cast({ setRole = false } = {}) {
    const { server } = used;
    const [role, ana, ben] = [await server.role(), await server.login(), await server.login()];
    await server.sql(`INSERT INTO ${role} SELECT generate_series(1, 3)`);
    const pair = await server.pair(role, ana);
    const wish = server.wish(pair, { setRole });
    const grant = () => target.grant(server.id, [wish]);
    const benOid = (await server.pair(role, ben)).memberOid;
    return { role, ana, ben, benOid, pair, grant };
  }

  const take = (pair: OidPair) => target.revoke(used.server.id, [pair]);
  async function end(pair: OidPair, more: Partial<ToEnd> = {}) {
    const wish: ToEnd = { ...pair, sessions: 'auto', setRole: false, users: [], before: null, ...more };
    return (await target.endSessions(used.server.id, [wish]))[0];
  }

  /** Keeps on reading what it reads now: a cursor in an open transaction. */
  async function reads(client: pg.Client, role: string): Promise<void> {
    await client.query(`BEGIN; DECLARE c CURSOR FOR SELECT * FROM ${role}; FETCH 1 FROM c`);
  }
  const canGoOn = (client: pg.Client) =>
    client.query('FETCH 1 FROM c').then(
      () => true,
      () => false,
    );
  const isOpen = (client: pg.Client) =>
    client.query('SELECT 1').then(
      () => true,
      () => false,
    );

  test('a member of the holder’s login that reads is ended with it', async () => {
    const { role, ana, ben, benOid, pair, grant } = await cast();
    await used.server.sql(`GRANT ${ana} TO ${ben}`);
    const users = [{ oid: benOid, name: ben }];
    expect(await grant()).toMatchObject([{ outcome: 'granted', users }]);
    const { memberships } = await target.list();
    expect(memberships.find(({ memberOid }) => memberOid === pair.memberOid)?.users).toEqual(users);
    const open = await session(ben);
    await reads(open, role);
    expect(await take(pair)).toMatchObject([{ outcome: 'gone', users }]);
    expect(await canGoOn(open)).toBe(true);
    expect(await end(pair)).toMatchObject({ ...pair, outcome: 'ended', closed: 1 });
    expect(await canGoOn(open)).toBe(false);
  });

  test('a member that became the role is ended, wherever in a transaction or not', async () => {
    const { role, ana, ben, pair, grant } = await cast({ setRole: true });
    await used.server.sql(`GRANT ${ana} TO ${ben}`);
    await grant();
    const open = await session(ben);
    await open.query(`SET ROLE ${role}`);
    await take(pair);
    expect((await open.query(`SELECT * FROM ${role}`)).rows).toHaveLength(3);
    expect(await end(pair, { setRole: true })).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await isOpen(open)).toBe(false);
  });

  before16('before 16 a member needs nobody to have allowed SET ROLE', async () => {
    const { role, ana, ben, pair, grant } = await cast();
    await grant();
    // On 14, a login may grant itself to others.
    if (major.major === 14) await used.server.as(ana, `GRANT ${ana} TO ${ben}`);
    else await used.server.sql(`GRANT ${ana} TO ${ben}`);
    const open = await session(ben);
    await open.query(`SET ROLE ${role}`);
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await isOpen(open)).toBe(false);
  });

  test('a member of a group that is a member', async () => {
    const { server } = used;
    const { role, ana, ben, pair, grant } = await cast();
    const [team, staff] = [await server.role(), await server.role()];
    await server.sql(`GRANT ${ana} TO ${team}; GRANT ${team} TO ${staff}; GRANT ${staff} TO ${ben}`);
    expect(await grant()).toMatchObject([
      { users: expect.arrayContaining([expect.objectContaining({ name: ben })]) },
    ]);
    const open = await session(ben);
    await reads(open, role);
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await canGoOn(open)).toBe(false);
  });

  test('one that joined and left before the end is found by what was kept of it', async () => {
    const { server } = used;
    const { role, ana, ben, benOid, pair, grant } = await cast();
    await grant();
    await server.sql(`GRANT ${ana} TO ${ben}`);
    const open = await session(ben);
    await reads(open, role);
    await server.sql(`REVOKE ${ana} FROM ${ben}`);
    expect(await take(pair)).toMatchObject([{ users: [] }]);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 0 });
    expect(await canGoOn(open)).toBe(true);
    expect(await end(pair, { users: [benOid] })).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await canGoOn(open)).toBe(false);
  });

  test('one that was dropped, or can’t log in any more, is still ended', async () => {
    const { server } = used;
    const { role, ana, ben, benOid, pair, grant } = await cast();
    await server.sql(`GRANT ${ana} TO ${ben}`);
    await grant();
    const cem = await server.login();
    await server.sql(`GRANT ${ana} TO ${cem}`);
    const [bens, cems] = [await session(ben), await session(cem)];
    await reads(bens, role);
    await reads(cems, role);
    await server.sql(`DROP ROLE ${ben}; ALTER ROLE ${cem} NOLOGIN`);
    await take(pair);
    expect(await end(pair, { users: [benOid] })).toMatchObject({ outcome: 'ended', closed: 2 });
    expect([await canGoOn(bens), await canGoOn(cems)]).toEqual([false, false]);
  });

  test('one that can use the role in another way is left alone', async () => {
    const { server } = used;
    const { role, ana, ben, pair, grant } = await cast();
    const team = await server.role();
    await server.sql(`GRANT ${ana} TO ${ben}; GRANT ${role} TO ${team}; GRANT ${team} TO ${ben}`);
    await grant();
    const open = await session(ben);
    await reads(open, role);
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 0 });
    expect(await canGoOn(open)).toBe(true);
  });

  test('one that has a grant of its own keeps its sessions until that ends', async () => {
    const { server } = used;
    const { role, ana, ben, pair, grant } = await cast();
    await server.sql(`GRANT ${ana} TO ${ben}`);
    await grant();
    // What another holds only for now is not held already.
    expect((await target.look([{ role, login: ben }])).facts).toMatchObject([{ held: null }]);
    const own = await server.granted(target, role, ben);
    const open = await session(ben);
    await reads(open, role);
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 0 });
    expect(await canGoOn(open)).toBe(true);
    await take(own);
    expect(await end(own)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await canGoOn(open)).toBe(false);
  });

  test('superusers and non-members are left alone', async () => {
    const { server } = used;
    const { role, ana, ben, pair, grant } = await cast();
    const root = await server.login();
    await server.sql(`ALTER ROLE ${root} SUPERUSER; GRANT ${ana} TO ${root}`);
    expect(await grant()).toMatchObject([{ users: [] }]);
    const [roots, bens] = [await session(root), await session(ben)];
    await reads(roots, role);
    await bens.query('BEGIN; SELECT 1');
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 0 });
    expect([await isOpen(roots), await isOpen(bens)]).toEqual([true, true]);
  });

  test('a prepared transaction of another is reported like the holder’s', async () => {
    const { server } = used;
    const { role, ana, ben, pair, grant } = await cast();
    await server.sql(`GRANT ${ana} TO ${ben}`);
    await grant();
    const open = await session(ben);
    const gid = `left by ${ben}`;
    await open.query(`BEGIN; SELECT count(*) FROM ${role}; PREPARE TRANSACTION '${gid}'`);
    onTestFinished(async () => {
      await server.sql(`ROLLBACK PREPARED '${gid}'`);
    });
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', prepared: [gid] });
  });

  since16('a membership on the way that gives nothing leads nobody there', async () => {
    const { server } = used;
    const { ana, ben, pair, grant } = await cast();
    await server.sql(`GRANT ${ana} TO ${ben} WITH INHERIT FALSE, SET FALSE`);
    expect(await grant()).toMatchObject([{ users: [] }]);
    const open = await session(ben);
    await open.query('BEGIN; SELECT 1');
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 0 });
    expect(await isOpen(open)).toBe(true);
  });

  since16('a member that can only SET ROLE to the holder reads as it, and is ended', async () => {
    const { server } = used;
    const { role, ana, ben, pair, grant } = await cast();
    await server.sql(`GRANT ${ana} TO ${ben} WITH INHERIT FALSE, SET TRUE`);
    await grant();
    const open = await session(ben);
    await open.query(`SET ROLE ${ana}`);
    await reads(open, role);
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await canGoOn(open)).toBe(false);
  });

  test('what is still open is said with the name, without the right to end it', async () => {
    const { server } = used;
    await server.sql('REVOKE pg_signal_backend FROM hallpass');
    try {
      const { role, ana, ben, pair, grant } = await cast();
      await server.sql(`GRANT ${ana} TO ${ben}`);
      await grant();
      await reads(await session(ben), role);
      await take(pair);
      const answer = await end(pair);
      if (answer?.outcome !== 'open') throw new Error(`answered ${answer?.outcome}`);
      expect(answer.error.message).toContain(`1 session of ${ben} (who could use it through the login)`);
    } finally {
      const options = server.grantorsCount ? ' WITH INHERIT TRUE, SET FALSE' : '';
      await server.sql(`GRANT pg_signal_backend TO hallpass${options}`);
    }
  });

  test('a holder that was made superuser keeps nobody else’s sessions open, and is named', async () => {
    const { server } = used;
    const four = [await cast(), await cast(), await cast(), await cast()];
    const opened = [];
    for (const { role, ana, grant } of four) {
      await grant();
      const open = await session(ana);
      await reads(open, role);
      opened.push(open);
    }
    const [risen] = four;
    if (risen === undefined) throw new Error('nobody');
    await server.sql(`ALTER ROLE ${risen.ana} SUPERUSER`);
    await target.revoke(
      server.id,
      four.map(({ pair }) => pair),
    );
    const began = performance.now();
    const answers = await target.endSessions(
      server.id,
      four.map(({ pair }) => ({ ...pair, sessions: 'auto', setRole: false, users: [], before: null })),
    );
    // Nobody waits for what can't be ended.
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['open', 'ended', 'ended', 'ended']);
    expect(await Promise.all(opened.map(canGoOn))).toEqual([true, false, false, false]);
    const [open] = answers;
    if (open?.outcome !== 'open') throw new Error('not open');
    expect(open.error).toMatchObject({
      message: `The role is gone, but ${risen.ana} is a superuser now, and only a superuser can end its 1 session on the server.`,
      nextStep: `End them by hand, or: ALTER ROLE "${risen.ana}" NOSUPERUSER;`,
    });
    await server.sql(`ALTER ROLE ${risen.ana} NOSUPERUSER`);
    expect(await end(risen.pair, { before: open.before })).toMatchObject({ outcome: 'ended', closed: 1 });
  });

  test('a transaction that is not shown, because activities are not tracked, counts as old', async () => {
    const { server } = used;
    const { role, ana, pair, grant } = await cast();
    await server.sql(`ALTER ROLE ${ana} SET track_activities = off`);
    await grant();
    const open = await session(ana);
    await reads(open, role);
    await take(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await canGoOn(open)).toBe(false);
  });
});
