/** Emergencies that the clock brings up: those that wait though they shouldn't, and those that no reviewer has judged. */
import { readEmergenciesWaiting, readToJudge } from '../../ledger/requests/emergencies.js';
import { change } from '../change.js';
import { breakGlassLate } from '../deciding/break-glass.js';
import type { Deps } from '../deps.js';
import { reachReviewers } from '../telling/reach-reviewers.js';

/** Rows a round; the next one takes the next ones. */
const BATCH = 100;

/** Grants what waits since a crash, and asks the reviewers again where that is due. */
export async function watchEmergencies(deps: Deps): Promise<void> {
  for (const id of await readEmergenciesWaiting(deps.db, BATCH)) await breakGlassLate(deps, id);
  const { requests } = await readToJudge(deps.db, BATCH);
  if (requests.length === 0) return;
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'judge_asked' } }),
  );
  await reachReviewers(deps);
}
