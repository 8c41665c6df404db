import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findBinaries } from '../../../sandbox/postgres/binaries.js';
import { freePort } from '../../../sandbox/postgres/free-port.js';
import type { Connect } from '../../../src/config/config.js';
import { sessionError, targetError } from '../../../src/postgres/errors.js';
import { type PgBouncer, startPgBouncer } from '../../support/pgbouncer.js';
import { describeWith } from '../../support/program.js';
import { waitFor } from '../../support/wait-for.js';
import { useServer } from '../server.js';
import { attempt, failure } from './attempt.js';
import { refuseLogin } from './scripted.js';

const passing = { kind: 'unreachable', scope: 'target', passing: true };
const final = { kind: 'login_refused', scope: 'target', passing: false };

describeWith('pgbouncer')('a pooler', () => {
  const used = useServer({ major: 18, binaries: findBinaries() });

  async function pooler(options: Partial<Parameters<typeof startPgBouncer>[1]> = {}): Promise<PgBouncer> {
    const { host, port, user, password } = used.server.connect;
    const logins = [{ user, password: password ?? '' }];
    const started = await startPgBouncer({ host, port }, { mode: 'transaction', logins, ...options });
    onTestFinished(() => started.stop());
    return started;
  }
  const at = (port: number, connect: Partial<Connect> = {}): Connect => ({
    ...used.server.connect,
    port,
    ...connect,
  });
  const sessions = async () =>
    used.server.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'hallpass' ORDER BY 1");

  /** The clients of a pooler, but for who asks. */
  async function clientsOf(port: number): Promise<readonly unknown[]> {
    const { user, password } = used.server.connect;
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user,
      password: password ?? '',
      database: 'pgbouncer',
    });
    await client.connect();
    try {
      const { rows } = await client.query<{ database: string }>('SHOW CLIENTS');
      return rows.filter(({ database }) => database !== 'pgbouncer');
    } finally {
      await client.end();
    }
  }

  test.each([
    ['transaction', {}],
    ['transaction', { server_reset_query_always: 1 }],
    ['transaction', { server_round_robin: 1 }],
    ['statement', {}],
  ] as const)('in %s mode (%o) is refused, with the reason', async (mode, settings) => {
    const { port } = await pooler({ mode, settings: { ...settings, admin_users: 'hallpass' } });
    // A pool with several sessions, of which nobody can tell which one comes next.
    const { user, password, database } = used.server.connect;
    const others = [1, 2, 3].map(
      () => new pg.Client({ host: '127.0.0.1', port, user, password: password ?? '', database }),
    );
    await Promise.all(others.map((client) => client.connect()));
    await Promise.all(others.map((client) => client.query('SELECT pg_sleep(0.05)')));
    expect((await sessions()).length).toBeGreaterThan(1);
    const error = await failure(at(port));
    expect(error).toMatchObject(final);
    expect(error.message).toBe(
      `A pooler in transaction mode answers on 127.0.0.1:${port}: each transaction may get another session, which ` +
        'others use too.',
    );
    expect(error.nextStep).toContain('Point the connection to the server’s own port');
    await Promise.all(others.map((client) => client.query('SELECT 1')));
    await Promise.all(others.map((client) => client.end()));
    // Nothing of it stays: neither here nor in the pooler.
    await waitFor(async () => (await clientsOf(port)).length === 0, { what: 'the pooler to have no client' });
  });

  test('that ends a transaction, because its mode is statement, is told from a network that broke', async () => {
    const { port } = await pooler({ mode: 'statement' });
    const { user, password, database } = used.server.connect;
    const client = new pg.Client({ host: '127.0.0.1', port, user, password: password ?? '', database });
    client.on('error', () => undefined);
    await client.connect();
    const thrown: unknown = await client.query('BEGIN').then(
      () => expect.fail('a transaction began'),
      (error: unknown) => error,
    );
    await client.end().catch(() => undefined);
    for (const phase of ['connect', 'call'] as const) {
      const error = targetError(thrown, phase);
      expect(error).toMatchObject({ ...final, ambiguous: false });
      expect(error.message).toMatch(/^A pooler in statement mode answers .*\(08P01: /);
      expect(error.nextStep).toContain('own port');
    }
    expect(sessionError(thrown).message).toMatch(/^A pooler in statement mode/);
  });

  test('in session mode is fine: the session is ours alone', async () => {
    const { port } = await pooler({ mode: 'session', settings: { default_pool_size: 1 } });
    expect(await attempt(at(port))).toMatchObject({ user: 'hallpass' });
    expect(await attempt(at(port))).toMatchObject({ user: 'hallpass' });
  });

  test('that is set up wrongly says so in its own words, which are explained', async () => {
    const { port } = await pooler({ database: 'shop' });
    const missing = await failure(at(port));
    expect(missing).toMatchObject(final);
    expect(missing.message).toContain(
      `A pooler answers on 127.0.0.1:${port}, and it has no database postgres. (08P01`,
    );

    const strict = await pooler();
    for (const connect of [{ user: 'nobody' }, { password: 'wrong' }]) {
      const login = await failure(at(strict.port, connect));
      expect(login).toMatchObject(final);
      expect(login.message).toContain(
        `and it or the server behind it refuses the login ${connect.user ?? 'hallpass'}. (08P01`,
      );
    }
    vi.stubEnv('PGOPTIONS', '-c work_mem=1MB');
    onTestFinished(() => void vi.unstubAllEnvs());
    const options = await failure(at(strict.port));
    expect(options).toMatchObject(final);
    expect(options.message).toContain(
      'and it refuses a setting of the connection. (08P01: unsupported startup',
    );
  });

  test('without a server behind it, or without a session left, is tried again', async () => {
    const { user, password } = used.server.connect;
    const alone = await startPgBouncer(
      { host: '127.0.0.1', port: await freePort() },
      { mode: 'session', logins: [{ user, password: password ?? '' }], settings: { query_wait_timeout: 1 } },
    );
    onTestFinished(() => alone.stop());
    const behind = await failure(at(alone.port));
    expect(behind).toMatchObject(passing);
    expect(behind.message).toContain('and it has no session for us. (08P01: query_wait_timeout)');
    const port = await refuseLogin(
      '08P01',
      'server login has been failing, try again later (server_login_retry)',
    );
    const failing = await failure(at(port));
    expect(failing).toMatchObject(passing);
    expect(failing.message).toContain('and it can’t reach the server behind it. (08P01');
    const small = await pooler({ settings: { max_client_conn: 0 } });
    const full = await failure(at(small.port));
    expect(full).toMatchObject(passing);
    expect(full.message).toContain('and it has no session for us. (08P01');
  });
});
