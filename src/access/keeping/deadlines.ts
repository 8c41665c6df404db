import { nextWarning, readLapsed, readToWarn } from '../../ledger/requests/read-requests.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';

/** Rows a round; the next one takes the next ones. */
const BATCH = 500;

/**
 * What only the ledger's clock makes due: undecided requests lapse, and people hear that their time is nearly up.
 * @returns milliseconds until the next notice is due; null when none is.
 */
export async function passTime(deps: Pick<Deps, 'db' | 'outbox' | 'sweeps'>): Promise<number | null> {
  const lapsed = await readLapsed(deps.db, BATCH);
  await change(
    deps,
    lapsed.requests.map(({ id }) => id),
    () => ({ event: { type: 'lapse' } }),
  );
  const toWarn = await readToWarn(deps.db, BATCH);
  await change(
    deps,
    toWarn.requests.map(({ id }) => id),
    () => ({ event: { type: 'warned' } }),
  );
  return nextWarning(deps.db);
}
