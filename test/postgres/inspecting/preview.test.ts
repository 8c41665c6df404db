import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { previewSchema } from '../../../src/domain/postgres/preview.js';
import { createInspector, type Inspector } from '../../../src/postgres/inspecting/inspector.js';
import { quoteName } from '../../../src/postgres/quote.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';

const SCHEMA = 'CREATE SCHEMA r_s; GRANT USAGE ON SCHEMA r_s TO r';
const ACTING = "CREATE FUNCTION r_s.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'";
const FOREIGN = 'CREATE FOREIGN DATA WRAPPER r_w; CREATE SERVER r_v FOREIGN DATA WRAPPER r_w';
const PARAMETERS: [attributes: string, given: string, plain: string, setRole: string][] = [
  ['', 'GRANT SET ON PARAMETER log_statement TO r', 'admin', 'admin'],
  ['', 'GRANT ALTER SYSTEM ON PARAMETER archive_command TO r', 'superuser', 'superuser'],
];

describe.each(installedMajors())('what a role can do on Postgres $major', (major) => {
  const used = useServer(major);
  let inspector: Inspector;
  beforeAll(async () => {
    inspector = createInspector(used.server.connect);
    await used.server.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  });
  afterAll(() => inspector.close());
  const setRoleWanted = major.major >= 16 ? '' : ' (before 16 always)';

  test('is counted as the server itself decides when it is tried', async () => {
    const { server } = used;
    const [r, inherited, unused, owner] = [
      await server.role(),
      await server.role(),
      await server.role(),
      await server.role(),
    ];
    const [login, other] = [await server.login(), await server.login()];
    const kinds: readonly (readonly [grants: string, owner?: string])[] = [
      [`GRANT SELECT ON $t TO ${r}`],
      [`GRANT SELECT, INSERT ON $t TO ${r}`],
      [`GRANT UPDATE ON $t TO ${inherited}`],
      [`GRANT SELECT ON $t TO ${unused}`],
      [`GRANT SELECT ON $t TO PUBLIC`],
      [`GRANT SELECT ON $t TO ${login}; GRANT INSERT ON $t TO ${r}`],
      [`GRANT SELECT (n), UPDATE (n) ON $t TO ${r}`],
      [`GRANT TRUNCATE ON $t TO ${r}`],
      ['', owner],
      [''],
    ];
    await server.sql(`GRANT ${inherited}, ${owner} TO ${r}`);
    for (const schema of ['open', 'shut']) {
      await server.sql(`CREATE SCHEMA ${schema}`);
      if (schema === 'open') await server.sql(`GRANT USAGE ON SCHEMA ${schema} TO ${r}`);
      for (const [i, [grants, ownedBy]] of kinds.entries()) {
        // Twice, because tables that are alike are asked about once.
        for (const t of [`${schema}.t${i}`, `${schema}.twin${i}`]) {
          await server.sql(`CREATE TABLE ${t} (n int, m int); ${grants.replaceAll('$t', t)}`);
          if (ownedBy !== undefined) await server.sql(`ALTER TABLE ${t} OWNER TO ${ownedBy}`);
        }
      }
    }
    const seen = await inspector.preview({ role: r, login, setRole: false });
    const shown = seen.databases.flatMap(({ schemas }) => schemas).filter(({ name }) => name === 'open');

    async function tries(who: string, statements: readonly string[]): Promise<Set<string>> {
      const done = new Set<string>();
      for (const [i] of kinds.entries()) {
        for (const t of [`open.t${i}`, `open.twin${i}`]) {
          for (const statement of statements) {
            const text = `BEGIN; ${statement.replace('$t', t)}; ROLLBACK`;
            await server.as(who, text).then(
              () => done.add(t),
              () => undefined,
            );
          }
        }
      }
      return done;
    }
    const READS = ['SELECT n FROM $t'];
    const WRITES = ['INSERT INTO $t VALUES (1)', 'UPDATE $t SET n = 1', 'DELETE FROM $t', 'TRUNCATE $t'];
    const before = { read: await tries(login, READS), write: await tries(login, WRITES) };
    await server.sql(`GRANT ${r} TO ${login}, ${other}`);
    const gained = async (had: ReadonlySet<string>, statements: readonly string[]) =>
      [...(await tries(login, statements))].filter((t) => !had.has(t)).length;
    const [read, write] = [(await tries(other, READS)).size, (await tries(other, WRITES)).size];
    const newRead = await gained(before.read, READS);
    const newWrite = await gained(before.write, WRITES);
    expect(shown).toEqual([{ name: 'open', read, write, owns: 2, newRead, newWrite }]);
    expect([read, write, newRead, newWrite]).toEqual([10, 12, 12, 12]);
    expect(previewSchema.parse(JSON.parse(JSON.stringify(seen)))).toEqual(seen);
  });

  test('memberships that are not inherited count where SET ROLE is open', async () => {
    const { server } = used;
    const [r, more] = [await server.role(), await server.role()];
    await server.sql(
      server.grantorsCount ? `GRANT ${more} TO ${r} WITH INHERIT FALSE` : `ALTER ROLE ${r} NOINHERIT`,
    );
    await server.sql(`GRANT ${more} TO ${r}`);
    const read = async (setRole: boolean) => {
      const { databases } = await inspector.preview({ role: r, login: null, setRole });
      return databases.flatMap(({ schemas }) => schemas).find(({ name }) => name === 'public')?.read;
    };
    expect(await read(true)).toBe(2);
    expect(await read(false)).toBe(server.grantorsCount ? 1 : 2);
  });

  test.each<[attributes: string, given: string, plain: string, setRole: string]>([
    ['', '', 'read', 'read'],
    ['', 'REVOKE SELECT ON r FROM r', 'none', 'none'],
    ['', 'GRANT UPDATE ON r TO r', 'write', 'write'],
    ['', 'ALTER TABLE r OWNER TO r', 'write', 'write'],
    ['', 'GRANT CREATE ON DATABASE postgres TO r', 'write', 'write'],
    ['', 'GRANT pg_read_all_data TO r', 'read', 'read'],
    ['', 'GRANT pg_monitor TO r', 'read', 'read'],
    ['', 'GRANT pg_write_all_data TO r', 'write', 'write'],
    ['', 'GRANT pg_signal_backend TO r', 'admin', 'admin'],
    ['', 'GRANT pg_write_server_files TO r', 'superuser', 'superuser'],
    [
      '',
      'CREATE ROLE r_between; GRANT pg_execute_server_program TO r_between; GRANT r_between TO r',
      'superuser',
      'superuser',
    ],
    ['', 'CREATE ROLE r_other; GRANT r_other TO r WITH ADMIN OPTION', 'admin', 'admin'],
    [
      '',
      'CREATE ROLE r_one; CREATE ROLE r_two; GRANT pg_read_server_files TO r_two; GRANT r_two TO r_one; GRANT r_one TO r WITH ADMIN OPTION',
      'superuser',
      'superuser',
    ],
    // What stands outside of tables, and what everybody may do once a role lets them in.
    ['', `${SCHEMA}; ${ACTING}`, 'admin', 'admin'],
    ['', `${SCHEMA}; ${ACTING}; CREATE ROLE r_o; ALTER FUNCTION r_s.f() OWNER TO r_o`, 'write', 'write'],
    ['', `CREATE SCHEMA r_s; ${ACTING}`, 'read', 'read'],
    ['', 'GRANT EXECUTE ON FUNCTION pg_read_file(text) TO r', 'admin', 'admin'],
    ['', 'GRANT SELECT ON pg_authid TO r', 'admin', 'admin'],
    ['', 'GRANT SELECT (rolpassword) ON pg_authid TO r', 'admin', 'admin'],
    ['', `${FOREIGN}; GRANT USAGE ON FOREIGN SERVER r_v TO r`, 'admin', 'admin'],
    ['', 'CREATE SEQUENCE r_q; GRANT UPDATE ON SEQUENCE r_q TO r', 'write', 'write'],
    ['', 'SELECT lo_create(90001); GRANT UPDATE ON LARGE OBJECT 90001 TO r', 'write', 'write'],
    ['', 'ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO r', 'write', 'write'],
    ...(major.major >= 15 ? PARAMETERS : []),
    ['CREATEDB', '', 'read', 'admin'],
    ['BYPASSRLS', '', 'read', 'admin'],
    ['REPLICATION', '', 'read', 'admin'],
    ['CREATEROLE', '', 'read', major.major >= 16 ? 'admin' : 'superuser'],
    ['', 'CREATE ROLE r_root SUPERUSER; GRANT r_root TO r', 'read', 'superuser'],
  ])(`%s %s: %s, with SET ROLE${setRoleWanted} %s`, async (attributes, given, plain, setRole) => {
    const { server } = used;
    const r = await server.role();
    if (attributes !== '') await server.sql(`ALTER ROLE ${r} ${attributes}`);
    if (given !== '') await server.sql(given.replace(/\br(?=_|\b)/g, r));
    const of = async (may: boolean) => await inspector.preview({ role: r, login: null, setRole: may });
    // A member of a superuser inherits nothing of what makes it one.
    expect((await of(true)).danger).toBe(setRole);
    expect((await of(false)).danger).toBe(server.grantorsCount ? plain : setRole);
    if (setRole !== 'none') expect((await of(true)).reasons).not.toEqual([]);
  });

  test('who else could use it through the login is named, with the REVOKE that changes it', async () => {
    const { server } = used;
    const role = await server.role();
    const [ana, direct, nested, nobody, root] = [
      await server.login('ana "the" first'),
      await server.login(),
      await server.login(),
      await server.login(),
      await server.login(),
    ];
    const team = await server.role();
    const quoted = quoteName(ana);
    await server.sql(`ALTER ROLE ${root} SUPERUSER`);
    await server.sql(`GRANT ${quoted} TO ${direct}, ${team}, ${root}; GRANT ${team} TO ${nested}`);
    if (major.major >= 16) await server.sql(`GRANT ${quoted} TO ${nobody} WITH INHERIT FALSE, SET FALSE`);
    const pair = { role, login: ana, setRole: false };
    const users = (await inspector.preview(pair)).users ?? [];
    expect(users).toEqual([
      { name: direct, through: null, revoke: `REVOKE ${quoted} FROM "${direct}";` },
      { name: nested, through: team, revoke: `REVOKE ${quoted} FROM "${team}";` },
    ]);
    for (const { revoke } of users) await server.sql(revoke);
    const fresh = createInspector(server.connect);
    expect(await fresh.preview(pair)).toMatchObject({ users: [], moreUsers: 0 });
    await fresh.close();
  });

  test('a role that doesn’t exist, or whose name Postgres would cut, is nobody', async () => {
    const { server } = used;
    const long = 'n'.repeat(63);
    await server.role(long);
    for (const role of ['nobody at all', `${long}x`, 'nul\0']) {
      await expect(inspector.preview({ role, login: null, setRole: false })).rejects.toMatchObject({
        kind: 'unfit',
        passing: false,
      });
    }
  });
});

const newest = installedMajors().slice(-1);

describe.each(newest)('databases and times, on Postgres $major', (major) => {
  const used = useServer(major, { shared_buffers: '64MB' });
  let inspector: Inspector;
  beforeAll(() => {
    inspector = createInspector(used.server.connect);
  });
  afterAll(() => inspector.close());

  test('each database that concerns the role is read, or named with the reason', async () => {
    const { server } = used;
    const [r, login] = [await server.role(), await server.login()];
    const names = Array.from({ length: 10 }, (_, i) => `shop_${i}`);
    for (const name of [...names, 'billing', 'unconcerned']) await server.sql(`CREATE DATABASE ${name}`);
    for (const [i, name] of [...names, 'billing'].entries()) {
      const tables = Array.from(
        { length: 20 - i },
        (_, n) => `CREATE TABLE t${n} (); GRANT SELECT ON t${n} TO ${r};`,
      );
      await server.cluster.query(tables.join(' '), [], name);
    }
    await server.sql('REVOKE CONNECT ON DATABASE billing FROM PUBLIC');
    await server.sql(`GRANT CONNECT ON DATABASE billing TO ${r}`);
    const preview = await inspector.preview({ role: r, login, setRole: false });
    expect(preview.databases.map(({ name, schemas }) => [name, schemas[0]?.read])).toEqual([
      ['postgres', 1],
      ...Array.from({ length: 7 }, (_, i) => [`shop_${i}`, 20 - i]),
    ]);
    expect(preview.unread).toEqual([
      { name: 'billing', why: 'no CONNECT' },
      ...['shop_7', 'shop_8', 'shop_9'].map((name) => ({ name, why: 'too many databases' })),
    ]);
    const open = await server.sql("SELECT FROM pg_stat_activity WHERE usename = 'hallpass'");
    expect(open.length).toBeLessThanOrEqual(3);

    const reader = await server.role();
    await server.sql(`GRANT pg_read_all_data TO ${reader}`);
    const all = await inspector.preview({ role: reader, login, setRole: false });
    expect([...all.databases, ...all.unread].map(({ name }) => name).toSorted()).toEqual(
      ['billing', 'postgres', ...names, 'unconcerned'].toSorted(),
    );
  });

  test('what was not read is judged by what the shared catalogs tell of it', async () => {
    const { server } = used;
    const [r, login] = [await server.role(), await server.login()];
    const of = async (role: string) => inspector.preview({ role, login, setRole: false }, true);
    expect(await of(r)).toMatchObject({ danger: 'read', unreadDanger: 'none', unread: [] });

    await server.sql('CREATE DATABASE ledgers');
    await server.sql('REVOKE CONNECT ON DATABASE ledgers FROM PUBLIC');
    await server.cluster.query(`CREATE TABLE t (); GRANT SELECT ON t TO ${r}`, [], 'ledgers');
    // Nobody can use there what the role was granted: it can't connect.
    expect(await of(r)).toMatchObject({ unreadDanger: 'none', unread: [{ name: 'ledgers' }] });
    await server.sql(`GRANT CONNECT ON DATABASE ledgers TO ${r}`);
    expect(await of(r)).toMatchObject({
      danger: 'read',
      unreadDanger: 'admin',
      unreadReason:
        'may do anything up to that in ledgers, which was not read (no CONNECT): 1 object there names it',
    });
    await server.sql('GRANT CONNECT ON DATABASE ledgers TO hallpass');
    expect(await of(r)).toMatchObject({ danger: 'read', unreadDanger: 'none', unread: [] });

    // What a predefined role was granted elsewhere, no shared catalog tells.
    const monitor = await server.role();
    await server.sql(`GRANT pg_monitor TO ${monitor}`);
    await server.sql('REVOKE CONNECT ON DATABASE ledgers FROM hallpass');
    await server.sql(`GRANT CONNECT ON DATABASE ledgers TO ${login}`);
    expect(await of(monitor)).toMatchObject({ danger: 'read', unreadDanger: 'admin' });
  });

  test('what changed in a database that can’t be read is still said to have', async () => {
    const { server } = used;
    const [r, login] = [await server.role(), await server.login()];
    const pair = await server.pair(r, login);
    await server.sql('CREATE DATABASE vault');
    await server.sql('REVOKE CONNECT ON DATABASE vault FROM PUBLIC');
    const [row] = await server.sql('SELECT pg_current_xact_id()::xid::text AS mark');
    const grant = { ...pair, server: server.id, grantorOid: 0, mark: String(row?.mark) };
    await server.cluster.query(`CREATE TABLE copy (); ALTER TABLE copy OWNER TO ${login}`, [], 'vault');
    await server.sql(`CREATE TABLE note (); GRANT SELECT ON note TO ${r}`);
    await server.sql(`CREATE TABLE unrelated ()`);
    const [later] = await server.sql('SELECT pg_current_xact_id()::xid::text AS mark');
    const elsewhere = { ...grant, server: '1' };
    const [changes, none, other] = await inspector.changes([
      grant,
      { ...grant, mark: String(later?.mark) },
      elsewhere,
    ]);
    expect(changes).toEqual({
      // The database itself is one: its CONNECT was taken from everybody, before the mark.
      total: 3,
      facts: [
        {
          database: 'vault',
          what: '1 object or grant of the login or of the role, not looked into',
          names: 'login',
        },
        { database: 'postgres', what: `table public.note, owner postgres; ${r} may SELECT`, names: 'role' },
        { database: 'postgres', what: 'table public.unrelated, owner postgres', names: null },
      ],
      unread: [{ name: 'vault', why: 'no CONNECT' }],
    });
    expect(none).toMatchObject({ total: 0, facts: [] });
    expect(other).toEqual({
      total: 0,
      facts: [],
      unread: [
        { name: 'everything', why: 'it is another server than the one on which the role was granted' },
      ],
    });
  });

  test('callers share a look, and a server that is gone is said to be', async () => {
    const { server } = used;
    const pair = { role: await server.role(), login: null, setRole: false };
    const [one, other] = await Promise.all([inspector.preview(pair), inspector.preview({ ...pair })]);
    expect(one).toBe(other);
    await server.cluster.stop();
    const asked = { ...pair, setRole: true };
    await expect(inspector.preview(asked)).rejects.toMatchObject({ scope: 'target', passing: true });
    await server.cluster.start();
    expect(await inspector.preview(asked)).toMatchObject({ danger: 'read' });
  });

  test('it takes less than 100 ms at 5,000 tables and 2,000 roles', async () => {
    const { server } = used;
    const r = await server.role();
    await server.sql(`
      DO $$ BEGIN
        FOR i IN 1..2000 LOOP EXECUTE format('CREATE ROLE many_%s', i); END LOOP;
        FOR i IN 1..20 LOOP EXECUTE format('CREATE SCHEMA many_%s', i); EXECUTE format('GRANT USAGE ON SCHEMA many_%s TO ${r}', i); END LOOP;
      END $$`);
    for (let from = 0; from < 5_000; from += 500) {
      await server.sql(`
        DO $$ BEGIN
          FOR i IN ${from + 1}..${from + 500} LOOP
            EXECUTE format('CREATE TABLE many_%s.t%s (id bigint, a text, b text, c text)', i % 20 + 1, i);
            EXECUTE format('GRANT SELECT ON many_%s.t%s TO ${r}, many_%s', i % 20 + 1, i, i % 2000 + 1);
            IF i % 3 = 0 THEN EXECUTE format('GRANT UPDATE ON many_%s.t%s TO ${r}', i % 20 + 1, i); END IF;
          END LOOP;
        END $$`);
    }
    await server.sql('VACUUM ANALYZE');
    const previews: number[] = [];
    for (let i = 1; i <= 60; i += 1) {
      const started = performance.now();
      const { databases } = await inspector.preview({ role: r, login: `many_${i}`, setRole: i % 2 === 0 });
      previews.push(performance.now() - started);
      expect(databases[0]?.schemas.reduce((sum, { read }) => sum + read, 0)).toBeGreaterThanOrEqual(5_000);
    }
    const [mark] = await server.sql('SELECT pg_current_xact_id()::xid::text AS mark');
    const grant = {
      ...(await server.pair(r, 'many_1')),
      server: server.id,
      grantorOid: 0,
      mark: String(mark?.mark),
    };
    await server.sql('GRANT INSERT ON many_1.t20 TO many_1');
    const changes: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const started = performance.now();
      expect(await inspector.changes([grant])).toMatchObject([{ total: 1 }]);
      changes.push(performance.now() - started);
    }
    for (const [what, times] of Object.entries({ preview: previews, changes })) {
      const sorted = times.slice(5).toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      console.log(`${what}: p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms`);
      expect(at(0.95)).toBeLessThan(1_000);
    }
  });
});
