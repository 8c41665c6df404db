import { byPair, pairKey } from '../../domain/postgres/memberships.js';
import { isPlaced, type Placed } from '../../domain/request/due.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { asHallpassError } from '../../errors.js';
import { readHold } from '../../ledger/targets/pauses.js';
import { forgetChecked } from '../../ledger/targets/targets.js';
import type { Extended, Target } from '../../postgres/target.js';
import { type ChangeDeps, change } from '../change.js';
import type { Deps } from '../deps.js';
import { HEARTBEAT_MS } from '../heartbeat.js';

/**
 * Tells the target of grants that were extended: a guarded one keeps an expiry of its own, and a direct one shows that
 * the membership stands. Nothing is revoked or granted for it. Only what the server says of this very grant is a
 * refusal; while it can't be asked, or rejects our login, it is asked again until the end. An extension that it has not
 * confirmed when granting is paused does not take effect.
 * @returns the ids that could not be settled now.
 */
export async function extendThere(
  deps: ChangeDeps & Pick<Deps, 'logger'>,
  name: string,
  target: Target,
  requests: readonly AccessRequest[],
  now: Date,
): Promise<readonly number[]> {
  if (requests.length === 0) return [];
  if ((await readHold(deps.db, name)).isPaused) {
    const ids = requests.map(({ id }) => id);
    await change(deps, ids, () => ({ event: { type: 'extension_refused', trouble: 'granting is paused' } }));
    return [];
  }
  const undone: number[] = [];
  const placed = requests.filter(isPlaced);
  for (const server of new Set(placed.map(({ place }) => place.server))) {
    const here = placed.filter(({ place }) => place.server === server);
    const answers = await ask(deps, target, server, here);
    // crash point: after-extended-there-before-record
    const said = new Map<number, { readonly durationMs: number; readonly event: RequestEvent }>();
    for (const request of here) {
      const { id, durationMs } = request;
      const answer = answers.get(pairKey(request.place));
      const event = eventOf(request, answer, now);
      if (event === null) undone.push(id);
      else said.set(id, { durationMs, event });
      if (event !== null && answer?.outcome === 'failed') {
        deps.logger.warn({ request: id, trouble: answer.error.message }, 'the target refuses to extend this');
      }
    }
    if (here.some((request) => isNews(request, answers, now))) await forgetChecked(deps.db, name);
    await change(deps, [...said.keys()], ({ id, durationMs }) => {
      const answer = said.get(id);
      // If it was extended once more meanwhile, the next sweep tells that.
      return answer?.durationMs === durationMs ? { event: answer.event } : null;
    });
  }
  return undone;
}

/** Null when the target has to be asked again. */
function eventOf({ extension }: AccessRequest, answer: Extended | undefined, now: Date): RequestEvent | null {
  if (answer?.outcome === 'extended') return { type: 'extended' };
  if (answer?.outcome === 'failed' && !answer.error.passing) {
    return { type: 'extension_refused', trouble: answer.error.message };
  }
  // Revoked at its end, by a sweep that had begun before the extension was committed, or by the server itself.
  const hasEnded = answer?.outcome === 'missing' && extension !== null && extension.from <= now;
  return hasEnded ? { type: 'extension_refused', trouble: 'it has ended' } : null;
}

/**
 * It is missing. The comparison of all our memberships tells whether somebody else revoked it, and is made at once; but
 * not repeatedly, if that doesn't settle it (for another login of ours everything is missing).
 */
function isNews({ extension, place }: Placed, answers: ReadonlyMap<string, Extended>, now: Date): boolean {
  if (answers.get(pairKey(place))?.outcome !== 'missing' || extension === null) return false;
  return now.getTime() - extension.at.getTime() < HEARTBEAT_MS;
}

/** Empty when the target said nothing of any grant, for whatever reason. */
async function ask(
  { logger }: Pick<Deps, 'logger'>,
  target: Target,
  server: string,
  placed: readonly Placed[],
): Promise<ReadonlyMap<string, Extended>> {
  const wishes = placed.map(({ id: requestId, place: { roleOid, memberOid }, durationMs }) => {
    return { roleOid, memberOid, requestId, durationMs };
  });
  try {
    return byPair(await target.extend(server, wishes));
  } catch (thrown) {
    const requests = placed.map(({ id }) => id);
    logger.debug({ err: asHallpassError(thrown), requests }, 'the target could not be told of extensions');
    return new Map();
  }
}
