import { OTHERS_LOOK } from '../../access/deps.js';
import { type Ahead, endNow, foreseeEnd } from '../../access/operating/end-now.js';
import type { Config } from '../../config/config.js';
import type { OperatorsWord } from '../../domain/request.js';
import { readOpenIn, type Scope } from '../../ledger/open-in.js';
import type { Queryable } from '../../ledger/pool.js';
import { onInterrupt } from './interrupt.js';
import { createProgress } from './progress.js';

/** People may ask again while the first are being ended; as often as this those are ended, too. */
const MOST_ROUNDS = 10;

/** Writes the intent. @returns the ids of all that is to be proved gone. */
export async function writeDown(
  db: Queryable,
  config: Config,
  scope: Scope,
  {
    ids,
    ahead,
    word,
    wake,
  }: {
    readonly ids: readonly number[];
    readonly ahead: Ahead;
    readonly word: OperatorsWord;
    readonly wake: (ids: readonly number[]) => Promise<void>;
  },
): Promise<readonly number[]> {
  const deps = { db, config, ...OTHERS_LOOK };
  const known = new Set(ids);
  let next = ahead;
  const progress = createProgress();
  const interrupted = onInterrupt(() => {
    progress.clear();
    return 'Interrupted while it was being written down: what is written is ended. Run the same command again for the rest.';
  });
  try {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const all = next.grants.length + next.pending.length;
      await endNow(deps, next, word, (written) => progress.show(`written down: ${written} of ${all}`));
      if (all > 0) await wake([...next.grants, ...next.pending].map(({ id }) => id));
      if (scope.of === 'requests') break;
      const since = (await readOpenIn(db, scope)).filter((id) => !known.has(id));
      if (since.length === 0) break;
      for (const id of since) known.add(id);
      next = await foreseeEnd({ db }, since);
    }
  } finally {
    progress.clear();
    interrupted.off();
  }
  return [...known];
}
