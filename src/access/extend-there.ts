import { pairKey } from '../domain/compare.js';
import { type AccessRequest, lendingOf } from '../domain/request.js';
import type { Lent, Target } from '../target/target.js';
import { change } from './change.js';
import type { Deps } from './deps.js';
import { asHallpassError } from './hindered.js';

/**
 * Tells the target of grants that were made longer: a guarded one keeps an expiry of its own, and a direct one shows that
 * the membership stands. Nothing is revoked for it, and a target that does not answer is asked again until the end.
 * @returns the ids that could not be settled now.
 */
export async function extendThere(
  deps: Pick<Deps, 'db' | 'changed' | 'logger'>,
  target: Target,
  requests: readonly AccessRequest[],
): Promise<readonly number[]> {
  const placed = requests.flatMap((request) =>
    request.place === null ? [] : [{ request, place: request.place }],
  );
  const answers = new Map<string, Lent>();
  for (const server of new Set(placed.map(({ place }) => place.server))) {
    const here = placed.filter(({ place }) => place.server === server);
    const wishes = here.map(({ request, place }) => ({
      roleOid: place.roleOid,
      memberOid: place.memberOid,
      requestId: request.id,
      durationMs: request.durationMs,
      setRole: lendingOf(request).setRole,
    }));
    const lent = await target.lend(server, wishes).catch((thrown: unknown) => {
      const error = asHallpassError(thrown);
      return wishes.map((wish): Lent => ({ ...wish, outcome: 'failed', error }));
    });
    for (const answer of lent) answers.set(`${server}/${pairKey(answer)}`, answer);
  }
  // crash point: after-extended-there-before-record
  const undone: number[] = [];
  const refused = new Map<number, string>();
  for (const { request, place } of placed) {
    const answer = answers.get(`${place.server}/${pairKey(place)}`);
    if (answer?.outcome === 'lent') continue;
    if (answer?.outcome === 'failed' && !answer.error.passing) refused.set(request.id, answer.error.message);
    // Held by somebody else: the comparison of all memberships finds ours missing, and settles it.
    else if (answer?.outcome === 'held') refused.set(request.id, 'somebody else has granted it meanwhile');
    else undone.push(request.id);
  }
  if (refused.size > 0) {
    deps.logger.warn({ requests: [...refused] }, 'the target refuses to lend these for longer');
  }
  const told = new Map(placed.map(({ request }) => [request.id, request.durationMs]));
  await change(
    deps,
    [...told.keys()].filter((id) => !undone.includes(id)),
    ({ id, durationMs }) => {
      // Made longer once more meanwhile: that is told next.
      if (durationMs !== told.get(id)) return null;
      const trouble = refused.get(id);
      return {
        event: trouble === undefined ? { type: 'extended' } : { type: 'extension_refused', trouble },
      };
    },
  );
  return undone;
}
