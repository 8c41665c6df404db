import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, statSync, writeFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBinaries } from '../../../sandbox/postgres/binaries.js';
import { freePort } from '../../../sandbox/postgres/free-port.js';
import { startProxy, type TcpProxy } from '../../../sandbox/postgres/proxy.js';
import type { Bastion, Connect } from '../../../src/config/config.js';
import { createDirectTarget } from '../../../src/postgres/direct/direct.js';
import { selfSigned } from '../../support/certificates.js';
import { spawnChild } from '../../support/child.js';
import { describeWith, programPath } from '../../support/program.js';
import { type Sshd, startSshd } from '../../support/sshd.js';
import { waitFor } from '../../support/wait-for.js';
import { useServer } from '../server.js';
import { attempt, failure } from './attempt.js';
import { set } from './reload.js';
import { listen } from './scripted.js';

const final = { kind: 'login_refused', scope: 'target', passing: false };
const passing = { kind: 'unreachable', scope: 'target', passing: true };

describeWith(
  'sshd',
  'ssh-keygen',
  'ssh-agent',
  'openssl',
)('through a bastion', () => {
  const used = useServer({ major: 18, binaries: findBinaries() });
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  const at = (ssh: Partial<Bastion> = {}, connect: Partial<Connect> = {}): Connect => ({
    ...used.server.connect,
    ssh: { ...sshd.bastion, ...ssh },
    ...connect,
  });
  const withKey = (file: string, passphrase: string | null = null) =>
    at({ login: { how: 'key', file, passphrase } });
  async function before(bastion: Bastion): Promise<TcpProxy> {
    const proxy = await startProxy(bastion);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  test('a target is used as without, and each connection has an SSH connection of its own', async () => {
    const { server } = used;
    const proxy = await before(sshd.bastion);
    const target = createDirectTarget(at({ port: proxy.port }));
    onTestFinished(() => target.close());
    const pair = await server.pair(await server.role(), await server.login());
    expect(await target.grant(server.id, [server.wish(pair)])).toMatchObject([{ outcome: 'granted' }]);
    expect(proxy.links).toBe(1);
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
    expect(proxy.links).toBe(1);
    await target.close();
    await waitFor(() => proxy.links === 0, { what: 'the SSH connection to end with its own' });
  });

  test('TLS goes all the way, and checks the name of the server', async () => {
    const { dataDir } = used.server.cluster;
    const right = selfSigned(dataDir, { name: 'db', hosts: ['DNS:localhost'] });
    const { uid, gid } = statSync(dataDir);
    for (const file of [right.cert, right.key]) chownSync(file, uid, gid);
    await set(used.server.cluster, { ssl: 'on', ssl_cert_file: right.cert, ssl_key_file: right.key });
    const tls = { tls: 'verify-full', ca: right.cert } as const;
    expect(await attempt(at({}, { ...tls, host: 'localhost' }))).toMatchObject({ tls: true });
    const error = await failure(at({}, { ...tls, host: '127.0.0.1' }));
    expect(error).toMatchObject(final);
    expect(error.message).toContain('(through the bastion gate) is for localhost, not for 127.0.0.1.');
  });

  test('one that goes silent or breaks holds up nobody', async () => {
    const proxy = await before(sshd.bastion);
    const target = createDirectTarget(at({ port: proxy.port }), [], { callMs: 300 });
    onTestFinished(() => target.close());
    await target.look([]);
    proxy.toServer = () => null;
    await expect(target.look([])).rejects.toMatchObject({ kind: 'timeout', ambiguous: true });
    await waitFor(() => proxy.links === 0, { what: 'the silent connection to be left' });
    proxy.heal();
    await target.look([]);
    proxy.toServer = (_, link) => {
      link.cut();
      return null;
    };
    await expect(target.look([])).rejects.toMatchObject({ kind: 'cut', ambiguous: true });
    proxy.heal();
    await target.look([]);
    expect(proxy.links).toBe(1);
  });

  test('the key may have a passphrase, and what is wrong with it is said', async () => {
    const file = sshd.addKey('locked', 'pass phrase');
    expect(await attempt(withKey(file, 'pass phrase'))).toMatchObject({ user: 'hallpass' });
    const wrong = await failure(withKey(file, 'secret of somebody'));
    expect(wrong).toMatchObject(final);
    expect(wrong.message).toContain(`The passphrase of the SSH key ${file} is wrong. (`);
    expect(`${wrong.message} ${wrong.cause}`).not.toContain('secret of somebody');
    expect((await failure(withKey(file))).message).toContain(`The SSH key ${file} needs a passphrase. (`);
    const missing = await failure(withKey(join(sshd.folder, 'none')));
    expect(missing).toMatchObject(final);
    expect(missing.message).toBe(`The SSH key ${join(sshd.folder, 'none')} can’t be read (ENOENT).`);
    for (const [name, text] of [
      ['empty', ''],
      ['text', 'no key'],
      ['public', `${file}.pub`],
    ] as const) {
      const path = name === 'public' ? text : join(sshd.folder, name);
      if (name !== 'public') writeFileSync(path, text);
      expect((await failure(withKey(path))).message).toContain(
        `${path} is no private SSH key that can be used. (`,
      );
    }
  });

  test('an agent may hold the key', async () => {
    const socket = join(sshd.folder, 'agent');
    const agent = spawnChild(programPath('ssh-agent'), ['-D', '-a', socket]);
    onTestFinished(async () => {
      await agent.end('SIGTERM');
    });
    const byAgent = at({ login: { how: 'agent', socket } });
    await waitFor(() => agent.lines.length > 0, { what: 'the agent' });
    const empty = await failure(byAgent);
    expect(empty).toMatchObject(final);
    expect(empty.message).toContain(`The login ${sshd.bastion.user} is refused by the bastion gate`);
    const login = sshd.bastion.login;
    execFileSync(programPath('ssh-add'), ['-q', login.how === 'key' ? login.file : ''], {
      env: { SSH_AUTH_SOCK: socket },
    });
    expect(await attempt(byAgent)).toMatchObject({ user: 'hallpass' });
    const none = await failure(at({ login: { how: 'agent', socket: '/nowhere' } }));
    expect(none).toMatchObject(final);
    expect(none.message).toContain('The SSH agent at /nowhere can’t be asked. (');
  });

  test('a password may do, and a login that is refused is said', async () => {
    const wrong = await failure(at({ login: { how: 'password', password: 'secret of somebody' } }));
    expect(wrong).toMatchObject(final);
    expect(wrong.message).toContain(
      `The login ${sshd.bastion.user} is refused by the bastion gate (127.0.0.1:`,
    );
    expect(wrong.nextStep).toContain('PasswordAuthentication');
    expect(`${wrong.message} ${wrong.cause}`).not.toContain('secret of somebody');
    expect(await attempt(at(await passwordBastion('open sesame')))).toMatchObject({ user: 'hallpass' });
    const strange = at({ user: 'nobody' });
    expect((await failure(strange)).nextStep).toContain('to the authorized_keys of nobody there');
  });

  test('another host key is not trusted, and both are named', async () => {
    const proxy = await before(sshd.bastion);
    const hostKey = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const error = await failure(at({ port: proxy.port, hostKey }));
    expect(error).toMatchObject(final);
    expect(error.message).toContain(
      `found ${sshd.bastion.hostKey} (ssh-ed25519), expected ${hostKey}, at the bastion gate (127.0.0.1:`,
    );
    await waitFor(() => proxy.links === 0, { what: 'the connection to be left' });
  });

  test('a way that it does not open, or that leads nowhere, is told from one that it can’t find', async () => {
    const nobody = await freePort();
    const dead = await failure(at({}, { port: nobody }));
    expect(dead).toMatchObject(passing);
    expect(dead.message).toContain(`The way to 127.0.0.1:${nobody} ends at the bastion gate`);
    const lost = await failure(at({}, { host: 'nowhere.invalid' }));
    expect(lost).toMatchObject(passing);
    expect(lost.message).toContain('The way to nowhere.invalid:');
    const strict = await startSshd({ AllowTcpForwarding: 'no' });
    onTestFinished(() => strict.stop());
    const closed = await failure(at(strict.bastion));
    expect(closed).toMatchObject(final);
    expect(closed.message).toContain('may not forward there. (');
    expect(closed.nextStep).toContain(`PermitOpen 127.0.0.1:${used.server.connect.port}`);
  });

  test('a bastion that is not there, silent, or no SSH server', async () => {
    const nobody = await freePort();
    const down = await failure(at({ port: nobody }));
    expect(down).toMatchObject(passing);
    expect(down.message).toContain(`The connection to the bastion gate (127.0.0.1:${nobody}) is refused`);
    const unknown = await failure(at({ host: 'nowhere.invalid' }));
    expect(unknown).toMatchObject(passing);
    expect(unknown.message).toMatch(/no host nowhere\.invalid in the DNS|The DNS did not answer/);
    const silent = await listen(() => undefined);
    const late = await failure(at({ port: silent }), 300);
    expect(late).toMatchObject(passing);
    expect(late.message).toBe(`No answer came from the bastion gate (127.0.0.1:${silent}) in time.`);
    const closing = await listen((socket) => socket.end());
    expect((await failure(at({ port: closing }))).message).toContain(
      'was closed before Hallpass was logged in.',
    );
    const foreign = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await failure(at({ port: foreign }))).toMatchObject(passing);
  });

  /** OpenSSH checks the passwords of the machine's own users, so that here another server must do. */
  async function passwordBastion(password: string): Promise<Partial<Bastion>> {
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
      client.on('error', () => client.end());
      client.on('authentication', (asked) => {
        if (asked.method === 'password' && asked.password === password) asked.accept();
        else asked.reject(['password']);
      });
      client.on('tcpip', (accept, _, { destIP, destPort }) => {
        const channel = accept();
        const socket = dial(destPort, destIP);
        channel.pipe(socket).pipe(channel);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const file = join(sshd.folder, 'other.pub');
    writeFileSync(file, key.public);
    const printed = execFileSync(programPath('ssh-keygen'), ['-l', '-f', file], { encoding: 'utf8' });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    if (port === undefined) throw new Error('the bastion has no port');
    return { port, hostKey: printed.split(' ')[1] ?? '', login: { how: 'password', password } };
  }
});
