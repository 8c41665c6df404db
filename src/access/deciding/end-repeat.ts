import { approversOf } from '../../domain/policy/repeat.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { showAgain } from '../../ledger/messages/deliveries.js';
import { endRepeats, readShownRepeat } from '../../ledger/requests/repeats.js';
import { unknownRequest } from '../../surfaces/answers/answers.js';
import * as words from '../../surfaces/request/repeat.js';
import type { Actor, Clicked, Reply } from '../access.js';
import type { Deps } from '../deps.js';
import { identify } from './accounts.js';
import { findRequest } from './find-request.js';
import { whyMayNotEnd } from './may-end.js';

/** The requester, one who approved it, a role's approver or an operator ends what was approved again. What is granted stays. */
export async function endRepeat(
  deps: Deps,
  actor: Actor,
  requestId: string,
  clicked: Clicked,
): Promise<Reply> {
  const found = await findRequest(deps, requestId, clicked);
  if (found === null) return { text: unknownRequest(requestId) };
  const { request } = found;
  // Giving it up takes no eligibility.
  const refusal = actor.userId === request.requester ? null : await whyNot(deps, actor, request);
  if (refusal !== null) return refusal;
  const repeat = await readShownRepeat(deps.db, request.id);
  const isOpen = repeat !== null && repeat.end === null;
  const ended = isOpen ? await endRepeats(deps.db, repeat, { by: actor.userId, because: null }) : [];
  if (ended.length > 0) {
    deps.outbox.kick();
    return null;
  }
  if (clicked !== null) await showAgain(deps.db, request.id, clicked);
  deps.outbox.kick();
  // Someone else may have been quicker.
  const over = isOpen ? await readShownRepeat(deps.db, request.id) : repeat;
  return { text: words.overAlready(request, over, actor.userId) };
}

async function whyNot(deps: Deps, actor: Actor, request: AccessRequest): Promise<Reply> {
  const who = await identify(deps, actor);
  if (!who.ok) return who;
  if (approversOf(request).includes(actor.userId)) return null;
  return whyMayNotEnd(deps, actor, request, {
    log: 'refused to end a repeat',
    text: (approvers, operators) => words.mayNotEndRepeat(request, approvers, operators),
  });
}
