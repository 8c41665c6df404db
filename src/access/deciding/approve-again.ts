import { z } from 'zod';
import { approversOf, canRepeat, endOfSpan, type Span, spansWithin } from '../../domain/policy/repeat.js';
import { isExpired } from '../../domain/request/request.js';
import { readEvent } from '../../ledger/audit/history.js';
import { showAgain } from '../../ledger/messages/deliveries.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { insertRepeat, readShownRepeat } from '../../ledger/requests/repeats.js';
import { logSecurity } from '../../security.js';
import { unknownRequest } from '../../surfaces/answers/answers.js';
import * as words from '../../surfaces/request/repeat.js';
import type { Actor, Clicked, Reply } from '../access.js';
import type { Deps } from '../deps.js';
import { identify } from './accounts.js';
import { findRequest } from './find-request.js';
import { stillApproved } from './still-approved.js';

/** Of several who choose at once, as many are tried again; more would mean that something is wrong. */
const ROUNDS = 3;

const approvedSchema = z.object({ durationMs: z.number().positive() });

/**
 * One who approved a request approves the same again, for a longer time. Everything is looked at again, as it is whenever
 * the repeat is used: whether all of its approvals would count today, and what the policy allows.
 */
export async function approveAgain(
  deps: Deps,
  actor: Actor,
  requestId: string,
  span: Span,
  clicked: Clicked,
): Promise<Reply> {
  const who = await identify(deps, actor);
  if (!who.ok) return who;
  const found = await findRequest(deps, requestId, clicked);
  if (found === null) return { text: unknownRequest(requestId) };
  const { request, now } = found;
  /** The card may offer what is no longer so. */
  const refuse = async (text: string): Promise<Reply> => {
    if (clicked !== null) await showAgain(deps.db, request.id, clicked);
    deps.outbox.kick();
    return { text };
  };
  if (!canRepeat(request) || isExpired(request, now)) return refuse(words.notToRepeat(request, actor.userId));
  const approvers = approversOf(request);
  if (!approvers.includes(actor.userId)) {
    const facts = { user: actor.userId, request: request.id };
    logSecurity(deps.logger, 'not_an_approver', facts, 'refused to approve the same again');
    return { text: words.onlyApprovers(request, approvers) };
  }
  const role = deps.roles.role(request.target, request.role);
  if (role === undefined) return refuse(words.notOffered(request));
  const { repeatMs } = role.policy;
  if (repeatMs === null || !spansWithin(repeatMs).includes(span)) return refuse(words.notAllowed(repeatMs));

  const approved = approvedSchema.safeParse(await readEvent(deps.db, request.id, 'approved'));
  // Extended since, it would be longer than what was approved.
  const maxMs = Math.min(request.wishedMs, approved.data?.durationMs ?? request.durationMs);
  const still = await stillApproved(deps, request, role, maxMs);
  if (still.answer === 'no') return { text: words.notApprovedAgain(still.because) };
  if (still.answer === 'unsure') return { text: words.notApprovedNow(still.why) };
  const repeat = { requestId: request.id, approver: actor.userId, maxMs };
  const until = endOfSpan(span, now, repeatMs, who.person.tz);
  const audit = { span, policy: role.policy, configHash: deps.config.hash };
  for (let round = 0; round < ROUNDS; round++) {
    const made = await insertRepeat(deps.db, { ...repeat, until, audit });
    deps.outbox.kick();
    if (made) return null;
    const [today] = (await readRequests(deps.db, [request.id])).requests;
    if (today === undefined || !canRepeat(today)) break;
    // A second click, or somebody else's, which came first.
    const there = await readShownRepeat(deps.db, request.id);
    if (there?.end === null && there.approver === actor.userId) return null;
  }
  const [today = request] = (await readRequests(deps.db, [request.id])).requests;
  return { text: words.notToRepeat(today, actor.userId) };
}
