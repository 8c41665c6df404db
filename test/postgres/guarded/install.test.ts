import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createGuardedTarget } from '../../../src/postgres/guarded/guarded.js';
import { DATABASE } from '../../../src/postgres/guarded/names.js';
import type { Target } from '../../../src/postgres/target.js';
import { installedMajors } from '../../support/majors.js';
import { startStandby } from '../../support/standby.js';
import { useServer } from '../server.js';
import { installAsCloudAdmin, installGuarded } from './install.js';

describe.each(installedMajors())('a guarded target on Postgres $major', (major) => {
  const used = useServer(major, {}, 'guarded');
  let target: Target;
  beforeAll(() => {
    target = used.server.open();
  });
  afterAll(() => target.close());

  test('the script again keeps what is granted and what was set', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const pair = await server.pair(role, login);
    const wish = server.wish(pair, { durationMs: 7_200_000 });
    expect(await target.grant(server.id, [wish])).toMatchObject([{ outcome: 'granted' }]);
    await server.cluster.query("UPDATE hallpass.config SET longest = '1 hour'", [], DATABASE);
    await server.cluster.query(
      'CREATE FUNCTION hallpass.of_an_old_version() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      [],
      DATABASE,
    );
    await installGuarded(server.cluster);
    expect(await server.canRead(login, role)).toBe(true);
    const other = server.wish(await server.pair(role, await server.login()), { durationMs: 7_200_000 });
    expect(await target.grant(server.id, [other])).toMatchObject([
      { outcome: 'failed', error: { nextStep: expect.stringContaining('hallpass.config') } },
    ]);
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
    const left = await server.cluster.query(
      "SELECT FROM pg_proc WHERE proname = 'of_an_old_version'",
      [],
      DATABASE,
    );
    expect(left).toEqual([]);
    await server.cluster.query("UPDATE hallpass.config SET longest = '12 hours'", [], DATABASE);
  });

  test('a login that could use a role without the functions is unfit, and check prints the SQL that fixes it', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    for (const given of [role, 'hallpass_owner']) {
      await server.sql(`GRANT ${given} TO hallpass`);
      const unfit = (await target.look([])).server.unfit ?? '';
      const wish = server.wish(await server.pair(role, login));
      expect(await target.grant(server.id, [wish])).toMatchObject([
        { outcome: 'failed', error: { message: unfit } },
      ]);
      await server.sql(/REVOKE .*;$/.exec(unfit)?.[0] ?? '');
      expect((await target.look([])).server.unfit).toBeNull();
    }
  });

  test('the sessions that a loan leaves are ended, and no other', async () => {
    const { server } = used;
    const role = await server.role();
    const [login, stranger] = [await server.login(), await server.login()];
    const pair = await server.granted(target, role, login);
    const session = async (user: string) => {
      const client = new pg.Client({
        connectionString: server.cluster.urlFor({ user, password: 'pass word' }),
      });
      client.on('error', () => undefined);
      await client.connect();
      onTestFinished(() => client.end().catch(() => undefined));
      return client;
    };
    const [reading, elsewhere] = [await session(login), await session(stranger)];
    await reading.query(`BEGIN; DECLARE rows CURSOR FOR SELECT * FROM ${role}; FETCH 1 FROM rows`);
    await target.revoke(server.id, [pair]);
    // The server has ended it by itself; it is counted all the same.
    await expect(reading.query('FETCH 1 FROM rows')).rejects.toThrow();
    const wish = { ...pair, sessions: 'auto', setRole: false, users: [], before: null } as const;
    expect(await target.endSessions(server.id, [wish])).toMatchObject([{ outcome: 'ended', closed: 1 }]);
    await elsewhere.query('SELECT 1');
  });

  test('on a standby, too, sessions are ended through the functions', async () => {
    const { server } = used;
    const standby = await startStandby(server.cluster);
    onTestFinished(() => standby.stop());
    const replica = { ...server.connect, host: standby.host, port: standby.port };
    const withStandby = createGuardedTarget(server.connect, [replica]);
    onTestFinished(() => withStandby.close());
    const [role, login] = [await server.role(), await server.login()];
    const pair = await server.granted(withStandby, role, login);
    await standby.catchUp();
    const reading = new pg.Client({
      connectionString: standby.urlFor({ user: login, password: 'pass word' }),
    });
    reading.on('error', () => undefined);
    await reading.connect();
    onTestFinished(() => reading.end().catch(() => undefined));
    await reading.query(`BEGIN; DECLARE rows CURSOR FOR SELECT * FROM ${role}; FETCH 1 FROM rows`);
    await withStandby.revoke(server.id, [pair]);
    await standby.catchUp();
    const wish = { ...pair, sessions: 'auto', setRole: false, users: [], before: null } as const;
    expect(await withStandby.endSessions(server.id, [wish])).toMatchObject([{ outcome: 'ended', closed: 1 }]);
    await expect(reading.query('FETCH 1 FROM rows')).rejects.toThrow();
  });

  test('what was never set up, or is somebody else’s, is told from what was', async () => {
    const { server } = used;
    await server.cluster.query('ALTER SCHEMA hallpass RENAME TO away', [], DATABASE);
    const missing = { kind: 'not_permitted', nextStep: expect.stringContaining('hallpass setup-sql TARGET') };
    await expect(target.look([])).rejects.toMatchObject(missing);
    await expect(target.list()).rejects.toMatchObject(missing);
    await server.cluster.query('CREATE SCHEMA hallpass', [], DATABASE);
    await expect(target.look([])).rejects.toMatchObject(missing);
    await expect(installGuarded(server.cluster)).rejects.toThrow('somebody else');
    await server.cluster.query('DROP SCHEMA hallpass; ALTER SCHEMA away RENAME TO hallpass', [], DATABASE);
    expect((await target.look([])).server.unfit).toBeNull();
  });
});

describe.each(installedMajors())('installed by the administrator of a managed server, $major', (major) => {
  const used = useServer(major);

  test('it grants, revokes and ends sessions as one that a superuser installed', async () => {
    const { server } = used;
    await installAsCloudAdmin(server.cluster, server.grantorsCount);
    const how = server.grantorsCount ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION';
    const [role, login] = [await server.role(), await server.login()];
    await server.sql(`REVOKE ${role} FROM hallpass; GRANT ${role} TO hallpass_owner WITH ${how}`);
    await server.sql(`GRANT hallpass_people TO ${login}`);
    const target = createGuardedTarget({ ...server.connect, database: DATABASE });
    onTestFinished(() => target.close());
    expect((await target.look([])).server.unfit).toBeNull();
    const pair = await server.granted(target, role, login);
    expect(await server.grantors(pair)).toEqual(['hallpass_owner']);
    expect(await server.canRead(login, role)).toBe(true);
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
    const wish = { ...pair, sessions: 'all', setRole: false, users: [], before: null } as const;
    expect(await target.endSessions(server.id, [wish])).toMatchObject([{ outcome: 'ended' }]);
    const admin = server.cluster.urlFor({ user: 'cloud_admin', password: 'pass word' });
    const client = new pg.Client({ connectionString: admin });
    await client.connect();
    onTestFinished(() => client.end());
    // The membership of the administrator in the owner ended with the script.
    await expect(client.query('SET ROLE hallpass_owner')).rejects.toMatchObject({ code: '42501' });
  });
});
