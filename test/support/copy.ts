import { execFileSync } from 'node:child_process';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { createFolder, dataFolder, removeFolder } from '../../sandbox/postgres/folders.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { changeIdentifier } from '../../sandbox/postgres/identifier.js';
import { runServer } from '../../sandbox/postgres/server.js';
import { type ServerAccess, serverAccess } from '../../sandbox/postgres/server-access.js';
import { serverUser } from '../../sandbox/postgres/server-user.js';
import { copyFolder, programsOf, settingsOf } from './standby.js';
import { waitFor } from './wait-for.js';

/** A server with the data, the identifier and the timeline of another. */
export interface Copy extends ServerAccess {
  /** Ends the server and deletes all that belongs to it. */
  stop(): Promise<void>;
}

/**
 * As a snapshot of its disk gives it: the original is stopped meanwhile, and runs again afterwards.
 * @param change what is done to the copied files.
 */
export async function startCopy(
  original: Cluster,
  change: (dataDir: string) => Promise<void> = async () => undefined,
): Promise<Copy> {
  const user = serverUser();
  const folder = createFolder(user);
  try {
    const [settings, programs, port] = [
      await settingsOf(original),
      await programsOf(original),
      await freePort(),
    ];
    await original.stop();
    await copyFolder(original.dataDir, dataFolder(folder), new Set(['postmaster.pid', 'postmaster.opts']));
    await original.start();
    await change(dataFolder(folder));
    if (user !== null) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
    const { host, user: login, password, database } = original;
    const access = serverAccess({ host, port, user: login, password, database });
    const server = runServer(folder, programs, user, { ...settings, port: String(port) });
    await waitFor(async () => server.pid === null || (await access.query('SELECT 1')).length > 0, {
      what: `the copy on port ${port} to answer`,
    });
    if (server.pid === null) throw new Error(`The copy ended:\n${server.log()}`);
    return {
      ...access,
      stop: async () => {
        await server.end('SIGQUIT');
        removeFolder(folder);
      },
    };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

/** As pg_upgrade leaves it: all roles, OIDs and memberships are the same, and the system identifier is another. */
export function startUpgraded(original: Cluster): Promise<Copy> {
  return startCopy(original, (dataDir) => changeIdentifier(dataDir, (id) => id + 1n));
}
