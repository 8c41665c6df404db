/**
 * What the form says beside its fields, and in its notice. Plain text: Slack shows no mention, code or date in the
 * errors of a modal, so times are in UTC and names are in quotes.
 */
import { sayDuration } from '../../domain/duration.js';
import type { Principal, ReasonRule } from '../../domain/policy/policy.js';
import { type AccessRequest, isInForce, requestName } from '../../domain/request/request.js';
import { ownWords, plainName, whenPlain } from '../kit/text.js';
import { afterUnsaid, type Unsaid } from '../kit/unsaid.js';
import { firstOf, plural } from '../kit/words.js';

const MAX_NAME = 150;
const ASK_NORMALLY = 'Clear the emergency box to ask an approver.';
const MAX_TROUBLE = 500;
/** The longest list of groups or channels; the rest is counted. */
const MAX_LISTED = 10;

function quoted(name: string): string {
  return `“${plainName(name, MAX_NAME)}”`;
}

/** As the configuration calls them: a modal's errors show no mention. */
function named(principals: readonly Principal[]): string {
  return firstOf([...new Set(principals.map(({ id, name }) => quoted(name ?? id)))], MAX_LISTED);
}

/** Links to Slack channels, where mrkdwn is shown. @param ids as the configuration has them. */
export function channelLinks(ids: readonly string[]): string {
  return firstOf(
    ids.map((id) => `<#${id}>`),
    MAX_LISTED,
  );
}

/** Why an account may not use Hallpass at all; also the answer to such an account's click. */
export function notEligible(why: 'guest' | 'deactivated' | 'foreign' | 'bot'): string {
  switch (why) {
    case 'guest':
      return 'Guest accounts can’t request or approve access. Ask a full member of this workspace.';
    case 'deactivated':
      return 'This Slack account is deactivated, so it can’t request or approve access.';
    case 'foreign':
      return 'Your Slack account is not in the workspace that Hallpass works for, so it can’t request or approve access.';
    case 'bot':
      return 'Bots can’t request or approve access.';
  }
}

export const personUnreadable = (unsaid: Unsaid | null): string =>
  `Slack did not say who you are. ${afterUnsaid('Nothing was changed', unsaid)}`;

export const cantBeTold = (unsaid: Unsaid): string =>
  `Hallpass can’t send messages, so approvers wouldn’t hear of your request. ${afterUnsaid('Nothing was requested', unsaid)}`;
export const nothingOffered = (): string =>
  'There’s nothing here you can request yet. A Hallpass operator can change that.';

/** None is known on any instance, each for another reason. */
export const noLoginAnywhere = (): string =>
  'Hallpass knows no login of yours on any instance. Ask a Hallpass operator to add you to the configuration.';
export const nothingFor = (targetName: string): string =>
  `There’s nothing on ${quoted(targetName)} you can request. A Hallpass operator can change that.`;
export const nothingHere = (targetName: string): string =>
  `You can’t request anything on ${quoted(targetName)} from here. Choose it to see which channels you can use.`;

/** What was typed after the command is no instance. @param known nearest first, not empty. */
export const instanceUnknown = (typed: string, known: readonly string[]): string =>
  `${quoted(typed)} isn’t an instance you can request. These are: ${firstOf(known.map(quoted), MAX_LISTED)}.`;

/** @param known nearest first, not empty. */
export const roleUnknown = (typed: string, targetName: string, known: readonly string[]): string =>
  `${quoted(typed)} isn’t a role you can request on ${quoted(targetName)} here. These are: ${firstOf(known.map(quoted), MAX_LISTED)}.`;

/** They ask again for what they asked for once. */
export const targetGone = (target: string): string =>
  `${quoted(target)} is no longer an instance that Hallpass knows. Choose another one.`;
export const roleGone = (role: string, targetName: string): string =>
  `${quoted(role)} is no longer offered on ${quoted(targetName)}. Choose another role.`;

/** How much a person asks at once. */
export function tooMany(
  what: 'too_many_pending' | 'too_many_requests',
  { pendingPerPerson, requestsPerMinute }: { pendingPerPerson: number; requestsPerMinute: number },
): string {
  return what === 'too_many_pending'
    ? `You already have ${plural(pendingPerPerson, 'request')} waiting, which is the limit. Cancel one, or wait for a decision.`
    : `You can make ${plural(requestsPerMinute, 'request')} a minute. Nothing was requested; try again in a minute.`;
}

/** The login follows from an address, and the server that has it does not answer. */
export const loginUnread = (targetName: string): string =>
  `${quoted(targetName)} doesn’t answer, so Hallpass can’t tell which login there is yours. Nothing was changed; try again in a minute.`;
export const targetMissing = (): string => 'Choose an instance.';
export const roleMissing = (): string => 'Choose a role.';
export const targetNotOffered = (target: string): string =>
  `${quoted(target)} isn’t an instance you can request. Choose one from the list.`;
export const roleNotOffered = (role: string, targetName: string): string =>
  `${quoted(role)} isn’t a role you can request on ${quoted(targetName)}. Choose one from the list.`;

/** The role is kept for others. */
export const notARequester = (role: string, requesters: readonly Principal[]): string =>
  `Only ${named(requesters)} can request ${quoted(role)}. Choose another role, or contact a Hallpass operator.`;
export const requesterUnknown = (role: string, groups: readonly Principal[], unsaid: Unsaid | null): string =>
  `Slack did not say who is in ${named(groups)}, so Hallpass can’t tell whether you can request ${quoted(role)}. ${afterUnsaid('Nothing was requested', unsaid)}`;

/** The form says beside it, by links, where else. */
export const notHere = (role: string): string => `${quoted(role)} can’t be requested from here.`;
export const wrongChannel = (role: string, channels: readonly string[]): string =>
  `${notHere(role)} Type the command in ${channelLinks(channels)}.`;

/** What the list leaves out, because Slack does not say for whom it is. */
export const rolesHidden = (groups: readonly Principal[], unsaid: Unsaid | null): string =>
  `Slack did not say who is in ${named(groups)}. ${afterUnsaid('Roles that may be for you are not listed', unsaid)}`;

/** What the list leaves out, because the server that has it does not answer. */
export const rolesUnread = (targetName: string): string =>
  `${quoted(targetName)} has not answered for a while, so roles that are found there are not listed. Try again in a minute.`;

/** Which roles are found on the server is not known, nor whether this one still is. */
export const roleUnsure = (role: string, target: string): string =>
  `Hallpass can’t tell whether ${quoted(role)} is still offered: ${quoted(target)} hasn’t answered for a while. Nothing was changed; try again in a minute.`;
export const notGranting = (targetName: string): string =>
  `Hallpass grants nothing new on ${quoted(targetName)} at the moment. A Hallpass operator can tell you when that changes.`;

/** The server itself shows that this can't be granted. @param trouble a sentence, with or without its full stop. */
export const serverProblem = (role: string, targetName: string, trouble: string): string =>
  `${quoted(role)} can't be granted on ${quoted(targetName)} now: ${ownWords(trouble, MAX_TROUBLE).replace(/\.$/, '')}. Ask an operator.`;

/** It could be granted, and would be of no use. @param why a sentence. @param sql what changes it. */
export function cannotEnter(role: string, targetName: string, why: string, sql: string | null): string {
  const fix = sql === null ? '' : ` An administrator there can change that: ${ownWords(sql, MAX_TROUBLE)}`;
  return `You could not use ${quoted(role)} on ${quoted(targetName)}: ${ownWords(why, MAX_TROUBLE)}${fix}`;
}

/** The login is NOINHERIT, on a server on which that counts. */
export const setRoleFirst = (role: string, login: string, targetName: string): string =>
  `${quoted(login)} is NOINHERIT on ${quoted(targetName)}: with the grant, each session has ${quoted(role)} only after SET ROLE. The message about the grant has the line.`;

/** A member of the role through somebody else. @param through the role that brings it, when it is not direct. */
export function alreadyHeld(login: string, through: string | null): string {
  const how = through === null ? '' : ` through ${quoted(through)}`;
  return `${quoted(login)} already holds it${how}: granted by somebody else, Hallpass will not touch that. You don’t need to request it.`;
}

/** An own request for the same role is open. */
export function alreadyAsked(request: AccessRequest): string {
  const id = requestName(request.id);
  if (request.state === 'pending') {
    return `You already asked for it: ${id} waits for approval. Cancel it to ask again.`;
  }
  if (request.state === 'granting')
    return `${id} for the same is approved and being granted. You will be told.`;
  if (isInForce(request) && request.expiresAt !== null) {
    return `You already have it until ${whenPlain(request.expiresAt)} (${id}).`;
  }
  return `${id} for the same is being revoked, not yet confirmed. Ask again once it has ended.`;
}

/** The same login, through another Slack account: whose is not said. */
export const grantedThroughAnotherAccount = (login: string): string =>
  `It is already granted to ${quoted(login)}, or requested, through another Slack account. Ask again once that has ended.`;
export const durationMissing = (): string => 'Choose for how long.';
export const durationUnreadable = (): string => 'Write a duration like 45m, 1h30m or 2h.';
export const durationTooLong = (maxMs: number): string =>
  `This role is granted for ${sayDuration(maxMs)} at most. Choose a shorter time.`;
/** In an emergency. */
export const emergencyTooLong = (maxMs: number): string =>
  `An emergency is granted for ${sayDuration(maxMs)} at most. Choose a shorter time, or clear the emergency box.`;
export const notForEmergency = (role: string, who: readonly Principal[]): string =>
  `Only ${named(who)} can be granted ${quoted(role)} in an emergency. ${ASK_NORMALLY}`;
export const noEmergency = (role: string): string =>
  `${quoted(role)} isn’t granted without approval, not even in an emergency. ${ASK_NORMALLY}`;
export const emergencyUnknown = (groups: readonly Principal[], unsaid: Unsaid | null): string =>
  `Slack did not say who is in ${named(groups)}, so Hallpass can’t tell whether this may be granted without approval. ${afterUnsaid('Nothing was granted', unsaid)} ${ASK_NORMALLY}`;
export const reasonUnkept = (): string =>
  'Hallpass can’t keep some characters of this reason. Type it in plain words.';
export const reasonMissing = (): string =>
  'Enter a reason. Approvers see it, and it’s kept in the audit trail.';
export const denyReasonMissing = (): string => 'Enter a reason. The requester sees it.';
export const reasonTooLong = (most: number): string =>
  `The reason may have ${most} characters. Shorten it, and link to the rest.`;

/** What a reason must hold: the words of the configuration, or the pattern itself. */
export const reasonAsks = ({ hint, pattern }: ReasonRule): string =>
  hint === null ? `Something that matches ${pattern}` : ownWords(hint, MAX_NAME).replace(/\.$/, '');
export const reasonUnfit = (rule: ReasonRule): string => `Add this to the reason: ${reasonAsks(rule)}.`;
