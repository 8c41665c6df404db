import { execFileSync } from 'node:child_process';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { createFolder, dataFolder, removeFolder } from '../../sandbox/postgres/folders.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
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

/**
 * As pg_upgrade leaves it: all roles, OIDs and memberships are the same, and the system identifier is another. The
 * binaries of the tests bring no pg_upgrade and no pg_resetwal, so it is written into the control file, and into the
 * first page of each WAL segment, which repeats it.
 */
export function startUpgraded(original: Cluster): Promise<Copy> {
  return startCopy(original, async (dataDir) => {
    const path = join(dataDir, 'global/pg_control');
    const control = await readFile(path);
    const id = control.readBigUInt64LE(0) + 1n;
    const end = endOfControl(control);
    control.writeBigUInt64LE(id, 0);
    control.writeUInt32LE(crc32c(control.subarray(0, end)), end);
    await writeFile(path, control);
    const wal = join(dataDir, 'pg_wal');
    for (const name of (await readdir(wal)).filter((each) => /^[0-9A-F]{24}$/.test(each))) {
      const segment = await open(join(wal, name), 'r+');
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(id);
      // xlp_sysid of XLogLongPageHeaderData.
      await segment.write(bytes, 0, bytes.length, 24);
      await segment.close();
    }
  });
}

/** Where the checksum of the control file stands: its layout differs from major to major. */
function endOfControl(control: Buffer): number {
  for (let at = 200; at < 500; at += 4) {
    if (crc32c(control.subarray(0, at)) === control.readUInt32LE(at)) return at;
  }
  throw new Error('the control file has no checksum where it is looked for');
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
