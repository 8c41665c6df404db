/** Who uses what is granted: sessions on a server and its standby, seen with and without the right to read them. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createInspector, type Inspector } from '../../src/postgres/inspecting/inspector.js';
import { installedMajors } from '../support/majors.js';
import { startStandby } from '../support/standby.js';
import { waitFor } from '../support/wait-for.js';
import { useServer } from './server.js';

describe.each(installedMajors())('sessions that could use a grant, on Postgres $major', (major) => {
  const used = useServer(major);
  let inspector: Inspector;
  beforeAll(() => {
    inspector = createInspector(used.server.connect);
  });
  afterAll(() => inspector.close());

  async function session(login: string, port?: number): Promise<pg.Client> {
    const url = new URL(used.server.cluster.urlFor({ user: login, password: 'pass word' }));
    if (port !== undefined) url.port = String(port);
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    return client;
  }

  async function holder() {
    const { server } = used;
    const [role, login, other] = [await server.role(), await server.login(), await server.login()];
    const { memberOid } = await server.pair(role, login);
    const { memberOid: otherOid } = await server.pair(role, other);
    return { login, other, memberOid, otherOid };
  }

  test('are those of the login, of its members, and of those who were members', async () => {
    const { login, other, memberOid, otherOid } = await holder();
    const look = async (users: readonly number[] = []) => {
      const { whole, open } = await inspector.inUse([{ memberOid, users }]);
      expect(whole?.server).toBe(used.server.id);
      return open.get(memberOid) ?? null;
    };
    expect(await look()).toBeNull();
    const client = await session(login);
    expect(await look()).toEqual({ sessions: 1, inTransaction: 0, oldestMs: null });
    await client.end();
    await waitFor(async () => (await look()) === null, { what: 'the session to be gone' });

    await session(other);
    expect(await look()).toBeNull();
    expect(await look([otherOid])).toMatchObject({ sessions: 1 });
    await used.server.sql(`GRANT ${login} TO ${other}`);
    expect(await look()).toMatchObject({ sessions: 1 });
  });

  test('show a transaction only with the right to see it', async () => {
    const { login, memberOid } = await holder();
    const client = await session(login);
    await client.query('BEGIN');
    await client.query('SELECT 1');
    const look = async () => (await inspector.inUse([{ memberOid, users: [] }])).open.get(memberOid);
    expect(await look()).toEqual({ sessions: 1, inTransaction: 0, oldestMs: null });
    const options = major.major >= 16 ? ' WITH INHERIT TRUE, SET FALSE' : '';
    await used.server.sql(`GRANT pg_read_all_stats TO hallpass${options}`);
    onTestFinished(async () => void (await used.server.sql('REVOKE pg_read_all_stats FROM hallpass')));
    expect(await look()).toEqual({ sessions: 1, inTransaction: 1, oldestMs: expect.any(Number) });
  });

  test('are looked for on a standby, too; one that is away makes the look partial', async () => {
    const { login, memberOid } = await holder();
    const standby = await startStandby(used.server.cluster);
    const { connect } = used.server;
    const both = createInspector(connect, {}, [{ ...connect, port: standby.port }]);
    onTestFinished(() => both.close());
    const look = () => both.inUse([{ memberOid, users: [] }]);
    try {
      await standby.catchUp();
      expect(await look()).toMatchObject({ whole: { server: used.server.id }, open: new Map() });
      const there = await session(login, standby.port);
      expect((await look()).open.get(memberOid)).toMatchObject({ sessions: 1 });
      await there.end();
      await session(login);
    } finally {
      await standby.stop();
    }
    const seen = await look();
    expect(seen.whole).toBeNull();
    expect(seen.open.get(memberOid)).toMatchObject({ sessions: 1 });
    // As the server itself, a standby says nothing of its primary.
    expect((await inspector.inUse([{ memberOid, users: [] }])).whole).not.toBeNull();
  });

  test('take one question for thousands of grants', async () => {
    const { login, memberOid } = await holder();
    await session(login);
    const logins = Array.from({ length: 10_000 }, (_, i) => ({ memberOid: 1_000_000 + i, users: [] }));
    await inspector.inUse([...logins, { memberOid, users: [] }]);
    const began = performance.now();
    const { open } = await inspector.inUse([...logins, { memberOid, users: [] }]);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect([...open.keys()]).toEqual([memberOid]);
  });
});
