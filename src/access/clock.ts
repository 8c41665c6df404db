import { readLapsed, readToWarn } from '../ledger/read-requests.js';
import { change } from './change.js';
import type { Deps } from './deps.js';

/** Rows a round; the next heartbeat takes the next ones. */
const BATCH = 500;

/** What only the ledger's clock makes due: undecided requests lapse, and people hear that their time is nearly up. */
export async function passTime(deps: Pick<Deps, 'db' | 'changed'>): Promise<void> {
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
}
