/** Redis servers of one's own that need more than an address: TLS, passwords, and a Sentinel that watches two of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { Authority, type Certificate } from './certificates.js';
import { type Child, spawnChild } from './child.js';
import { waitFor } from './wait-for.js';

/** All of them speak TLS by these files, and want a client's certificate of this authority. */
export interface Secured {
  readonly authority: Authority;
  readonly server: Certificate;
}

export interface Sentinel {
  readonly port: number;
  /** What answers as the master now. */
  masterPort(): Promise<number>;
  /** The keys that the replica has. */
  replicated(pattern: string): Promise<readonly string[]>;
  /** SIGKILL; or SIGSTOP, and its connections stay open, and nothing answers. */
  signalMaster(signal: 'SIGKILL' | 'SIGSTOP'): void;
}

/** A folder that is gone after the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hallpass-redis-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

export function secure(within: string): Secured {
  const authority = new Authority(within);
  return { authority, server: authority.issue({ name: 'redis', hosts: ['IP:127.0.0.1', 'DNS:localhost'] }) };
}

/** Ends with the test. */
export async function startServer(
  settings: Readonly<Record<string, string | number>>,
  secured: Secured | null = null,
): Promise<{ readonly port: number; readonly child: Child }> {
  const port = await freePort();
  const child = spawnChild('redis-server', [
    ...['--bind', '127.0.0.1', '--dir', folder(), '--save', '', '--maxmemory-policy', 'noeviction'],
    ...Object.entries({ ...listen(port, secured), ...settings }).flatMap(([key, value]) => [
      `--${key}`,
      ...String(value).split(' '),
    ]),
  ]);
  onTestFinished(async () => void (await child.end('SIGKILL')));
  await ready(child, 'Ready to accept');
  return { port, child };
}

/** A master called `main`, its replica, and the Sentinel that makes the one the other when it is silent for 1 s. */
export async function startSentinel(
  passwords: { readonly redis: string; readonly sentinel: string } | null,
  secured: Secured | null,
): Promise<Sentinel> {
  const auth = passwords && { requirepass: passwords.redis, masterauth: passwords.redis };
  const master = await startServer({ ...auth }, secured);
  const replica = await startServer({ ...auth, replicaof: `127.0.0.1 ${master.port}` }, secured);
  const port = await freePort();
  const file = join(folder(), 'sentinel.conf');
  const lines = {
    ...listen(port, secured),
    bind: '127.0.0.1',
    dir: folder(),
    ...(passwords && { requirepass: passwords.sentinel }),
  };
  writeFileSync(
    file,
    [
      ...Object.entries(lines).map(([key, value]) => `${key} ${value}`),
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds main 1000',
      'sentinel failover-timeout main 5000',
      ...(passwords ? [`sentinel auth-pass main ${passwords.redis}`] : []),
    ].join('\n'),
  );
  const sentinel = spawnChild('redis-server', [file, '--sentinel']);
  onTestFinished(async () => void (await sentinel.end('SIGKILL')));
  await ready(sentinel, '+monitor master main');

  const tls = secured && {
    ca: readFileSync(secured.authority.cert),
    cert: readFileSync(secured.server.cert),
    key: readFileSync(secured.server.key),
  };
  const client = (to: number, password: string | undefined) => {
    const opened = new Redis({
      host: '127.0.0.1',
      port: to,
      ...(password && { password }),
      ...(tls && { tls }),
    });
    opened.on('error', () => undefined);
    onTestFinished(() => opened.disconnect());
    return opened;
  };
  const asked = client(port, passwords?.sentinel);
  const follower = client(replica.port, passwords?.redis);
  await waitFor(
    async () => JSON.stringify(await asked.call('SENTINEL', 'REPLICAS', 'main')).includes('"ok"'),
    {
      what: 'the Sentinel to see the replica follow',
    },
  );
  return {
    port,
    async masterPort() {
      const answer = await asked.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main');
      return Array.isArray(answer) ? Number(answer[1]) : 0;
    },
    replicated: (pattern) => follower.keys(pattern),
    signalMaster(signal) {
      if (master.child.pid === undefined) throw new Error('the master has not started');
      process.kill(master.child.pid, signal);
    },
  };
}

function listen(port: number, secured: Secured | null): Readonly<Record<string, string | number>> {
  if (secured === null) return { port };
  return {
    port: 0,
    'tls-port': port,
    'tls-ca-cert-file': secured.authority.cert,
    'tls-cert-file': secured.server.cert,
    'tls-key-file': secured.server.key,
    'tls-replication': 'yes',
  };
}

async function ready(child: Child, says: string): Promise<void> {
  await waitFor(() => child.exit !== null || child.lines.some((line) => line.includes(says)), {
    what: `redis-server to say "${says}"`,
  });
  if (child.exit !== null) throw new Error(`redis-server ended:\n${child.lines.join('\n')}`);
}
