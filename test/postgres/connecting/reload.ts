import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../../../sandbox/postgres/cluster.js';
import { waitFor } from '../../support/wait-for.js';

/** Changes settings that need no restart; returns when new connections see them. */
export async function set(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await cluster.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await reload(cluster);
}

/** Who may connect, besides the superuser of the tests: lines of pg_hba.conf. */
export async function allow(cluster: Cluster, ...lines: readonly string[]): Promise<void> {
  const all = [`host all ${cluster.user} 127.0.0.1/32 scram-sha-256`, ...lines];
  await writeFile(join(cluster.dataDir, 'pg_hba.conf'), `${all.join('\n')}\n`);
  await reload(cluster);
}

async function reload(cluster: Cluster): Promise<void> {
  const loaded = async () => (await cluster.query('SELECT pg_conf_load_time()::text AS at'))[0]?.at;
  const before = await loaded();
  await cluster.query('SELECT pg_reload_conf()');
  await waitFor(async () => (await loaded()) !== before, { what: 'the server to load its configuration' });
}
