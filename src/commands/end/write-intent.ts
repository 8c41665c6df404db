import { OTHERS_LOOK } from '../../access/deps.js';
import { type Ahead, endNow, foreseeEnd } from '../../access/operating/end-now.js';
import type { Config } from '../../config/config.js';
import type { OperatorsWord } from '../../domain/request/request-events.js';
import type { Queryable } from '../../ledger/pool.js';
import { type EndScope, readOpenIn } from '../../ledger/requests/open-in.js';
import { withProgress } from './with-progress.js';

/** People may ask again while the first are being ended. What they get is ended too, in at most this many rounds. */
const MOST_ROUNDS = 10;
const INTERRUPTED =
  'Interrupted while it was being written down: what is written is ended. Run the same command again for the rest.';

interface Intent {
  readonly ids: readonly number[];
  readonly ahead: Ahead;
  readonly word: OperatorsWord;
  readonly wake: (ids: readonly number[]) => Promise<void>;
}

/** Writes the intent. @returns the ids of all that is to be proved gone. */
export function writeIntent(
  db: Queryable,
  config: Config,
  scope: EndScope,
  { ids, ahead, word, wake }: Intent,
): Promise<readonly number[]> {
  const deps = { db, config, ...OTHERS_LOOK };
  const known = new Set(ids);
  return withProgress({ interrupted: INTERRUPTED }, async (show) => {
    let next = ahead;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const all = [...next.grants, ...next.pending];
      await endNow(deps, next, word, (written) => show(`written down: ${written} of ${all.length}`));
      if (all.length > 0) await wake(all.map(({ id }) => id));
      if (scope.of === 'requests') break;
      const since = (await readOpenIn(db, scope)).filter((id) => !known.has(id));
      if (since.length === 0) break;
      for (const id of since) known.add(id);
      next = await foreseeEnd({ db }, since);
    }
    return [...known];
  });
}
