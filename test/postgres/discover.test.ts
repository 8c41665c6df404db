import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startProxy } from '../../sandbox/postgres/proxy.js';
import { createRoles } from '../../src/access/asking/roles.js';
import { createLogger } from '../../src/logger.js';
import { createDiscovery, type Discovery } from '../../src/postgres/discover.js';
import { quoteName } from '../../src/postgres/quote.js';
import { load } from '../config/files.js';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

const MODES = ['direct', 'guarded'] as const;
const PLACES = installedMajors().flatMap((major) => MODES.map((mode) => ({ ...major, mode })));

describe.each(PLACES)('what is found on Postgres $major, $mode', ({ mode, ...major }) => {
  const used = useServer(major, {}, mode);
  let discovery: Discovery;
  beforeAll(() => {
    discovery = createDiscovery(used.server.connect, mode);
  });
  afterAll(() => discovery.close());

  const names = async () => (await discovery.roles()).map(({ role }) => role);

  /** Makes a role that may be granted, and does this to it. */
  async function grantable(role: string, sql = 'SELECT 1'): Promise<void> {
    await used.server.role(role);
    await used.server.sql(sql);
  }

  test('every role that may be granted and is safe, with what its owner wrote of it, and no other', async () => {
    const { server } = used;
    const odd = 'A "role"; DROP';
    await grantable('plain', "COMMENT ON ROLE plain IS 'Read\n<!channel> orders'");
    await grantable(odd, `COMMENT ON ROLE ${quoteName(odd)} IS '${'ä'.repeat(10_000)}'`);
    await grantable('reads_all', 'GRANT pg_read_all_data TO reads_all');
    await grantable('above', 'CREATE ROLE below; GRANT plain TO below; GRANT below TO above');

    await server.sql('CREATE ROLE not_ours');
    await server.sql('CREATE ROLE member_only; GRANT member_only TO hallpass');
    await server.sql(`CREATE ROLE between; GRANT between TO ${server.grantor}`);
    await server.sql('CREATE ROLE through; GRANT through TO between WITH ADMIN OPTION');
    await server.sql(`GRANT pg_monitor TO ${server.grantor} WITH ADMIN OPTION`);
    const unsafe = {
      is_login: 'ALTER ROLE is_login LOGIN',
      is_super: 'ALTER ROLE is_super SUPERUSER',
      makes_roles: 'ALTER ROLE makes_roles CREATEROLE',
      makes_databases: 'ALTER ROLE makes_databases CREATEDB',
      replicates: 'ALTER ROLE replicates REPLICATION',
      sees_rows: 'ALTER ROLE sees_rows BYPASSRLS',
      runs_programs: 'GRANT pg_execute_server_program TO runs_programs',
      reads_files: 'CREATE ROLE files; GRANT pg_read_server_files TO files; GRANT files TO reads_files',
      is_master: 'CREATE ROLE rds_superuser; GRANT rds_superuser TO is_master',
      becomes_super: 'GRANT is_super TO becomes_super',
      grants_roles: 'GRANT not_ours TO grants_roles WITH ADMIN OPTION',
      grants_through: 'GRANT grants_roles TO grants_through',
    };
    for (const [role, sql] of Object.entries(unsafe)) await grantable(role, sql);

    expect(await discovery.roles()).toEqual([
      { role: odd, comment: 'ä'.repeat(500) },
      { role: 'above', comment: null },
      { role: 'plain', comment: 'Read\n<!channel> orders' },
      { role: 'reads_all', comment: null },
    ]);
    // Each of them is kept out by what was done to it alone.
    await server.sql('ALTER ROLE is_login NOLOGIN; ALTER ROLE is_super NOSUPERUSER');
    await server.sql(
      'REVOKE pg_execute_server_program FROM runs_programs; REVOKE not_ours FROM grants_roles',
    );
    expect(await names()).toEqual(
      expect.arrayContaining(['is_login', 'is_super', 'runs_programs', 'becomes_super', 'grants_through']),
    );
  });

  test('among thousands of nested roles, in a moment', async () => {
    await used.server.sql(`DO $$ BEGIN
      FOR n IN 1..2000 LOOP
        EXECUTE format('CREATE ROLE app_%s', n);
        IF n > 100 THEN EXECUTE format('GRANT app_%s TO app_%s', 1 + n % 100, n); END IF;
        IF n % 10 = 0 THEN EXECUTE format('GRANT app_%s TO ${used.server.grantor} WITH ADMIN OPTION', n); END IF;
      END LOOP; END $$`);
    await discovery.roles();
    const began = performance.now();
    const found = await names();
    const tookMs = performance.now() - began;
    expect(found.filter((name) => name.startsWith('app_'))).toHaveLength(200);
    expect(tookMs).toBeLessThan(3_000);
  });
});

describe('the roles that are offered', () => {
  const [newest] = installedMajors().slice(-1);
  if (newest === undefined) throw new Error('no Postgres is installed');
  const used = useServer(newest);

  async function open() {
    const proxy = await startProxy(used.server.connect);
    const config = load(`
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789, sre: S0123456780 }
defaults: { approvers: dba }
targets:
  shop:
    connect: { host: 127.0.0.1, port: ${proxy.port}, database: postgres, user: hallpass, tls: off }
    roles: { app_listed_ro: { about: As it is listed, max: 1h } }
    discover:
      - { match: app_*_ro, max: 2h }
      - { match: app_*, max: 30m, approvers: sre }
`);
    const discovery = createDiscovery({ ...used.server.connect, port: proxy.port }, 'direct', {
      connectMs: 300,
      callMs: 300,
    });
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => lines.push(line) });
    onTestFinished(async () => {
      vi.useRealTimers();
      await discovery.close();
      await proxy.close();
    });
    // Only what tells how long ago something was.
    vi.useFakeTimers({ toFake: ['performance'] });
    return { roles: createRoles(config, new Map([['shop', discovery]]), logger), proxy, lines };
  }
  type Open = Awaited<ReturnType<typeof open>>;

  const refreshed = async ({ roles }: Open) => {
    vi.advanceTimersByTime(60_000);
    await roles.refresh(null);
    return roles.list('shop').map(({ role }) => role);
  };

  test('are listed, or found and like what they match; what is listed wins, what is gone is gone', async () => {
    const { server } = used;
    const book = await open();
    for (const role of ['app_orders_ro', 'app_orders', 'app_listed_ro', 'other_ro']) await server.role(role);
    await server.sql(`COMMENT ON ROLE app_orders_ro IS E'Read\\n\\x1b[31m  orders ${'x'.repeat(1_000)}'`);
    await server.sql(`COMMENT ON ROLE app_listed_ro IS 'As it is found'`);

    expect(book.roles.list('shop').map(({ role }) => role)).toEqual(['app_listed_ro']);
    expect(book.roles.isUnsure('shop')).toBe(true);
    expect(await refreshed(book)).toEqual(['app_listed_ro', 'app_orders', 'app_orders_ro']);
    expect(book.roles.isUnsure('shop')).toBe(false);
    expect(book.roles.offered('shop', 'app_listed_ro')).toMatchObject({
      about: 'As it is listed',
      policy: { maxMs: 3_600_000 },
    });
    expect(book.roles.offered('shop', 'app_orders_ro')).toMatchObject({
      role: 'app_orders_ro',
      about: expect.stringMatching(/^Read \[31m orders x{132}…$/),
      policy: { maxMs: 7_200_000 },
    });
    expect(book.roles.offered('shop', 'app_orders')).toMatchObject({
      about: null,
      policy: { maxMs: 1_800_000, approvals: [{ from: [{ name: 'sre' }] }] },
    });
    for (const role of ['other_ro', 'app_new_ro']) expect(book.roles.offered('shop', role)).toBeUndefined();

    await server.role('app_new_ro');
    await server.sql('DROP OWNED BY app_orders; DROP ROLE app_orders');
    expect(await refreshed(book)).toEqual(['app_listed_ro', 'app_new_ro', 'app_orders_ro']);
    expect(book.roles.role('shop', 'app_orders')).toBeUndefined();
  });

  test('are those last known while the server is silent: for ten minutes to ask for, longer to decide', async () => {
    const { server } = used;
    const book = await open();
    const role = await server.role('app_kept_ro');
    expect(await refreshed(book)).toContain(role);

    book.proxy.toServer = () => null;
    for (let minute = 1; minute < 10; minute++) expect(await refreshed(book)).toContain(role);
    // However often it is asked in vain.
    expect(await refreshed(book)).toEqual(['app_listed_ro']);
    expect(book.roles.isUnsure('shop')).toBe(true);
    expect(book.roles.offered('shop', role)).toBeUndefined();
    expect(book.roles.role('shop', role)).toMatchObject({ role, policy: { maxMs: 7_200_000 } });
    expect(book.lines.filter((line) => line.includes('could not be read')).length).toBeLessThan(3);

    book.proxy.heal();
    expect(await refreshed(book)).toContain(role);
  });

  test('are looked for again when somebody looks at the target, but not at every key that is typed', async () => {
    const { server } = used;
    const book = await open();
    await refreshed(book);
    const role = await server.role('app_soon_ro');
    const woken = async () => {
      book.roles.wake('shop');
      await book.roles.refresh(null);
      return book.roles.offered('shop', role);
    };
    expect(await woken()).toBeUndefined();
    vi.advanceTimersByTime(5_000);
    expect(await woken()).toMatchObject({ role });
    book.roles.wake('nowhere');
  });

  test('of an idle target are asked for each half hour, and when somebody looks; what it said goes on meanwhile', async () => {
    const { server } = used;
    const book = await open();
    const role = await server.role('app_idle_ro');
    const nobody = new Set<string>();
    await book.roles.refresh(nobody);
    expect(book.roles.offered('shop', role)).toBeDefined();
    const later = await server.role('app_later_ro');
    for (let minute = 1; minute < 30; minute++) {
      vi.advanceTimersByTime(60_000);
      await book.roles.refresh(nobody);
    }
    expect(book.roles.isUnsure('shop')).toBe(false);
    expect(book.roles.offered('shop', role)).toBeDefined();
    expect(book.roles.offered('shop', later)).toBeUndefined();
    vi.advanceTimersByTime(60_000);
    await book.roles.refresh(nobody);
    expect(book.roles.offered('shop', later)).toBeDefined();

    await server.sql(`DROP OWNED BY ${later}; DROP ROLE ${later}`);
    vi.advanceTimersByTime(60_000);
    await book.roles.refresh(new Set(['shop']));
    expect(book.roles.offered('shop', later)).toBeUndefined();

    // One that doesn't answer is no sleeping one.
    book.proxy.toServer = () => null;
    vi.advanceTimersByTime(11 * 60_000);
    await book.roles.refresh(null);
    expect(book.roles.isUnsure('shop')).toBe(true);
    book.proxy.heal();
    vi.advanceTimersByTime(60_000);
    await book.roles.refresh(nobody);
    expect(book.roles.offered('shop', role)).toBeDefined();
  });
});
