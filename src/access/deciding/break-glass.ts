/**
 * Emergency access: the people whom a policy names grant themselves a role at once, without an approver, and loudly. It
 * waits for nothing but Slack's word on who is in their groups; PagerDuty and the approvers hear of it, and aren't asked.
 */

import type { RoleConfig } from '../../config/config.js';
import { type Policy, type Principal, qualifies } from '../../domain/policy/policy.js';
import { pauseOn } from '../../domain/request/pause.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import type { Alert } from '../../ledger/requests/write-transitions.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import type { SecurityEvent } from '../../security.js';
import { emergencyUnknown, noEmergency, notForEmergency } from '../../surfaces/forms/form-words.js';
import { emergencySummary } from '../../surfaces/operators/emergencies.js';
import { noEmergencyWhilePaused } from '../../surfaces/operators/pause.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { namesOf } from '../telling/operators.js';
import { sendPages } from '../telling/pages.js';
import { reachReviewers } from '../telling/reach-reviewers.js';
import { emergencyPage } from '../telling/steps.js';
import { readGroups, whyUnsaid } from './accounts.js';
import { offeredToday, standsToday } from './standing.js';

/** How long Slack may take to say who is in a group, milliseconds. */
const GROUPS_MS = 1_000;

export type MayBreakGlass =
  /** `via`: the group through which they may, or "named". */
  | { readonly ok: true; readonly via: string }
  /** `code`: worth a line in the log; null: granting is paused. `why`: in plain text, with the way to ask normally. */
  | { readonly ok: false; readonly code: SecurityEvent | null; readonly why: string };

/** May this person be granted this role without approval, by today's policy and by groups at most a minute old? */
export async function mayBreakGlass(
  deps: Pick<Deps, 'messenger' | 'logger'>,
  { role, policy: { breakGlass } }: Pick<RoleConfig, 'role' | 'policy'>,
  userId: string,
): Promise<MayBreakGlass> {
  if (breakGlass === null) return { ok: false, code: 'no_emergency', why: noEmergency(role) };
  const { who } = breakGlass;
  const may = qualifies(who, { userId, groups: await readGroups(deps, who, GROUPS_MS) });
  if (may.ok) return may;
  return may.code === 'group_unknown'
    ? { ok: false, code: may.code, why: emergencyUnknown(may.groups, whyUnsaid(deps, may.groups)) }
    : { ok: false, code: 'no_emergency', why: notForEmergency(role, who) };
}

/**
 * As `mayBreakGlass`, and not while granting is paused: what is granted at a later time is no emergency anymore.
 * @param target its key in the configuration
 */
export async function mayBreakGlassNow(
  deps: Pick<Deps, 'db' | 'messenger' | 'logger'>,
  target: string,
  role: Pick<RoleConfig, 'role' | 'policy'>,
  userId: string,
): Promise<MayBreakGlass> {
  const [may, pauses] = await Promise.all([mayBreakGlass(deps, role, userId), readPauses(deps.db)]);
  const pause = pauseOn(pauses, target);
  return may.ok && pause !== null ? { ok: false, code: null, why: noEmergencyWhilePaused(pause) } : may;
}

/** What was checked a moment ago. */
export interface Checked {
  readonly policy: Policy;
  readonly via: string;
  /** What perishes need not be asked again before the GRANT. */
  readonly cleared: boolean;
}

/** Approves it, writes down that the operators are told and paged, and wakes its target: all of it, or nothing. */
export async function breakGlass(deps: Deps, id: number, { policy, via, cleared }: Checked): Promise<void> {
  const rule = policy.breakGlass;
  if (rule === null) return;
  const maxMs = Math.min(rule.maxMs, policy.maxMs);
  const outcomes = await change(deps, [id], (request) => {
    if (request.state !== 'pending' || request.emergency === null) return null;
    return {
      event: { type: 'approve_by_rule', rule: 'break_glass', through: via, maxMs, cleared },
      audit: { policy, configHash: deps.config.hash },
      decision: { approver: 'break_glass', verdict: 'approve', via },
      notes: [{ key: `emergency:${id}`, kind: 'emergency', recipient: deps.config.slack.operatorsChannel }],
      alert: deps.events === null ? null : alertOf(deps, request),
    };
  });
  if (outcomes.get(id)?.ok !== true) return;
  if (deps.events !== null) deps.background('page the operators', sendPages(deps));
  deps.background('tell its reviewers another way', reachReviewers(deps));
}

/** The incident of an emergency: the operators' message is a note of its own. It is over when a reviewer has answered. */
function alertOf({ config }: Pick<Deps, 'config'>, request: AccessRequest): Alert {
  const { target, targetName } = namesOf(config, request.target);
  const { id, role, login, requester } = request;
  const details = { request: requestName(id), target, role, login, person: requester };
  const channel = config.slack.operatorsChannel;
  return {
    key: emergencyPage(id),
    summary: emergencySummary(request, targetName),
    details,
    channel,
    message: null,
  };
}

/**
 * One that was asked for and not approved, because Hallpass was killed in between: everything is looked at again. If it
 * can't be granted so any more, it waits for an approver like any other.
 */
export async function breakGlassLate(deps: Deps, id: number): Promise<void> {
  const { requests } = await readRequests(deps.db, [id]);
  const request = requests[0];
  if (request?.state !== 'pending' || request.emergency === null) return;
  const { role } = offeredToday(deps, request, 'approve');
  if (role === null) return;
  const [standing, may] = await Promise.all([
    standsToday(deps, request, role, 'approve').catch(() => null),
    mayBreakGlassNow(deps, request.target, role, request.requester),
  ]);
  if (!may.ok || standing === null || standing.objection !== null) return;
  await breakGlass(deps, id, { policy: role.policy, via: may.via, cleared: standing.cleared });
}

/** What the form offers this person; null when it isn't for them. While Slack doesn't say, it is offered, and checked later. */
export async function offerEmergency(
  deps: Pick<Deps, 'messenger' | 'logger'>,
  { breakGlass }: Pick<Policy, 'breakGlass' | 'maxMs'>,
  userId: string,
): Promise<{ readonly maxMs: number; readonly review: readonly Principal[] } | null> {
  if (breakGlass === null) return null;
  const groups = await readGroups(deps, breakGlass.who, GROUPS_MS);
  const may = qualifies(breakGlass.who, { userId, groups });
  return may.ok || may.code === 'group_unknown' ? breakGlass : null;
}
