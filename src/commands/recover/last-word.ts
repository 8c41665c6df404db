/** What only an operator can say: that a server was replaced for good, or that something can never be proved. */
import { OTHERS_LOOK } from '../../access/deps.js';
import { foreseeReplaced, replace } from '../../access/recovery/replaced.js';
import { readOpenOn, writeOff } from '../../access/recovery/write-off.js';
import type { Config, TargetConfig } from '../../config/config.js';
import { coerceError, HallpassError } from '../../errors.js';
import type { Queryable } from '../../ledger/pool.js';
import { createLogger } from '../../logger.js';
import { openTarget } from '../../postgres/open.js';
import { plural } from '../../surfaces/kit/words.js';
import { confirm, operator, reason, requestId } from '../shared/operator.js';
import { print } from '../shared/output.js';
import { refused } from '../shared/refused.js';

interface Word {
  readonly because: string | undefined;
  /** Don't ask again. */
  readonly yes: boolean;
}

/** `hallpass recover --replaced TARGET`. */
export async function sayReplaced(
  db: Queryable,
  config: Config,
  targets: readonly TargetConfig[],
  { because, yes }: Word,
): Promise<void> {
  const deps = { db, config, logger: createLogger('silent'), ...OTHERS_LOOK };
  for (const { key, ...how } of targets) {
    const target = openTarget(how);
    try {
      const { isAnother, lines } = await foreseeReplaced(deps, key, target);
      for (const line of lines) print(`${key}: ${line}`);
      if (!isAnother) {
        process.exitCode = 1;
        continue;
      }
      await confirm(yes, `Was the server of ${key} replaced for good by the one that answers?`);
      const word = { by: operator(), because: because === undefined ? null : reason(because) };
      const { lines: done, left } = await replace(deps, key, target, word);
      for (const line of done) print(`${key}: ${line}`);
      if (left) process.exitCode = 1;
      print(
        left
          ? `${key}: Hallpass goes on with the rest while it runs`
          : `${key}: from now on it is the server that answers`,
      );
    } catch (thrown) {
      process.exitCode = 1;
      const error = coerceError(thrown);
      const nextStep = error instanceof HallpassError ? error.nextStep : null;
      print(`${key}: ${[error.message, nextStep].filter(Boolean).join('. ')}`);
    } finally {
      await target.close();
    }
  }
}

/** `hallpass recover --write-off R-1042`, or `--write-off --target T`. */
export async function sayWrittenOff(
  db: Queryable,
  config: Config,
  names: readonly string[],
  { because, yes, target }: Word & { readonly target: string | undefined },
): Promise<void> {
  if (because === undefined)
    throw refused('--write-off needs --because', "--because 'why nothing can be proved'");
  if (names.length > 0 === (target !== undefined))
    throw refused(
      '--write-off needs requests or --target, and not both',
      '--write-off R-1042, or --target T',
    );
  const deps = { db, config, ...OTHERS_LOOK };
  const ids = target === undefined ? names.map(requestId) : await readOpenOn(deps, target);
  if (ids.length === 0) {
    print(`${target}: nothing is open there`);
    return;
  }
  await confirm(yes, `Close ${plural(ids.length, 'request')} without proof that the access is gone?`);
  const { lines, failed } = await writeOff(deps, ids, { by: operator(), because: reason(because) });
  for (const line of lines) print(line);
  if (failed) process.exitCode = 1;
}
