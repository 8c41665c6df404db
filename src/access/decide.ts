import { type MayDecide, mayDecide, type Policy, type Principal } from '../domain/policy.js';
import type { AccessRequest, RequestEvent } from '../domain/request.js';
import { transition } from '../domain/transition.js';
import { logSecurity, type SecurityEvent } from '../security.js';
import { roleUnsure } from '../surfaces/form-words.js';
import { escapeMrkdwn } from '../surfaces/text.js';
import * as words from '../surfaces/words.js';
import type { Actor, Clicked, Reply } from './access.js';
import { change, type Intended } from './change.js';
import type { Deps } from './deps.js';
import { findRequest } from './find.js';
import { identify, loginsOf, mappingStands, readGroups } from './who.js';

/** `extend`: lend what is lent for as long again as was asked for, from now on. */
type Verdict = 'approve' | 'deny' | 'extend';

type DecideDeps = Pick<Deps, 'config' | 'roles' | 'db' | 'changed' | 'messenger' | 'logger' | 'background'>;

/** An approver approves, denies or extends. Everything is looked at anew: the policy, the groups, the mapping, the clock. */
export async function decide(
  deps: DecideDeps,
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
  const pointless = refusal(request, verdict, actor.userId, now);
  if (pointless !== null) return pointless;

  const target = deps.config.targets.get(request.target);
  const role = deps.roles.role(request.target, request.role);
  if (verdict !== 'deny' && (target?.lend !== true || role === undefined)) {
    const isUnsure = target?.lend === true && deps.roles.isUnsure(target.key);
    if (!isUnsure) suspicious('role_not_offered');
    const said = isUnsure ? escapeMrkdwn(roleUnsure(request.role, target.name)) : null;
    return { text: said ?? words.notOfferedAnyMore(request, verdict) };
  }
  // Who was asked may deny what is not offered any more.
  const policy = role?.policy ?? null;
  const approvers = policy?.approvers ?? request.asked;
  const may = mayDecide(
    approvers,
    {
      userId: actor.userId,
      logins: loginsOf(deps.config, request.target, who.person),
      groups: await readGroups(deps, approvers),
    },
    request,
  );
  if (!may.ok) {
    suspicious(may.code);
    return { text: whyNot(may, request, approvers) };
  }
  if (verdict !== 'deny' && !(await mappingStands(deps, request))) {
    suspicious('login_changed');
    return { text: words.loginChanged(request, verdict) };
  }
  const outcomes = await change(deps, [request.id], () => intended(deps, verdict, actor, may.via, policy));
  const outcome = outcomes.get(request.id);
  return outcome === undefined || outcome.ok ? null : { text: words.refused(outcome.refusal, actor.userId) };
}

function intended(
  { config }: Pick<Deps, 'config'>,
  verdict: Verdict,
  actor: Actor,
  via: string,
  policy: Policy | null,
): Intended {
  return {
    event: eventOf(verdict, actor.userId, via, policy?.maxMs ?? 0),
    audit: { policy, configHash: config.hash },
    ...(verdict === 'extend' ? {} : { decision: { approver: actor.userId, verdict, via } }),
  };
}

function eventOf(type: Verdict, by: string, via: string, maxMs: number): RequestEvent {
  return type === 'deny' ? { type, by, via } : { type, by, via, maxMs };
}

/** Somebody was quicker, or it is too late: the state table says which, and the decision was not looked at. */
function refusal(request: AccessRequest, verdict: Verdict, by: string, now: Date): Reply {
  const result = transition(request, eventOf(verdict, by, '', Number.MAX_SAFE_INTEGER), now);
  return result.ok ? null : { text: words.refused(result.refusal, by) };
}

function whyNot(
  may: Exclude<MayDecide, { ok: true }>,
  request: AccessRequest,
  approvers: readonly Principal[],
): string {
  switch (may.code) {
    case 'own_request':
      return words.ownRequest(request, approvers);
    case 'same_login':
      return words.sameLogin(request, approvers);
    case 'not_an_approver':
      return words.notApprover(request, approvers);
    case 'group_unknown':
      return words.groupUnreadable(may.groups);
  }
}
