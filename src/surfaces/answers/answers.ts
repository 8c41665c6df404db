/**
 * Private answers to a click or a command, in mrkdwn: what happened, and the next step. What the form says
 * beside its fields is in form-words.ts, because errors in a modal know no mrkdwn.
 */

import { sayDuration } from '../../domain/duration.js';
import type { Principal } from '../../domain/policy/policy.js';
import { lapsesAtTheEarliest } from '../../domain/request/escalation.js';
import { type AccessRequest, requestName, ruleOf, rulesOf } from '../../domain/request/request.js';
import type { Refusal } from '../../domain/request/request-events.js';
import { code, inline, mention, mentions, when, who } from '../kit/text.js';
import { afterUnsaid, type Unsaid } from '../kit/unsaid.js';
import { plural } from '../kit/words.js';
import { stillNeeded } from '../request/approvals.js';
import { RULE_WORDS } from '../request/rule-words.js';
import { headline, waited, whyEnded } from '../request/state-words.js';

/** A sentence of the inspection. */
const MAX_WHY = 500;

/** Why the state table refused; `reader` is the one who clicked. */
export function refused({ code: reason, request }: Refusal, reader: string): string {
  const id = requestName(request.id);
  switch (reason) {
    case 'not_pending':
      return alreadyDecided(request, reader);
    case 'too_late':
      return tooLate(request, reader);
    case 'not_granted':
      return request.state === 'pending'
        ? `Nothing is granted under ${id} yet: it waits for approval.`
        : `Nothing is granted under ${id}. ${headline(request, reader).title}${at(request.endedAt)}.`;
    case 'already_ending':
      return `${id} is being revoked already (${whyEnded(request, reader)}), not yet confirmed. There is nothing left to do.`;
    case 'no_longer':
      return `${id} already runs${until(request.expiresAt)}. Extending it now would add almost nothing; try again closer to the end.`;
    case 'already_asked':
      return `${id} waits for its approvers already: they were asked${at(request.extensionAsk?.at ?? null)} to extend it. They can still decide.`;
    case 'stale':
      return `${id} changed in the meantime, and your click changed nothing. ${headline(request, reader).title}.`;
  }
}

function alreadyDecided(request: AccessRequest, reader: string): string {
  const id = requestName(request.id);
  switch (request.state) {
    case 'withdrawn':
      if (request.why !== null)
        return `${id} is over. ${headline(request, reader).title}${at(request.endedAt)}.`;
      return `${id} was already canceled by ${who(request.requester, reader)}${at(request.endedAt)}.`;
    case 'lapsed':
      return tooLate(request, reader);
    default: {
      const verb = request.state === 'denied' ? 'denied' : 'approved';
      const rule = ruleOf(request);
      const decider = rule === null ? who(request.decidedBy ?? 'somebody', reader) : RULE_WORDS[rule].by;
      return `${id} was already ${verb} by ${decider}${at(request.decidedAt)}.`;
    }
  }
}

function tooLate(request: AccessRequest, reader: string): string {
  const id = requestName(request.id);
  if (request.state === 'pending' || request.state === 'lapsed') {
    const next = request.requester === reader ? 'Ask again' : `${mention(request.requester)} can ask again`;
    return `Too late: nobody decided ${id} in ${waited(request)}, so it lapsed ${when(lapsesAtTheEarliest(request))}. ${next} if it is still needed.`;
  }
  return `Too late: the time of ${id} was up${at(request.expiresAt)}, and it is being revoked.`;
}

function until(date: Date | null): string {
  return date === null ? '' : ` until ${when(date)}`;
}

function at(date: Date | null): string {
  return date === null ? '' : ` ${when(date)}`;
}

export const notApprover = (request: AccessRequest, approvers: readonly Principal[]): string =>
  `You can't decide ${requestName(request.id)}. These can: ${mentions(approvers)}`;

/** The menu of a card was drawn under an older policy. */
export const notForSoLong = (request: AccessRequest, ms: number): string =>
  `${requestName(request.id)} can't be approved for ${sayDuration(ms)}: its policy doesn't offer that. Nothing was changed; choose another duration, or click Approve.`;
export const ownRequest = (request: AccessRequest, approvers: readonly Principal[]): string =>
  `${requestName(request.id)} is your own request, so somebody else has to decide. These can: ${mentions(approvers)}`;

/** Their approval counts, and isn't enough; or it counts through another account of theirs. */
export function alreadyApproved(request: AccessRequest, code: 'approved' | 'twin'): string {
  const id = requestName(request.id);
  const ask = request.state === 'active' ? request.extensionAsk : null;
  const rules = ask?.rules ?? rulesOf(request);
  const approvals = ask?.approvals ?? request.approvals;
  const needed = stillNeeded({ rules, approvals, asked: rules.flatMap(({ from }) => from) });
  const done =
    code === 'approved'
      ? `You have already approved ${id}.`
      : `Another account of yours has already approved ${id}, and each person counts once.`;
  return needed === '' ? done : `${done} Still needed: ${needed}.`;
}

/** The policy's limit on extensions is reached. */
export const noMoreExtensions = (request: AccessRequest, because: 'times' | 'total'): string =>
  `${requestName(request.id)} can’t be extended again: ${because === 'times' ? `it was extended ${plural(request.extensions, 'time')}` : 'it lasts as long as it may'}, which is the most that its policy allows. Its end stays as it is; ask again once it has ended.`;

/** Two Slack accounts, one login: it counts as the same person. */
export const sameLogin = (request: AccessRequest, approvers: readonly Principal[]): string =>
  `${requestName(request.id)} is for ${code(request.login)}, which is your login too, so it counts as your own request. These can decide: ${mentions(approvers)}`;
export const groupUnreadable = (groups: readonly Principal[], unsaid: Unsaid | null): string =>
  `Slack did not say who is in ${mentions(groups)}, so Hallpass can’t tell whether you may do that. ${inline(afterUnsaid('Nothing was changed', unsaid), MAX_WHY)}`;

/** Two Slack accounts, one mailbox: it counts as the same person. */
export const sameEmail = (request: AccessRequest, approvers: readonly Principal[]): string =>
  `${requestName(request.id)} was asked for by ${mention(request.requester)}, whose e-mail address is yours too, so it counts as your own request. These can decide: ${mentions(approvers)}`;

/** Canceling and relinquishing are for the requester. */
export const notRequester = (request: AccessRequest): string =>
  `Only ${mention(request.requester)} can do that: ${requestName(request.id)} is theirs.`;
export const mayNotEnd = (approvers: readonly Principal[], operators: readonly Principal[]): string =>
  `You can't end this access. Its approvers can: ${mentions(approvers)}. So can Hallpass's operators: ${mentions(operators)}`;

/** The requester's login on the target is another one than when they asked, or they may not ask at all any more. */
export function loginChanged(request: AccessRequest, verdict: 'approve' | 'extend' | 'deny'): string {
  const next =
    verdict === 'extend'
      ? "so it can't be extended. End the access if it shouldn't last that long."
      : "so it can't be approved. Deny it; they can ask again.";
  return `${requestName(request.id)} is for the login ${code(request.login)} on ${code(request.target)}, which ${mention(request.requester)} can't use anymore, ${next}`;
}

type Doing = 'approve' | 'extend';

/** What can be done where something changed since it was asked for. */
function cannot(request: AccessRequest, doing: Doing): string {
  const id = requestName(request.id);
  return doing === 'extend'
    ? `${id} can't be extended. Its end stays as it is.`
    : `${id} can't be approved. Deny it; ${mention(request.requester)} can ask again.`;
}

/** The role is kept for others since. */
export const requesterChanged = (
  request: AccessRequest,
  requesters: readonly Principal[],
  doing: Doing,
): string =>
  `${mention(request.requester)} can't request ${code(request.role)} anymore (only ${mentions(requesters)} can), so ${cannot(request, doing)}`;
export const requesterUnreadable = (
  request: AccessRequest,
  groups: readonly Principal[],
  unsaid: Unsaid | null,
): string =>
  `Slack didn't say who is in ${mentions(groups)}, so Hallpass can't tell whether ${mention(request.requester)} can request ${code(request.role)}. ${inline(afterUnsaid('Nothing was changed', unsaid), MAX_WHY)}`;

export function channelChanged(request: AccessRequest, channels: readonly string[], doing: Doing): string {
  const links = channels.map((id) => `<#${id}>`).join(', ');
  return `${code(request.role)} can be requested only in ${links}, and this was requested elsewhere, so ${cannot(request, doing)}`;
}

/** @param why what the role can do, or why that could not be read; a clause. */
export const tooDangerous = (request: AccessRequest, why: string, doing: Doing): string =>
  `${inline(why, MAX_WHY)}, so ${cannot(request, doing)}`;

/** More than one login on the server equals the requester's address. */
export const loginUnclear = (request: AccessRequest, doing: Doing): string =>
  `More than one login on ${code(request.target)} now matches the e-mail address of ${mention(request.requester)}, and ${code(request.login)} is only one of them, so ${cannot(request, doing)} An operator can name the login in the configuration.`;
export const loginUnread = (request: AccessRequest): string =>
  `${code(request.target)} doesn't answer, so Hallpass can't tell whether ${code(request.login)} is still the login of ${mention(request.requester)}. Nothing was changed; try again in a minute.`;

/** The role or its target left the configuration since it was asked for. */
export function notOfferedAnyMore(request: AccessRequest, verdict: 'approve' | 'extend' | 'deny'): string {
  const next = verdict === 'extend' ? 'extended. Ask an operator.' : 'approved. Deny it, or ask an operator.';
  return `${code(request.role)} is no longer offered on ${code(request.target)}, so ${requestName(request.id)} can't be ${next}`;
}

export const mayNotOperate = (operators: readonly Principal[]): string =>
  `Only Hallpass's operators can do that: ${mentions(operators)}`;

interface Orphan {
  readonly target: string;
  readonly role: string;
  readonly login: string;
  readonly settledBy: string | null;
}

/** @param id as it came with the click: not trusted. */
export const unknownOrphan = (id: string): string =>
  `Nothing is reported as ${code(id)} here. If the message comes from another Hallpass, settle it there.`;

export function orphanSettled({ role, login, settledBy }: Orphan): string {
  const by = settledBy === null ? 'is gone already' : `was already revoked by ${mention(settledBy)}`;
  return `${code(role)} of ${code(login)} ${by}. There is nothing left to do.`;
}

/** It was granted here since it was reported. */
export const orphanExplained = ({ role, login }: Orphan, request: AccessRequest): string =>
  `${code(role)} of ${code(login)} now belongs to ${requestName(request.id)} and will be revoked with it. Nothing was changed.`;
export const targetLeft = ({ target }: Orphan): string =>
  `${code(target)} is no longer in the configuration. REVOKE it there as a database administrator.`;

/** Somebody clicked before. */
export const orphanGoing = ({ role, login }: Orphan): string =>
  `${code(role)} of ${code(login)} is being revoked already. The message says when that is confirmed.`;

/** @param id as it came with the click: not trusted. */
export const unknownRequest = (id: string): string =>
  `Hallpass has no request ${code(id)}, and nothing was changed. It may have ended long ago: old requests are deleted. If its card comes from another Hallpass, decide it there.`;
