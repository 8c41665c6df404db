import { deciders, qualifies } from '../../domain/policy/policy.js';
import { approversOf } from '../../domain/policy/repeat.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { showAgain } from '../../ledger/messages/deliveries.js';
import { endRepeats, readShownRepeat } from '../../ledger/requests/repeats.js';
import { logSecurity } from '../../security.js';
import { groupUnreadable, unknownRequest } from '../../surfaces/answers/answers.js';
import * as words from '../../surfaces/request/repeat.js';
import type { Actor, Clicked, Reply } from '../access.js';
import type { Deps } from '../deps.js';
import { identify, readGroups, whyUnsaid } from './accounts.js';
import { findRequest } from './find-request.js';

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
  const policy = deps.roles.role(request.target, request.role)?.policy;
  const approvers = policy === undefined ? request.asked : deciders(policy);
  const principals = [...approvers, ...deps.config.operators];
  const may = qualifies(principals, { userId: actor.userId, groups: await readGroups(deps, principals) });
  if (may.ok) return null;
  const facts = { user: actor.userId, request: request.id };
  logSecurity(deps.logger, may.code, facts, 'refused to end a repeat');
  const unread =
    may.code === 'group_unknown' ? groupUnreadable(may.groups, whyUnsaid(deps, may.groups)) : null;
  return { text: unread ?? words.mayNotEndRepeat(request, approvers, deps.config.operators) };
}
