import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBinaries } from '../../../sandbox/postgres/binaries.js';
import type { Connect } from '../../../src/config/config.js';
import { connectLedger } from '../../../src/ledger/pool.js';
import { Authority, type Certificate, selfSigned } from '../../support/certificates.js';
import { describeWith } from '../../support/program.js';
import { useServer } from '../server.js';
import { attempt, failure } from './attempt.js';
import { allow, set } from './reload.js';

const HOSTS = ['DNS:localhost', 'IP:127.0.0.1'];
const final = { kind: 'login_refused', scope: 'target', passing: false };

describeWith('openssl')('TLS', () => {
  const used = useServer({ major: 18, binaries: findBinaries() });
  let folder: string;
  let authority: Authority;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    authority = new Authority(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const at = (connect: Partial<Connect> = {}): Connect => ({
    ...used.server.connect,
    tls: 'verify-full',
    ca: authority.cert,
    ...connect,
  });

  /** The same server, as the ledger's URL names it. */
  function asLedger({ cert, key }: Certificate): string {
    const { host, port, user, password } = used.server.connect;
    const url = new URL(`postgres://${user}:${password}@${host}:${port}/postgres`);
    url.search = new URLSearchParams({
      sslmode: 'verify-full',
      sslrootcert: authority.cert,
      sslcert: cert,
      sslkey: key,
    }).toString();
    return url.href;
  }

  /** Where the server may read it, and nobody else. */
  function install(file: string): string {
    const name = basename(file);
    const path = join(used.server.cluster.dataDir, name);
    copyFileSync(file, path);
    const { uid, gid } = statSync(used.server.cluster.dataDir);
    chownSync(path, uid, gid);
    return name;
  }
  const show = ({ cert, key }: Certificate) =>
    set(used.server.cluster, { ssl: 'on', ssl_cert_file: install(cert), ssl_key_file: install(key) });

  test('is missing on the server, or wanted by it', async () => {
    const { cluster, connect } = used.server;
    const missing = await failure(at());
    expect(missing).toMatchObject(final);
    expect(missing.message).toBe(
      `127.0.0.1:${connect.port} has no TLS. (The server does not support SSL connections)`,
    );
    expect(missing.nextStep).toContain('ALTER SYSTEM SET ssl = on');

    await show(authority.issue({ name: 'db', hosts: HOSTS }));
    await allow(cluster, 'hostssl all all 127.0.0.1/32 scram-sha-256');
    onTestFinished(() => allow(cluster, 'host all all 127.0.0.1/32 scram-sha-256'));
    const wanted = await failure(connect);
    expect(wanted.message).toContain('does not let hallpass at 127.0.0.1 into postgres without TLS. (28000');
    expect(wanted.nextStep).toContain('the server wants TLS (set tls: verify-full)');
    expect(await attempt(at())).toMatchObject({ tls: true });
    await allow(cluster);
    const neither = await failure(at());
    expect(neither.message).toContain(
      `pg_hba.conf of 127.0.0.1:${connect.port} has no line that lets hallpass at 127.0.0.1 into postgres. (28000`,
    );
    expect(neither.nextStep).toContain(
      'hostssl "postgres" "hallpass" 127.0.0.1/32 scram-sha-256, then SELECT pg_reload_conf();',
    );
  });

  test('is checked for the name or the address that is connected to', async () => {
    await show(authority.issue({ name: 'db', hosts: HOSTS }));
    expect(await attempt(at())).toMatchObject({ tls: true });
    expect(await attempt(at({ host: 'localhost' }))).toMatchObject({ tls: true });
    await show(authority.issue({ name: 'db', hosts: ['DNS:db.example', 'DNS:db.internal'] }));
    for (const host of ['127.0.0.1', 'localhost']) {
      const error = await failure(at({ host }));
      expect(error).toMatchObject(final);
      expect(error.message).toContain(
        `is for db.example, db.internal, not for ${host}. (ERR_TLS_CERT_ALTNAME_`,
      );
    }
    expect(await attempt(at({ tls: 'verify-ca' }))).toMatchObject({ tls: true });
    expect(await attempt(at({ tls: 'require', ca: null }))).toMatchObject({ tls: true });
  });

  test('does not trust who signed itself, unless told to', async () => {
    const own = selfSigned(mkdtempSync(join(folder, 'own-')), { name: 'db', hosts: HOSTS });
    await show(own);
    for (const tls of ['verify-full', 'verify-ca'] as const) {
      const error = await failure(at({ tls, ca: null }));
      expect(error).toMatchObject(final);
      expect(error.message).toContain(
        'shows a certificate that it signed itself, and Hallpass was not told to trust it.',
      );
      expect(error.nextStep).toContain('Set ca: to a copy of that certificate');
    }
    expect(await attempt(at({ ca: own.cert }))).toMatchObject({ tls: true });
    expect(await attempt(at({ tls: 'require', ca: null }))).toMatchObject({ tls: true });
  });

  test('does not trust an authority that it was not told of, nor what has expired', async () => {
    await show(authority.issue({ name: 'db', hosts: HOSTS }));
    const unknown = await failure(at({ tls: 'verify-ca', ca: null }));
    expect(unknown).toMatchObject(final);
    expect(unknown.message).toContain(
      'is not by an authority that Hallpass trusts. (UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    );
    expect(unknown.nextStep).toContain('Set ca: to the file of that authority’s certificate');
    const other = new Authority(mkdtempSync(join(folder, 'other-')));
    expect((await failure(at({ ca: other.cert }))).nextStep).toContain(`into ${other.cert}.`);

    await show(authority.issue({ name: 'db', hosts: HOSTS, days: -1 }));
    const expired = await failure(at());
    expect(expired).toMatchObject(final);
    expect(expired.message).toContain(
      `The certificate of 127.0.0.1:${at().port} has expired. (CERT_HAS_EXPIRED`,
    );
  });

  test('reads its files at each connect, and names the one that is wrong', async () => {
    await show(authority.issue({ name: 'db', hosts: HOSTS }));
    const ca = join(folder, 'rotated.pem');
    const missing = await failure(at({ ca }));
    expect(missing).toMatchObject(final);
    expect(missing.message).toBe(`The authority’s certificate ${ca} can’t be read (ENOENT).`);
    writeFileSync(ca, 'no certificate');
    expect((await failure(at({ ca }))).message).toContain(
      `The authority’s certificate ${ca} can’t be used. (`,
    );
    copyFileSync(authority.cert, ca);
    expect(await attempt(at({ ca }))).toMatchObject({ tls: true });
    const [one, two] = [authority.issue({ name: 'hallpass' }), authority.issue({ name: 'hallpass' })];
    expect((await failure(at({ cert: one.cert, key: two.key }))).message).toContain(
      `The client certificate ${one.cert} with the key ${two.key} can’t be used. (`,
    );
    expect((await failure(at({ cert: one.cert, key: join(folder, 'none') }))).message).toBe(
      `The client certificate’s key ${join(folder, 'none')} can’t be read (ENOENT).`,
    );
  });

  test('lets a client certificate stand for the password', async () => {
    const { cluster } = used.server;
    await show(authority.issue({ name: 'db', hosts: HOSTS }));
    await set(cluster, { ssl_ca_file: install(authority.cert) });
    onTestFinished(() => allow(cluster, 'host all all 127.0.0.1/32 scram-sha-256'));
    await allow(cluster, 'hostssl all all 127.0.0.1/32 cert');
    const password = null;
    const own = authority.issue({ name: 'hallpass' });
    expect(await attempt(at({ password, ...own }))).toEqual({
      user: 'hallpass',
      tls: true,
      clientName: '/CN=hallpass',
    });
    const none = await failure(at({ password }));
    expect(none).toMatchObject(final);
    expect(none.message).toContain('wants a client certificate, and got none that it accepts. (28000');
    const other = await failure(at({ password, ...authority.issue({ name: 'somebody' }) }));
    expect(other.message).toContain('The client certificate is not for the login hallpass on');
    const strange = new Authority(mkdtempSync(join(folder, 'strange-'))).issue({ name: 'hallpass' });
    const unknown = await failure(at({ password, ...strange }));
    expect(unknown).toMatchObject(final);
    expect(unknown.message).toContain(`does not accept the client certificate ${strange.cert}. (`);
  });

  test('a certificate of somebody else is told from a wrong password, where the server asks for both', async () => {
    const { cluster } = used.server;
    await show(authority.issue({ name: 'db', hosts: HOSTS }));
    await set(cluster, { ssl_ca_file: install(authority.cert) });
    onTestFinished(() => allow(cluster, 'host all all 127.0.0.1/32 scram-sha-256'));
    await allow(cluster, 'hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-full');
    const own = authority.issue({ name: 'hallpass' });
    expect(await attempt(at(own))).toMatchObject({ clientName: '/CN=hallpass' });
    const other = await failure(at(authority.issue({ name: 'somebody' })));
    expect(other).toMatchObject(final);
    expect(other.message).toContain(
      'refuses the login hallpass: the client certificate is for "somebody" (its CN).',
    );
    expect(other.nextStep).toContain('clientcert=verify-full');
    await expect(connectLedger(asLedger(authority.issue({ name: 'nobody' })))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The ledger’s server .* refuses the login hallpass: the client certificate is for "nobody" \(its CN\)/,
      ),
      nextStep: expect.stringContaining('clientcert=verify-full'),
      // What is owed waits for the ledger.
      passing: true,
    });
    const wrong = await failure(at({ ...own, password: 'wrong' }));
    expect(wrong.message).toContain('refuses the password of the login hallpass. (28P01');
  });
});
