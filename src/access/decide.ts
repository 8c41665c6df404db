import { type MayDecide, mayDecide, type Policy, type Principal } from '../domain/policy.js';
import type { AccessRequest } from '../domain/request.js';
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

type DecideDeps = Pick<Deps, 'config' | 'roles' | 'db' | 'changed' | 'messenger' | 'logger' | 'background'>;

/** An approver approves or denies. Everything is looked at anew: the policy, the groups, the mapping, the clock. */
export async function decide(
  deps: DecideDeps,
  verdict: 'approve' | 'deny',
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
  if (request.state !== 'pending') return refusal(request, actor.userId, now);

  const target = deps.config.targets.get(request.target);
  const role = deps.roles.role(request.target, request.role);
  if (verdict === 'approve' && (target?.lend !== true || role === undefined)) {
    const isUnsure = target?.lend === true && deps.roles.isUnsure(target.key);
    if (!isUnsure) suspicious('role_not_offered');
    const said = isUnsure ? escapeMrkdwn(roleUnsure(request.role, target.name)) : null;
    return { text: said ?? words.notOfferedAnyMore(request) };
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
  if (verdict === 'approve' && !(await mappingStands(deps, request))) {
    suspicious('login_changed');
    return { text: words.loginChanged(request) };
  }
  const outcomes = await change(deps, [request.id], () => intended(deps, verdict, actor, may.via, policy));
  const outcome = outcomes.get(request.id);
  return outcome === undefined || outcome.ok ? null : { text: words.refused(outcome.refusal, actor.userId) };
}

function intended(
  { config }: Pick<Deps, 'config'>,
  verdict: 'approve' | 'deny',
  actor: Actor,
  via: string,
  policy: Policy | null,
): Intended {
  return {
    event:
      verdict === 'approve'
        ? { type: 'approve', by: actor.userId, via, maxMs: policy?.maxMs ?? 0 }
        : { type: 'deny', by: actor.userId, via },
    audit: { policy, configHash: config.hash },
    decision: { approver: actor.userId, verdict, via },
  };
}

/** Somebody was quicker, or it is too late: the state table says which, and the decision was not looked at. */
function refusal(request: AccessRequest, by: string, now: Date): Reply {
  const result = transition(request, { type: 'deny', by, via: '' }, now);
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
