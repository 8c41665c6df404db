import { type Pause, pauseOn } from '../../domain/pause.js';
import { deciders, type MayDecide, mayDecide, type Policy, type Principal } from '../../domain/policy.js';
import type { AccessRequest } from '../../domain/request.js';
import type { RequestEvent } from '../../domain/request-events.js';
import { whyRefused } from '../../domain/transition.js';
import { readPauses } from '../../ledger/pauses.js';
import { logSecurity, type SecurityEvent } from '../../security.js';
import * as words from '../../surfaces/answers.js';
import { approvedWhilePaused, notExtendedWhilePaused } from '../../surfaces/pause.js';
import type { Actor, Clicked, Reply } from '../access.js';
import { change, type Intended } from '../change.js';
import type { Deps } from '../deps.js';
import { identify, readGroups, whyUnsaid } from './accounts.js';
import { findRequest } from './find-request.js';
import { knownAs } from './logins.js';
import { previewBefore } from './preview.js';
import { type Objection, offeredToday, standsToday } from './standing.js';

/** `extend`: grant what is granted for as long again as was asked for, from now on. */
type Verdict = 'approve' | 'deny' | 'extend';

/** An approver approves, denies or extends. Everything is looked at again (standing.ts): the policy, the groups, the mapping, the danger, the clock. */
export async function decide(
  deps: Deps,
  verdict: Verdict,
  actor: Actor,
  requestId: string,
  clicked: Clicked,
): Promise<Reply> {
  const who = await identify(deps, actor);
  if (!who.ok) return who;
  const found = await findRequest(deps, requestId, clicked);
  if (found === null) return { text: words.unknownRequest(requestId) };
  const { request, now } = found;
  const suspicious = (security: SecurityEvent) =>
    logSecurity(deps.logger, security, { user: actor.userId, request: request.id }, 'refused a decision');
  const object = ({ code, text }: Objection): Reply => {
    if (code !== null) suspicious(code);
    return { text };
  };
  // Someone was quicker, or it is too late: nothing else needs to be looked at.
  const refusal = whyRefused(request, verdict, now);
  if (refusal !== null) return { text: words.refused(refusal, actor.userId) };

  const offered = offeredToday(deps, request, verdict === 'extend' ? 'extend' : 'approve');
  if (verdict !== 'deny' && offered.role === null) return object(offered.objection);
  // The approvers who were asked may deny a request for a role that is no longer offered.
  const policy = offered.role?.policy ?? null;
  const approvers = policy === null ? request.asked : deciders(policy);
  const [groups, requester] = await Promise.all([
    readGroups(deps, approvers),
    deps.messenger.person(request.requester).catch(() => null),
  ]);
  const may = mayDecide(
    approvers,
    { userId: actor.userId, ...knownAs(deps.config, request.target, who.person), groups },
    { ...request, email: requester?.email ?? null },
  );
  if (!may.ok) {
    suspicious(may.code);
    return { text: whyNot(deps, may, request, approvers) };
  }
  if (verdict === 'extend') {
    const pause = await pauseAt(deps, request);
    if (pause !== null) return { text: notExtendedWhilePaused(request, pause) };
  }
  const [standing] = await Promise.all([
    verdict === 'deny' || offered.role === null ? null : standsToday(deps, request, offered.role, verdict),
    verdict === 'approve' ? previewBefore(deps, request) : null,
  ]);
  if (standing?.objection) return object(standing.objection);
  const event = eventOf(verdict, actor.userId, may.via, policy?.maxMs ?? 0, standing?.cleared === true);
  const outcomes = await change(deps, [request.id], () => intended(deps, event, actor, policy));
  const outcome = outcomes.get(request.id);
  if (outcome?.ok === false) return { text: words.refused(outcome.refusal, actor.userId) };
  if (verdict !== 'approve' || outcome === undefined) return null;
  const pause = await pauseAt(deps, request);
  return pause === null ? null : { text: approvedWhilePaused(request, pause) };
}

async function pauseAt({ db }: Pick<Deps, 'db'>, { target }: AccessRequest): Promise<Pause | null> {
  return pauseOn(await readPauses(db), target);
}

function intended(
  { config }: Pick<Deps, 'config'>,
  event: RequestEvent & { readonly type: Verdict; readonly via: string },
  actor: Actor,
  policy: Policy | null,
): Intended {
  const { type: verdict, via } = event;
  return {
    event,
    audit: { policy, configHash: config.hash },
    ...(verdict === 'extend' ? {} : { decision: { approver: actor.userId, verdict, via } }),
  };
}

function eventOf(type: Verdict, by: string, via: string, maxMs: number, cleared: boolean) {
  if (type === 'deny') return { type, by, via };
  return type === 'extend' ? { type, by, via, maxMs } : { type, by, via, maxMs, cleared };
}

function whyNot(
  deps: Pick<Deps, 'messenger'>,
  may: Exclude<MayDecide, { ok: true }>,
  request: AccessRequest,
  approvers: readonly Principal[],
): string {
  switch (may.code) {
    case 'own_request':
      return words.ownRequest(request, approvers);
    case 'same_login':
      return words.sameLogin(request, approvers);
    case 'same_email':
      return words.sameEmail(request, approvers);
    case 'not_an_approver':
      return words.notApprover(request, approvers);
    case 'group_unknown':
      return words.groupUnreadable(may.groups, whyUnsaid(deps, may.groups));
  }
}
