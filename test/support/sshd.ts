import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/postgres/free-port.js';
import type { Bastion } from '../../src/config/config.js';
import { spawnChild } from './child.js';
import { programPath } from './program.js';
import { waitFor } from './wait-for.js';

/** An OpenSSH server of our own, on a free port of 127.0.0.1, for the user that the tests run as. */
export interface Sshd {
  /** How it is reached; logs in with a key without a passphrase. */
  readonly bastion: Bastion;
  /** A folder for more files, deleted with it. */
  readonly folder: string;
  /** Makes a key that may log in. */
  addKey(name: string, passphrase: string): string;
  stop(): Promise<void>;
}

/** @param settings as in sshd_config, over the defaults. */
export async function startSshd(settings: Readonly<Record<string, string>> = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  const file = (name: string) => join(folder, name);
  const makeKey = (name: string, passphrase: string) => {
    execFileSync(programPath('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file(name)]);
    return file(name);
  };
  const addKey = (name: string, passphrase: string) => {
    const path = makeKey(name, passphrase);
    writeFileSync(file('authorized_keys'), readFileSync(`${path}.pub`), { flag: 'a' });
    return path;
  };
  const port = await freePort();
  const lines = {
    ...settings,
    Port: String(port),
    ListenAddress: '127.0.0.1',
    HostKey: makeKey('host', ''),
    AuthorizedKeysFile: file('authorized_keys'),
    // The folder lies in one that everybody may write to.
    StrictModes: 'no',
    UsePAM: 'no',
    PidFile: 'none',
    PermitRootLogin: 'yes',
    KbdInteractiveAuthentication: 'no',
  };
  const text = Object.entries(lines).map(([key, value]) => `${key} ${value}\n`);
  writeFileSync(file('sshd_config'), text.join(''));
  // As root it insists on the folder that its package makes at the start of the machine.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawnChild(programPath('sshd'), ['-D', '-e', '-f', file('sshd_config')]);
  await waitFor(() => child.exit !== null || child.lines.some((line) => line.includes('listening on')), {
    what: `sshd on port ${port} to listen`,
  });
  if (child.exit !== null) throw new Error(`sshd ended:\n${child.lines.join('\n')}`);
  return {
    bastion: {
      name: 'gate',
      host: '127.0.0.1',
      port,
      user: userInfo().username,
      hostKey: fingerprint(file('host.pub')),
      login: { how: 'key', file: addKey('key', ''), passphrase: null },
    },
    folder,
    addKey,
    stop: async () => {
      await child.end('SIGTERM');
      rmSync(folder, { recursive: true });
    },
  };
}

function fingerprint(publicKey: string): string {
  const printed = execFileSync(programPath('ssh-keygen'), ['-l', '-f', publicKey], { encoding: 'utf8' });
  return printed.split(' ')[1] ?? '';
}
