import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { createFolder, dataFolder, removeFolder } from '../../sandbox/postgres/folders.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runServer } from '../../sandbox/postgres/server.js';
import { type ServerAccess, serverAccess } from '../../sandbox/postgres/server-access.js';
import { serverUser } from '../../sandbox/postgres/server-user.js';
import { waitFor } from './wait-for.js';

/** What a standby is made of: a cluster, or a standby that was promoted. */
type Primary = ServerAccess & Pick<Cluster, 'dataDir'>;

/** A hot standby by streaming replication. It has the logins of its primary, and their passwords. */
export interface Standby extends Primary {
  /** Resolves when all that the primary has committed so far can be read here. */
  catchUp(): Promise<void>;
  /** Makes it a primary of its own, with the same system identifier; returns when it takes writes. */
  promote(): Promise<void>;
  /** Ends the server and deletes all that belongs to it. */
  stop(): Promise<void>;
}

/**
 * Makes a standby of a running cluster, of any major, and returns when it answers. The binaries of the tests bring no
 * pg_basebackup, so the files are copied between the functions that pg_basebackup itself calls (PostgreSQL
 * documentation, "Making a Base Backup Using the Low Level API").
 */
export async function startStandby(primary: Primary): Promise<Standby> {
  const user = serverUser();
  const folder = createFolder(user);
  try {
    const port = await freePort();
    const access = serverAccess({ ...superuserOf(primary), port });
    // Dropped with the primary: it keeps the WAL of the time between the copy and the first streaming.
    const slot = `standby_${port}`;
    await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
    await copyData(primary, dataFolder(folder));
    await writeFile(join(dataFolder(folder), 'standby.signal'), '');
    if (user !== null) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
    const settings = {
      ...(await settingsOf(primary)),
      port: String(port),
      primary_conninfo: `host=${primary.host} port=${primary.port} user=${primary.user} password=${primary.password}`,
      primary_slot_name: slot,
    };
    const server = runServer(folder, await programsOf(primary), user, settings);
    await waitFor(
      async () => {
        if (server.pid === null) return true;
        return (await access.query('SELECT pg_is_in_recovery() AS standby'))[0]?.standby === true;
      },
      { what: `the standby on port ${port} to answer` },
    );
    if (server.pid === null) throw new Error(`The standby ended:\n${server.log()}`);
    return {
      ...access,
      dataDir: dataFolder(folder),
      catchUp: async () => {
        const [now] = await primary.query('SELECT pg_current_wal_lsn()::text AS lsn');
        const reached = async () =>
          (await access.query('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS yes', [now?.lsn]))[0]?.yes ===
          true;
        await waitFor(reached, { what: 'the standby to catch up' });
      },
      promote: async () => {
        await access.query('SELECT pg_promote(true, 60)');
      },
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

function superuserOf({ host, port, user, password, database }: Primary) {
  return { host, port, user, password, database };
}

/** What the primary was started with: a standby must not be smaller. Units are those of the setting itself. */
export async function settingsOf(primary: Primary): Promise<Record<string, string>> {
  const rows = await primary.query<{ name: string; setting: string }>(
    "SELECT name, setting FROM pg_settings WHERE source = 'command line'",
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** The folder with the programs of a running server, which writes its command line into its data directory. */
export async function programsOf(primary: Primary): Promise<string> {
  const [program = ''] = (await readFile(join(primary.dataDir, 'postmaster.opts'), 'utf8')).split(' "', 1);
  return dirname(program.trim());
}

async function copyData(primary: Primary, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT current_setting('server_version_num')::int >= 150000 AS recent",
    );
    const recent: unknown = rows[0]?.recent;
    const [start, stop] = recent
      ? ["pg_backup_start('standby', true)", 'pg_backup_stop(false)']
      : ["pg_start_backup('standby', true, false)", 'pg_stop_backup(false, false)'];
    // The backup lasts as long as the session that began it.
    await client.query(`SELECT ${start}`);
    await copyFolder(primary.dataDir, to);
    const ended = await client.query<{ labelfile: string }>(`SELECT labelfile FROM ${stop}`);
    await writeFile(join(to, 'backup_label'), ended.rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

/** Kept out as the documentation says: they tell of the running primary, or come by streaming. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'pg_dynshmem']);

/** Files come and go while the server runs; what is gone when its turn comes is in the WAL. */
export async function copyFolder(
  from: string,
  to: string,
  leftOut: ReadonlySet<string> = LEFT_OUT,
): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (leftOut.has(entry.name)) {
      if (entry.isDirectory()) await mkdir(copy, { mode: 0o700 });
    } else if (entry.isDirectory()) {
      await copyFolder(source, copy, new Set());
    } else {
      await copyFile(source, copy).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
}
