/**
 * Anyone who may ALTER ROLE or ALTER DATABASE sets defaults for Hallpass's next session. Whatever they are, on the
 * database, on the login and on both, a role is granted, revoked and proved gone with its sessions.
 */
import pg from 'pg';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { OidPair } from '../../src/postgres/target.js';
import { HOSTILE, type Hostile, setEverywhere } from '../support/hostile.js';
import { installedMajors } from '../support/majors.js';
import { startPgBouncer } from '../support/pgbouncer.js';
import { describeWith } from '../support/program.js';
import { waitFor } from '../support/wait-for.js';
import { type TestServer, useServer } from './server.js';

const PASSWORD = 'pass word';
const MODES = ['direct', 'guarded'] as const;
const ON_EACH = installedMajors().flatMap((major) => MODES.map((mode) => ({ ...major, mode })));

/** Where people work, and where the superuser prepares things: nothing is set there. */
const WORK = 'work';

/** The table of the role, in the database where people work. */
async function furnish(server: TestServer): Promise<void> {
  await server.sql(`CREATE DATABASE ${WORK}`);
  await server.role('orders_read');
  await server.login('ana');
  const work = (sql: string) => server.cluster.query(sql, [], WORK);
  await work('CREATE TABLE orders (n int)');
  await work('GRANT SELECT ON orders TO orders_read');
  const rights = 'GRANT pg_read_all_stats, pg_signal_backend TO hallpass';
  if (server.mode === 'direct')
    await server.sql(server.grantorsCount ? `${rights} WITH INHERIT TRUE` : rights);
}

/** Asked where nothing is set. */
async function pairOf(server: TestServer): Promise<OidPair> {
  const [row] = await server.cluster.query<{ role: number; login: number }>(
    "SELECT r.oid AS role, u.oid AS login FROM pg_roles r, pg_roles u WHERE r.rolname = 'orders_read' AND u.rolname = 'ana'",
    [],
    WORK,
  );
  return { roleOid: Number(row?.role), memberOid: Number(row?.login) };
}

const asAna = (server: TestServer, sql: string) =>
  runSql(server.cluster.urlFor({ user: 'ana', password: PASSWORD, database: WORK }), sql);

async function mayRead(server: TestServer): Promise<boolean> {
  return asAna(server, 'SELECT FROM orders').then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === '42501') return false;
      throw error;
    },
  );
}

/** A session of Ana's with a transaction that goes on with the plan it made; answers whether it is still there. */
async function holdOpen(server: TestServer): Promise<() => Promise<boolean>> {
  const client = new pg.Client(server.cluster.urlFor({ user: 'ana', password: PASSWORD, database: WORK }));
  let open = true;
  client.on('error', () => undefined);
  client.on('end', () => {
    open = false;
  });
  await client.connect();
  onTestFinished(async () => {
    if (open) await client.end();
  });
  await client.query('BEGIN; DECLARE c CURSOR FOR SELECT FROM orders; FETCH c');
  return async () => open;
}

async function story(server: TestServer, port = server.connect.port): Promise<void> {
  const target = server.open({ port });
  try {
    const pair = await pairOf(server);
    expect(await target.grant(server.id, [server.wish(pair)])).toMatchObject([{ outcome: 'granted' }]);
    expect(await mayRead(server)).toBe(true);
    const isOpen = await holdOpen(server);
    expect(await target.revoke(server.id, [pair])).toEqual([
      { ...pair, outcome: 'gone', stillHeld: false, users: [] },
    ]);
    const end = { ...pair, sessions: 'auto', setRole: false, users: [] } as const;
    const [ended] = await target.endSessions(server.id, [{ ...end, before: null }]);
    expect(ended).toMatchObject({ outcome: 'ended', closed: 1, prepared: [] });
    if (ended?.outcome !== 'ended') throw new Error('not ended');
    await waitFor(async () => !(await isOpen()), { what: 'the session of Ana to end' });
    expect(await mayRead(server)).toBe(false);
    // A session that began afterwards never had the role, also when the question comes again.
    const isLaterOpen = await (async () => {
      const client = new pg.Client(
        server.cluster.urlFor({ user: 'ana', password: PASSWORD, database: WORK }),
      );
      client.on('error', () => undefined);
      await client.connect();
      onTestFinished(() => client.end().catch(() => undefined));
      await client.query('BEGIN; SELECT 1');
      return () =>
        client.query('SELECT 1').then(
          () => true,
          () => false,
        );
    })();
    expect(await target.endSessions(server.id, [{ ...end, before: ended.before }])).toMatchObject([
      // A guarded server answers how many were ended in all.
      { outcome: 'ended', before: ended.before },
    ]);
    expect(await isLaterOpen()).toBe(true);
    expect((await target.list()).memberships).toEqual([]);
  } finally {
    await target.close();
  }
}

describe.each(ON_EACH)('on Postgres $major, $mode', (major) => {
  const used = useServer(major, {}, major.mode);
  beforeAll(() => furnish(used.server));

  const { mode } = major;
  const database = mode === 'guarded' ? 'hallpass' : 'postgres';
  const admin = (sql: string, values: unknown[] = []) => used.server.cluster.query(sql, values, WORK);
  afterEach(async () => {
    await admin(`ALTER DATABASE ${database} RESET ALL`);
    await admin('ALTER ROLE hallpass RESET ALL');
    await admin(`ALTER ROLE hallpass IN DATABASE ${database} RESET ALL`);
  });
  const set = (hostile: readonly Hostile[]) => setEverywhere(admin, hostile, { database, role: 'hallpass' });

  test.each(Object.entries(HOSTILE))('%s: a hostile default changes nothing', async (_, hostile) => {
    await set(hostile);
    await story(used.server);
  });
});

describe.each(installedMajors())('on Postgres $major', (major) => {
  const used = useServer(major);
  beforeAll(() => furnish(used.server));

  test('a login that is dropped while it is connected, and created again, is logged in again', async () => {
    const { server } = used;
    const create = () => server.sql(`CREATE ROLE robot LOGIN PASSWORD '${PASSWORD}'`);
    await create();
    const target = server.open({ user: 'robot' });
    onTestFinished(() => target.close());
    await target.look([]);
    await server.sql('DROP ROLE robot');
    const pair = await pairOf(server);
    const before = await target.revoke(server.id, [pair]).catch((thrown: unknown) => thrown);
    expect(before).toMatchObject({ scope: 'target', passing: true, ambiguous: false });
    expect(String(before)).toContain('Hallpass’s session on the server can’t be used any more');
    await expect(target.look([])).rejects.toMatchObject({ kind: 'login_refused' });
    await create();
    expect((await target.look([])).server.login).toBe('robot');
    await target.close();
    await server.sql('DROP ROLE robot');
  });

  describeWith('pgbouncer')('behind a pooler in session mode, which refuses options', () => {
    const server = () => used.server;

    test.each(['what a transaction may do', 'how values are written and read', 'how a query is planned'])(
      '%s: a hostile default changes nothing',
      async (group) => {
        const { host, port, user, password } = server().connect;
        const pooler = await startPgBouncer(
          { host, port },
          { mode: 'session', logins: [{ user, password: password ?? '' }] },
        );
        onTestFinished(() => pooler.stop());
        const admin = (sql: string, values: unknown[] = []) => server().cluster.query(sql, values, WORK);
        await setEverywhere(admin, HOSTILE[group] ?? [], { database: 'postgres', role: 'hallpass' });
        onTestFinished(async () => {
          await admin('ALTER ROLE hallpass RESET ALL');
          await admin('ALTER ROLE hallpass IN DATABASE postgres RESET ALL');
          await admin('ALTER DATABASE postgres RESET ALL');
        });
        await story(server(), pooler.port);
      },
    );
  });
});
