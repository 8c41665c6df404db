import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findBinaries } from '../../../sandbox/postgres/binaries.js';
import { freePort } from '../../../sandbox/postgres/free-port.js';
import type { Connect } from '../../../src/config/config.js';
import type { TargetError } from '../../../src/postgres/errors.js';
import { waitFor } from '../../support/wait-for.js';
import { useServer } from '../server.js';
import { attempt, failure } from './attempt.js';
import { allow, set } from './reload.js';
import { listen, refuseLogin } from './scripted.js';

const final = { kind: 'login_refused', scope: 'target', passing: false };
const passing = { kind: 'unreachable', scope: 'target', passing: true };

/** The statement that the error tells a DBA to run. */
function sqlOf({ nextStep }: TargetError): string {
  return /(?:ALTER|GRANT|CREATE|REVOKE) [^;]+;/.exec(nextStep ?? '')?.[0] ?? '';
}

describe('a login that fails says why, and what fixes it', () => {
  const used = useServer({ major: 18, binaries: findBinaries() }, { max_connections: '12' });
  const at = (connect: Partial<Connect> = {}): Connect => ({ ...used.server.connect, ...connect });
  const address = () => `127.0.0.1:${used.server.connect.port}`;
  const open = 'host all all 127.0.0.1/32 scram-sha-256';

  test('a wrong password, and a login that has none or is not there: the server tells no more', async () => {
    const wrong = await failure(at({ password: 'secret of somebody' }));
    expect(wrong).toMatchObject(final);
    expect(wrong.message).toContain(`${address()} refuses the password of the login hallpass. (28P01: `);
    expect(`${wrong.message} ${wrong.cause}`).not.toContain('secret of somebody');
    expect(sqlOf(wrong)).toBe(`ALTER ROLE "hallpass" PASSWORD '…' VALID UNTIL 'infinity';`);
    expect(wrong.nextStep).toMatch(/another password, .*VALID UNTIL has passed, there is no such login/);
    expect((await failure(at({ user: 'no"body' }))).message).toContain('of the login no"body. (28P01');
  });

  test('no password given at all', async () => {
    const error = await failure(at({ password: null }));
    expect(error).toMatchObject(final);
    expect(error.message).toContain('asks for a password, and the configuration has none for hallpass.');
  });

  test('no line in pg_hba.conf: the line that is named lets us in', async () => {
    const { cluster } = used.server;
    onTestFinished(() => allow(cluster, open));
    await allow(cluster);
    const error = await failure(at());
    expect(error).toMatchObject(final);
    expect(error.message).toContain(
      'does not let hallpass at 127.0.0.1 into postgres without TLS. (28000: no pg_hba',
    );
    expect(error.nextStep).toMatch(/the server wants TLS \(set tls: verify-full\), or it has no line for us/);
    const [line = ''] = /host "[^,]+/.exec(error.nextStep ?? '') ?? [];
    await allow(cluster, 'host all other 127.0.0.1/32 trust', line);
    expect(await attempt(at())).toMatchObject({ user: 'hallpass' });
    await allow(cluster, 'host all hallpass 127.0.0.1/32 reject', open);
    const rejected = await failure(at());
    expect(rejected.message).toContain(
      `A reject line in pg_hba.conf of ${address()} keeps hallpass at 127.0.0.1`,
    );
    expect(rejected.nextStep).toContain(`Put before that line: ${line}`);
  });

  test('a login that is not there, and one that can’t log in, where the server does tell', async () => {
    const { cluster } = used.server;
    onTestFinished(() => allow(cluster, open));
    await allow(cluster, 'host all all 127.0.0.1/32 trust');
    const missing = await failure(at({ user: 'lost' }));
    expect(missing.message).toContain(`There is no login lost on ${address()}. (28000`);
    await cluster.query(sqlOf(missing).replace('LOGIN', 'NOLOGIN'));
    const nologin = await failure(at({ user: 'lost' }));
    expect(nologin.message).toContain(`lost on ${address()} is a role that can’t log in (NOLOGIN). (28000`);
    await cluster.query(sqlOf(nologin));
    expect(await attempt(at({ user: 'lost' }))).toMatchObject({ user: 'lost' });
  });

  test('a database that is missing, closed to all, or closed to us', async () => {
    const { cluster } = used.server;
    const missing = await failure(at({ database: 'shop' }));
    expect(missing).toMatchObject(final);
    expect(missing.message).toContain(`There is no database shop on ${address()}. (3D000`);
    await cluster.query('CREATE DATABASE shop ALLOW_CONNECTIONS false');
    await cluster.query('REVOKE CONNECT ON DATABASE shop FROM PUBLIC');
    const closed = await failure(at({ database: 'shop' }));
    expect(closed.message).toContain(`The database shop on ${address()} takes no connections. (55000`);
    await cluster.query(sqlOf(closed));
    const forbidden = await failure(at({ database: 'shop' }));
    expect(forbidden).toMatchObject(final);
    expect(forbidden.message).toContain(
      `hallpass has no CONNECT on the database shop on ${address()}. (42501`,
    );
    await cluster.query(sqlOf(forbidden));
    expect(await attempt(at({ database: 'shop' }))).toMatchObject({ user: 'hallpass' });
    await cluster.query('ALTER DATABASE shop CONNECTION LIMIT 0');
    const full = await failure(at({ database: 'shop' }));
    expect(full).toMatchObject(passing);
    expect(full.message).toContain('The database shop on');
    await cluster.query(sqlOf(full));
    expect(await attempt(at({ database: 'shop' }))).toMatchObject({ user: 'hallpass' });
  });

  test('no connection left: for the login, or on the server', async () => {
    const { cluster } = used.server;
    await cluster.query('ALTER ROLE hallpass CONNECTION LIMIT 0');
    const limited = await failure(at());
    expect(limited).toMatchObject(passing);
    expect(limited.message).toContain(
      `no connection left on ${address()}: its CONNECTION LIMIT is reached. (53300`,
    );
    await cluster.query(sqlOf(limited));
    const login = await used.server.login();
    const others = Array.from({ length: 9 }, () => {
      const url = cluster.urlFor({ user: login, password: used.server.connect.password ?? '' });
      return new pg.Client({ connectionString: url });
    });
    onTestFinished(async () => {
      await Promise.all(others.map((client) => client.end()));
    });
    await Promise.all(others.map((client) => client.connect()));
    const full = await failure(at());
    expect(full).toMatchObject(passing);
    expect(full.message).toContain(`${address()} has no connection left (max_connections). (53300`);
    expect(sqlOf(full)).toBe('GRANT pg_use_reserved_connections TO "hallpass" WITH INHERIT TRUE;');
  });

  test('PAM, as on RDS a login of rds_iam meets it with a password', async () => {
    const port = await refuseLogin('28000', 'PAM authentication failed for user "hallpass"');
    const password = await failure(at({ port }));
    expect(password).toMatchObject(final);
    expect(password.message).toContain('takes no password from the login hallpass: it asks PAM, as RDS does');
    expect(password.nextStep).toContain(
      'Set iam: { region: … } for the connection, or REVOKE rds_iam FROM "hallpass";',
    );
  });

  test('what listens there is no server, or says nothing', async () => {
    const closing = await listen((socket) => socket.end());
    expect((await failure(at({ port: closing }))).message).toContain(
      `The connection to 127.0.0.1:${closing} was closed before Hallpass was logged in. (`,
    );
    const silent = await listen(() => undefined);
    const late = await failure(at({ port: silent }), 300);
    expect(late).toMatchObject(passing);
    expect(late.message).toContain(`No answer came from 127.0.0.1:${silent} in time. (timeout expired)`);
    const nobody = await freePort();
    expect((await failure(at({ port: nobody }))).message).toContain(
      `The connection to 127.0.0.1:${nobody} is refused: nothing listens there. (ECONNREFUSED`,
    );
    const lost = await failure(at({ host: 'nowhere.invalid' }));
    expect(lost).toMatchObject(passing);
    expect(lost.message).toMatch(/There is no host nowhere\.invalid in the DNS|The DNS did not answer/);
    const foreign = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await failure(at({ port: foreign, tls: 'require' }))).message).toContain(
      `What answers on 127.0.0.1:${foreign} does not know how Postgres begins TLS.`,
    );
  });

  test('a server that stops, and a standby that nobody may log in to', async () => {
    const { cluster } = used.server;
    const staying = new pg.Client({ connectionString: cluster.url });
    await staying.connect();
    process.kill(cluster.pid ?? 0, 'SIGTERM');
    const stopping = await failure(at());
    expect(stopping).toMatchObject(passing);
    expect(stopping.message).toContain(`${address()} is starting, stopping or recovering. (57P03`);
    await staying.end();
    await cluster.stop();
    await cluster.start();

    await set(cluster, { hot_standby: 'off' });
    await cluster.stop();
    await writeFile(join(cluster.dataDir, 'standby.signal'), '');
    const neverReady = cluster.start().catch(() => undefined);
    const standby = await waitFor(
      async () => {
        const error = await failure(at());
        return error.kind === 'standby' && error;
      },
      { what: 'the server to be a standby' },
    );
    expect(standby.passing).toBe(false);
    expect(standby.message).toContain(
      `${address()} is a standby that nobody can log in to (hot_standby is off).`,
    );
    await cluster.kill();
    await neverReady;
  });
});
