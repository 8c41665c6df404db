import { pairKey } from '../../domain/memberships.js';
import type { AccessRequest, RequestEvent } from '../../domain/request.js';
import { readHold } from '../../ledger/pauses.js';
import { forgetChecked } from '../../ledger/targets.js';
import type { Extended, Target } from '../../postgres/target.js';
import { change } from '../change.js';
import { type Deps, HEARTBEAT_MS } from '../deps.js';
import { byServer, type Placed } from './by-server.js';
import { asHallpassError } from './trouble.js';

/**
 * Tells the target of grants that were made longer: a guarded one keeps an expiry of its own, and a direct one shows that
 * the membership stands. Nothing is revoked or granted for it. Only what the server says of this very grant is a
 * refusal; while it can't be asked, or turns us away, it is asked again until the end. One that it has not confirmed when
 * granting is paused does not take effect.
 * @returns the ids that could not be settled now.
 */
export async function extendThere(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'logger'>,
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
  for (const [server, placed] of byServer(requests)) {
    const answers = await ask(deps, target, server, placed);
    // crash point: after-extended-there-before-record
    const told = new Map<number, { readonly durationMs: number; readonly event: RequestEvent }>();
    for (const { request, place } of placed) {
      const answer = answers.get(pairKey(place));
      const { durationMs } = request;
      if (answer?.outcome === 'extended') told.set(request.id, { durationMs, event: { type: 'extended' } });
      else if (answer?.outcome === 'failed' && !answer.error.passing) {
        const trouble = answer.error.message;
        deps.logger.warn({ request: request.id, trouble }, 'the target refuses to extend this');
        told.set(request.id, { durationMs, event: { type: 'extension_refused', trouble } });
      } else if (
        answer?.outcome === 'missing' &&
        request.extension !== null &&
        request.extension.from <= now
      ) {
        // Revoked at its end, by a sweep that had begun before the extension was committed, or by the server itself.
        told.set(request.id, { durationMs, event: { type: 'extension_refused', trouble: 'it has ended' } });
      } else undone.push(request.id);
    }
    if (placed.some((each) => isNews(each, answers, now))) await forgetChecked(deps.db, name);
    await change(deps, [...told.keys()], ({ id, durationMs }) => {
      const said = told.get(id);
      // Made longer once more meanwhile: that is told next.
      return said === undefined || said.durationMs !== durationMs ? null : { event: said.event };
    });
  }
  return undone;
}

/**
 * It is missing. Whether somebody took it away is for the comparison of all our memberships to say, which is made at
 * once; not again and again, when it does not (to another login of ours everything is missing).
 */
function isNews({ request, place }: Placed, answers: ReadonlyMap<string, Extended>, now: Date): boolean {
  const { extension } = request;
  if (answers.get(pairKey(place))?.outcome !== 'missing' || extension === null) return false;
  return now.getTime() - extension.at.getTime() < HEARTBEAT_MS;
}

/** Empty when nothing was said of any grant, whatever the reason is. */
async function ask(
  { logger }: Pick<Deps, 'logger'>,
  target: Target,
  server: string,
  placed: readonly Placed[],
): Promise<ReadonlyMap<string, Extended>> {
  const wishes = placed.map(({ request, place }) => ({
    roleOid: place.roleOid,
    memberOid: place.memberOid,
    requestId: request.id,
    durationMs: request.durationMs,
  }));
  try {
    const answers = await target.extend(server, wishes);
    return new Map(answers.map((answer) => [pairKey(answer), answer]));
  } catch (thrown) {
    const requests = wishes.map(({ requestId }) => requestId);
    logger.debug({ err: asHallpassError(thrown), requests }, 'the target could not be told of extensions');
    return new Map();
  }
}
