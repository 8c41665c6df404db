import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries.js';
import { createFolder, dataFolder, removeFolder } from './folders.js';
import { freePort } from './free-port.js';
import { initialize, runServer, type Server } from './server.js';
import { type ServerAccess, serverAccess } from './server-access.js';
import { serverUser } from './server-user.js';
import { copyTemplate, templateOf } from './template.js';

export interface ClusterOptions {
  /** Shown in error messages and in the process list. */
  readonly name?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** What `findBinaries` answered; default: the Postgres that the project brings. */
  readonly binaries?: string;
  /** Default false: what is committed survives a killed server, but not a crash of the machine. */
  readonly fsync?: boolean;
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A Postgres server of our own. Every login needs its password, and the address never changes. */
export interface Cluster extends ServerAccess {
  /** What PostgreSQL calls the data directory. */
  readonly dataDir: string;
  /** The process id of the server; null while it does not run. */
  readonly pid: number | null;
  /**
   * Starts the server again, on the same data and port, and returns when it answers. Does nothing while it runs.
   * @throws Error with the server's own words when it does not start.
   */
  start(): Promise<void>;
  /** Ends all sessions and the server. `immediate`: without a checkpoint, as after a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Kills the server (SIGKILL) and returns when all its processes are gone. */
  kill(): Promise<void>;
  /** Ends the server and deletes all that belongs to it. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '16MB',
  // In the data folder, and so deleted with it; the default lies in /dev/shm and outlives a killed server.
  dynamic_shared_memory_type: 'mmap',
};

/**
 * Makes a cluster in a temporary folder and starts it.
 * @throws Error with the server's own words when it does not start.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const user = serverUser();
  const folder = createFolder(user);
  const binaries = options.binaries ?? findBinaries();
  const template = templateOf(binaries);
  const password = template?.password ?? randomBytes(18).toString('base64url');
  const superuser = { user: 'postgres', password, database: 'postgres' };
  const name = options.name ?? 'postgres';
  const settings = {
    ...SETTINGS,
    cluster_name: name,
    ...(options.fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...options.settings,
  };
  try {
    const bin =
      template === null
        ? await initialize(folder, binaries, user, superuser)
        : await copyTemplate(template, folder, user);
    for (;;) {
      const port = options.port ?? (await freePort());
      const run = () => runServer(folder, bin, user, { ...settings, port: String(port) });
      const access = serverAccess({ host: HOST, port, ...superuser });
      const cluster = clusterOf(name, folder, access, run);
      try {
        await cluster.start();
        return cluster;
      } catch (error) {
        const portTaken = String(error).includes('could not bind');
        if (options.port !== undefined || !portTaken) throw error;
      }
    }
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

/** A password proves nothing: copies of a template share it, and another may have taken the port. */
async function expectOurs(access: ServerAccess, dataDir: string): Promise<void> {
  const [row] = await access.query<{ dir: string }>("SELECT current_setting('data_directory') AS dir");
  if (row?.dir !== dataDir) throw new Error(`Another server answers on port ${access.port}`);
}

function clusterOf(name: string, folder: string, access: ServerAccess, run: () => Server): Cluster {
  let server: Server | null = null;

  const start = async (): Promise<void> => {
    if (server !== null && server.pid !== null) return;
    const started = run();
    server = started;
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        await expectOurs(access, dataFolder(folder));
        return;
      } catch (cause) {
        const ended = started.pid === null;
        if (ended || Date.now() > deadline) {
          await started.end('SIGKILL');
          const what = ended ? 'ended' : `did not answer within ${START_TIMEOUT_MS / 1000} s`;
          throw new Error(`The Postgres server "${name}" ${what}:\n${started.log()}`, { cause });
        }
        await sleep(20);
      }
    }
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => server?.end(signal);

  return {
    ...access,
    dataDir: dataFolder(folder),
    get pid() {
      return server?.pid ?? null;
    },
    start,
    stop: (mode = 'fast') => end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    kill: () => end('SIGKILL'),
    close: async () => {
      await end('SIGQUIT');
      removeFolder(folder);
    },
  };
}
