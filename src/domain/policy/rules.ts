/** What approves a request without an approver, as far as the policy alone tells. Pure. */
import { type Danger, isAbove } from '../postgres/danger.js';
import type { AccessRequest } from '../request/request.js';
import { isWithinHours } from './office-hours.js';
import { isGroup, type OnCallRule, type Policy, type Principal } from './policy.js';

/** The most that a role may do which on call by a Slack user group approves: anyone who may edit the group can put themselves on call. */
const MOST_BY_GROUP: Danger = 'write';

/** Whether the policy has a rule that may approve some request at once: its card waits for the answer. */
export function mayApproveAtOnce({
  onCall,
  automatic,
  repeatMs,
}: Pick<Policy, 'onCall' | 'automatic' | 'repeatMs'>): boolean {
  return onCall !== null || automatic !== null || repeatMs !== null;
}

/** Whether PagerDuty is asked under this rule. */
export function asksPagerDuty({ schedules, escalationPolicies }: OnCallRule): boolean {
  return schedules.length > 0 || escalationPolicies.length > 0;
}

/** The Slack user groups that put someone on call. A person named there is no group, and would always be on call. */
export function onCallGroups({ slackGroups }: OnCallRule): readonly Principal[] {
  return slackGroups.filter(isGroup);
}

/** The most that a role may do which such a group approves. */
export function mostByGroup({ maxDanger }: OnCallRule): Danger {
  return maxDanger !== null && isAbove(MOST_BY_GROUP, maxDanger) ? maxDanger : MOST_BY_GROUP;
}

/** Whether the automatic rule is for requests of this length. A longer one isn't shortened: its approvers decide. */
export function isShortEnough(
  { automatic }: Pick<Policy, 'automatic'>,
  { wishedMs }: Pick<AccessRequest, 'wishedMs'>,
): boolean {
  return automatic !== null && wishedMs <= automatic.maxMs;
}

/** Whether the automatic rule is for this request at this time; what the role can do is yet to be read. */
export function isAutomaticNow(
  policy: Pick<Policy, 'automatic'>,
  request: Pick<AccessRequest, 'wishedMs'>,
  now: Date,
): boolean {
  const hours = policy.automatic?.hours ?? null;
  return isShortEnough(policy, request) && (hours === null || isWithinHours(hours, now));
}
