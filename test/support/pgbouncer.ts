import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { spawnChild } from './child.js';
import { programPath } from './program.js';
import { waitFor } from './wait-for.js';

export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

interface Options {
  readonly mode: 'session' | 'transaction' | 'statement';
  /** Who may log in, here and behind it. */
  readonly logins: readonly { readonly user: string; readonly password: string }[];
  /** As in pgbouncer.ini, over the defaults. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** The only database that it knows; default: all. */
  readonly database?: string;
}

/** A PgBouncer on a free port of 127.0.0.1 before the server at `to`. */
export async function startPgBouncer(
  to: { readonly host: string; readonly port: number },
  { mode, logins, settings = {}, database = '*' }: Options,
): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  // It refuses to run as root, and then reads its files as somebody else.
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, isRoot ? 0o755 : 0o700);
  const users = logins.map(({ user, password }) => `"${user}" "${password}"`).join('\n');
  writeFileSync(join(folder, 'users.txt'), users);
  const port = await freePort();
  const lines = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(folder, 'users.txt'),
    pool_mode: mode,
    ...settings,
  };
  const ini = [
    '[databases]',
    `${database} = host=${to.host} port=${to.port}`,
    '[pgbouncer]',
    ...Object.entries(lines).map(([key, value]) => `${key} = ${value}`),
  ];
  writeFileSync(join(folder, 'pgbouncer.ini'), ini.join('\n'));
  const user = isRoot ? ['-u', 'nobody'] : [];
  const child = spawnChild(programPath('pgbouncer'), [...user, join(folder, 'pgbouncer.ini')]);
  await waitFor(() => child.exit !== null || child.lines.some((line) => line.includes('process up')), {
    what: `pgbouncer on port ${port} to be ready`,
  });
  if (child.exit !== null) throw new Error(`pgbouncer ended:\n${child.lines.join('\n')}`);
  return {
    port,
    stop: async () => {
      await child.end('SIGQUIT');
      rmSync(folder, { recursive: true });
    },
  };
}
