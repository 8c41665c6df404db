/** "The same again until": what a request's messages say and offer of it, and what is answered to a click. */
import type { Button, StaticSelect } from '@slack/types';
import { sayDuration } from '../../domain/duration.js';
import type { Principal } from '../../domain/policy/policy.js';
import { canRepeat, type Repeat, type Span, spansWithin } from '../../domain/policy/repeat.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { button, plain } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import type { Scene } from '../kit/message.js';
import { code, inline, mention, mentions, plainName, truncate, when, who } from '../kit/text.js';
import { allOf } from '../kit/words.js';
import { headline } from './state-words.js';

const MAX_WHY = 500;

/** A line for the card and the requester's messages; nothing while nothing was approved again. */
export function sameAgain({ again }: Scene, reader: string | null): readonly string[] {
  if (again === undefined) return [];
  const { made, lost } = again;
  return [...(made === null ? [] : [madeLine(made, reader)]), ...(lost === null ? [] : [lostLine(lost)])];
}

function madeLine({ until, approver, maxMs, end }: Repeat, reader: string | null): string {
  if (end === null) {
    return `The same again is approved until ${when(until)} by ${who(approver, reader)}, for at most ${sayDuration(maxMs)} each time.`;
  }
  const { at, by } = end;
  return by === null
    ? `The same again was approved, and ended ${when(at)}${because(end.because)}.`
    : `The same again was approved, and ended by ${who(by, reader)} ${when(at)}.`;
}

function lostLine({ requestId, until, end }: Repeat): string {
  return `Not approved at once: the same again was approved with ${requestName(requestId)} until ${when(until)}, and ended${because(end?.because ?? null)}.`;
}

function because(why: string | null): string {
  return why === null ? '' : `, because ${inline(why, MAX_WHY)}`;
}

/** For the card: the menu for those who approved, or the button that ends what one of them chose. */
export function repeatControls(request: AccessRequest, scene: Scene): readonly (Button | StaticSelect)[] {
  const end = endRepeatButton(request, scene);
  if (end.length > 0 || !canRepeat(request) || request.trouble !== null) return end;
  const repeatMs = scene.again?.repeatMs ?? null;
  return repeatMs === null ? [] : [menu(request, scene, repeatMs)];
}

function menu(request: AccessRequest, { targetName }: Scene, repeatMs: number): StaticSelect {
  const id = requestName(request.id);
  const what = `${plainName(request.role, 63)} on ${plainName(targetName, 40)}`;
  const text = `Until the time you chose, ${plainName(request.login, 63)} gets ${what} at once when asked for, never for longer than now. They, you and operators can end this.`;
  return {
    type: 'static_select',
    action_id: ACTIONS.again,
    placeholder: plain('Same again…'),
    options: spansWithin(repeatMs).map((span) => ({
      text: plain(`The same again ${sayTime(span, repeatMs)}`),
      value: `${id} ${span}`,
    })),
    confirm: {
      title: plain(`The same again as ${id}?`),
      text: plain(truncate(text, 300)),
      confirm: plain('Approve'),
      deny: plain('Cancel'),
    },
  };
}

function sayTime(span: Span, repeatMs: number): string {
  return span === 'today' ? 'today' : span === 'week' ? 'this week' : `for ${sayDuration(repeatMs)}`;
}

/** Nothing unless something is approved again. */
export function endRepeatButton(request: AccessRequest, { again, targetName }: Scene): readonly Button[] {
  if (again?.made?.end !== null) return [];
  const id = requestName(request.id);
  const what = `${plainName(request.role, 63)} on ${plainName(targetName, 40)}`;
  const text = `${plainName(request.login, 63)} then needs an approval again for ${what}. What is granted stays until its end.`;
  return [
    button(request, ACTIONS.endRepeat, 'End repeat', `End repeat ${id}: ${what}`, {
      confirm: {
        title: plain(`End the repeat of ${id}?`),
        text: plain(truncate(text, 300)),
        confirm: plain('End repeat'),
        deny: plain('Keep it'),
      },
    }),
  ];
}

/** What approved a later request, in plain words. @param names as Slack shows them */
export function through(names: readonly string[], originalId: number): string {
  return `by ${allOf(names)} for ${requestName(originalId)}`;
}

// Why it doesn't hold, as the end of a sentence that begins with "because"; plain text.

export const canDecideNoMore = (names: readonly string[]): string =>
  `${allOf(names)} can no longer approve it`;
export const notEnough = (): string => 'its approvals are no longer enough under today’s policy and groups';
export const policyForbids = (repeatMs: number | null): string =>
  repeatMs === null
    ? 'the policy no longer lets approvers approve the same again'
    : `the policy lets approvers approve the same again for ${sayDuration(repeatMs)} at most`;
export const accountLeft = (): string =>
  'the requester’s Slack account was deactivated or is no longer a full member’s';

/** Why it can't be told; a sentence. */
export const groupsUnread = (id: number): string =>
  `Slack did not say whether those who approved ${requestName(id)} can still approve it.`;

/** @param why what the server said; a clause. */
export const dangerUnread = (role: string, why: string): string =>
  `What ${role} can do could not be read (${why}).`;

// The private answers to a click.

export const notOffered = ({ id, role, target }: AccessRequest): string =>
  `${code(role)} is not offered on ${code(target)} at present, so the same again as ${requestName(id)} can't be approved. Nothing was changed.`;

export function notToRepeat(request: AccessRequest, reader: string): string {
  const id = requestName(request.id);
  const why =
    request.decidedBy === null && request.decidedAt !== null
      ? 'No approver approved it'
      : headline(request, reader).title;
  return `The same again as ${id} can't be approved. ${why}. It takes a grant that approvers approved and that is not over yet.`;
}

export const onlyApprovers = ({ id }: AccessRequest, approvers: readonly string[]): string =>
  `Only someone who approved ${requestName(id)} can approve the same again: ${allOf(approvers.map(mention))}`;
export const notAllowed = (repeatMs: number | null): string =>
  repeatMs === null
    ? 'The policy doesn’t let approvers approve the same again. Nothing was changed.'
    : `The policy lets approvers approve the same again for ${sayDuration(repeatMs)} at most. Nothing was changed; choose again on the card.`;

/** @param reason the end of a sentence that begins with "because". */
export const notApprovedAgain = (reason: string): string =>
  `The same again was not approved${because(reason)}.`;

/** @param why a sentence. */
export const notApprovedNow = (why: string): string =>
  `${inline(why, MAX_WHY)} Nothing was changed; try again in a minute.`;

/** @param repeat the last one, if it is known. */
export function overAlready({ id }: AccessRequest, repeat: Repeat | null, reader: string): string {
  const over = repeat?.end == null ? 'its time is up' : madeLine(repeat, reader).replace(/\.$/, '');
  return `There is nothing to end: nothing is approved again under ${requestName(id)} (${over}).`;
}

export const mayNotEndRepeat = (
  { id, requester }: AccessRequest,
  approvers: readonly Principal[],
  operators: readonly Principal[],
): string =>
  `You can't end what was approved again with ${requestName(id)}. ${mention(requester)} can, and so can its approvers: ${mentions(approvers)}. So can Hallpass's operators: ${mentions(operators)}`;
