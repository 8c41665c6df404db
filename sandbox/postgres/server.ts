import { execFile, execFileSync, spawn } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dataFolder } from './folders.js';
import { isOpenToAll, type ServerUser } from './server-user.js';

/** One run of the `postgres` program. */
export interface Server {
  /** null once the program and all its children are gone. */
  readonly pid: number | null;
  /** Sends the signal and returns when all is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** The end of what it wrote to its log. */
  log(): string;
}

/**
 * Runs initdb in the folder, with passwords checked by scram-sha-256 for every connection.
 * @returns the folder with the programs, where `user` can run them.
 */
export async function initialize(
  folder: string,
  binaries: string,
  user: ServerUser | null,
  superuser: { readonly user: string; readonly password: string },
): Promise<string> {
  const reachable = user === null || isOpenToAll(join(binaries, 'bin', 'postgres'));
  const native = reachable ? binaries : join(folder, 'native');
  if (!reachable) await cp(binaries, native, { recursive: true, verbatimSymlinks: true });
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, superuser.password, { mode: 0o600 });
  if (user !== null) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
  const args = [
    `--pgdata=${dataFolder(folder)}`,
    `--username=${superuser.user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
  ];
  await promisify(execFile)(join(native, 'bin', 'initdb'), args, {
    ...user,
    cwd: folder,
    env: environment(),
  });
  return join(native, 'bin');
}

/** Starts the server on the folder's data; it is not ready for connections yet when this returns. */
export function runServer(
  folder: string,
  bin: string,
  user: ServerUser | null,
  settings: Readonly<Record<string, string>>,
): Server {
  const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', dataFolder(folder), ...args], {
    ...user,
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A session of its own: Ctrl-C in a terminal is for the program, which then stops its servers in order.
    detached: true,
  });
  let pid = child.pid ?? null;
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  child.on('error', (error) => {
    log += error.message;
  });
  // 'close' and not 'exit': every child of the server holds the log open until it is gone itself.
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      pid = null;
      resolve();
    });
  });
  return {
    get pid() {
      return pid;
    },
    end: async (signal) => {
      child.kill(signal);
      await gone;
    },
    log: () => log,
  };
}

/** Nothing of ours: PGPORT, PGOPTIONS and their like would change the server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C' };
}
