import { didYouMean } from '../../config/yaml/did-you-mean.js';
import type { Queryable } from '../../ledger/pool.js';
import { readTallies } from '../../ledger/requests/open-requests.js';
import { refused } from './refused.js';

/** Targets that are named in an error. */
const MOST_NAMED = 20;

/**
 * The ledger knows each target that Hallpass has ever started with, also one that has left the configuration.
 * @throws HallpassError when it knows none by this name.
 */
export async function assertTarget(db: Queryable, target: string): Promise<void> {
  const [known] = await readTallies(db, { only: target }, null, 0);
  if (known !== undefined) return;
  const all = await readTallies(db, { after: '', limit: MOST_NAMED }, null, 0);
  const names = all.map((tally) => tally.target);
  throw refused(
    `the ledger knows no target ${target}${didYouMean(target, names)}`,
    names.length === 0
      ? 'It gets to know them when hallpass serve starts.'
      : `Name one of ${names.join(', ')}${names.length === MOST_NAMED ? ', …' : ''}. A new one is known when hallpass serve has started with it.`,
  );
}
