import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import type { ServerAddress } from '../../sandbox/postgres/server-access.js';
import { makeTemplate } from '../../sandbox/postgres/template.js';
import { installedMajors } from './majors.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Postgres server that all test files share. */
    postgres: ServerAddress;
    /** `program`: redis-server can be started; `url`: only the Redis at REDIS_URL; null: none. */
    redis: 'program' | 'url' | null;
  }
}

/** Once before all test files; what it returns runs after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('redis', findRedis());
  const templates = await Promise.all(installedMajors().map(({ binaries }) => makeTemplate(binaries)));
  const { host, port, user, password, database, close } = await startCluster({ name: 'tests' });
  project.provide('postgres', { host, port, user, password, database });
  return async () => {
    await close();
    for (const remove of templates) remove();
  };
}

function findRedis(): 'program' | 'url' | null {
  if (spawnSync('redis-server', ['--version']).status === 0) return 'program';
  if (process.env.REDIS_URL) return 'url';
  const problem = 'There is no redis-server on the PATH and no REDIS_URL';
  if (process.env.CI) throw new Error(`${problem}: install Redis; CI skips no test.`);
  console.warn(`\n*** ${problem}: ALL TESTS WITH REDIS ARE SKIPPED. Install redis-server to run them. ***\n`);
  return null;
}
