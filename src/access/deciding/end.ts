import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { logSecurity } from '../../security.js';
import * as words from '../../surfaces/answers/answers.js';
import type { Actor, Clicked, Reply } from '../access.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { identify } from './accounts.js';
import { findRequest } from './find-request.js';
import { whyMayNotEnd } from './may-end.js';

/** The requester cancels a pending request, or relinquishes a grant. */
export async function relinquishOrWithdraw(
  deps: Deps,
  type: 'withdraw' | 'relinquish',
  actor: Actor,
  requestId: string,
  clicked: Clicked,
): Promise<Reply> {
  // Giving access up takes no eligibility: a guest may click, a deactivated account can't.
  const found = await findRequest(deps, requestId, clicked);
  if (found === null) return { text: words.unknownRequest(requestId) };
  if (found.request.requester !== actor.userId) {
    const facts = { user: actor.userId, request: found.request.id };
    logSecurity(deps.logger, 'not_the_requester', facts, `refused to ${type}`);
    return { text: words.notRequester(found.request) };
  }
  return enact(deps, found.request, { type, by: actor.userId });
}

/** An approver or an operator ends access before its time; its holder may too. */
export async function end(deps: Deps, actor: Actor, requestId: string, clicked: Clicked): Promise<Reply> {
  const who = await identify(deps, actor);
  if (!who.ok) return who;
  const found = await findRequest(deps, requestId, clicked);
  if (found === null) return { text: words.unknownRequest(requestId) };
  const { request } = found;
  if (request.requester === actor.userId)
    return enact(deps, request, { type: 'relinquish', by: actor.userId });
  const refusal = await whyMayNotEnd(deps, actor, request, {
    log: 'refused to end access',
    text: words.mayNotEnd,
  });
  if (refusal !== null) return refusal;
  return enact(deps, request, { type: 'end', by: actor.userId });
}

async function enact(
  deps: Deps,
  request: AccessRequest,
  event: RequestEvent & { by: string },
): Promise<Reply> {
  const outcome = (await change(deps, [request.id], () => ({ event }))).get(request.id);
  return outcome === undefined || outcome.ok ? null : { text: words.refused(outcome.refusal, event.by) };
}
