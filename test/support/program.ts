import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/** Where daemons lie that a user's own PATH leaves out. */
const DAEMONS = ['/usr/local/sbin', '/usr/sbin', '/opt/homebrew/sbin', '/opt/homebrew/bin'];

/** @throws Error when it is not installed: use `describeWith`, which skips. */
export function programPath(name: string): string {
  const path = find(name);
  if (path === null) throw new Error(`${name} is not installed`);
  return path;
}

/**
 * `describe` for tests that start these programs. Skipped, with a warning, where one is not installed.
 * @throws Error in CI, which skips no test.
 */
export function describeWith(...programs: readonly string[]): typeof describe | typeof describe.skip {
  const missing = programs.filter((name) => find(name) === null);
  if (missing.length === 0) return describe;
  const problem = `${missing.join(' and ')} can’t be found`;
  if (process.env.CI) throw new Error(`${problem}: install it; CI skips no test.`);
  console.warn(`\n*** ${problem}: ALL TESTS WITH IT ARE SKIPPED. Install it to run them. ***\n`);
  return describe.skip;
}

function find(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...DAEMONS];
  return folders.map((folder) => join(folder, name)).find(canRun) ?? null;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
