/** What people read while granting is paused: on what waits, in the form, at a click, and in the operators' channel. */
import type { Pause } from '../../domain/request/pause.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { compose, type Paragraph } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, ownWords, plainName, when, whenPlain } from '../kit/text.js';
import type { Headline } from '../request/state-words.js';

/** Room for a user and host, and for a reason inside a sentence. */
const MAX_BY = 150;
const MAX_REASON = 500;

/** "Granting is paused on every instance. olga@ops1 paused it today at 3:11 AM", without its end. */
export function isPaused({ target, by, since }: Pause): string {
  const where = target === null ? 'every instance' : code(target);
  return `Granting is paused on ${where}. ${inline(by, MAX_BY)} paused it ${when(since)}`;
}

/** Instead of what is said of an approved request otherwise; null when no pause holds it up. */
export function headlineWhilePaused({ state }: AccessRequest, pause: Pause | null): Headline | null {
  if (pause === null || state !== 'granting') return null;
  return { mark: 'double_vertical_bar', title: 'Approved, not granted yet: granting is paused' };
}

/** Without what kept it from being granted before the pause: meanwhile it isn't tried. */
export function whilePaused(request: AccessRequest, pause: Pause | null): AccessRequest {
  return pause !== null && request.state === 'granting' ? { ...request, trouble: null } : request;
}

/** Of a request that waits. */
export function pausedParagraphs({ state }: AccessRequest, pause: Pause | null): readonly Paragraph[] {
  if (pause === null || (state !== 'pending' && state !== 'granting')) return [];
  const then =
    state === 'pending'
      ? 'It can be decided all the same: once approved it keeps its place, and is granted when granting resumes.'
      : 'It keeps its place, and is granted when granting resumes.';
  return [`${isPaused(pause)}. ${then}`, { label: 'Why it is paused:', words: pause.because }];
}

/** The answer to the approver. */
export function approvedWhilePaused(request: AccessRequest, pause: Pause): string {
  return `${requestName(request.id)} is approved, and not granted yet. ${isPaused(pause)}: ${inline(pause.because, MAX_REASON)}\nThe request keeps its place: it is granted when granting resumes, and you don’t have to click again.`;
}

/** The answer to an approver who extends. */
export function notExtendedWhilePaused(request: AccessRequest, pause: Pause): string {
  return `${requestName(request.id)} was not extended, and its end stays as it is. ${isPaused(pause)}: ${inline(pause.because, MAX_REASON)}\nExtend it when granting has resumed.`;
}

/** In the form, before it is filled in; plain text. */
export function formWhilePaused(pause: Pause): string {
  return `${isPausedPlain(pause)} You can ask all the same: your request is decided as always, keeps its place, and is granted when granting resumes.`;
}

/** Beside the emergency box, and in place of the form that asks once more; plain text. */
export function noEmergencyWhilePaused(pause: Pause): string {
  return `${isPausedPlain(pause)} Emergency access isn’t granted either. Ask an operator to resume granting; or clear the emergency box, and your request waits for that.`;
}

function isPausedPlain({ target, by, because, since }: Pause): string {
  const where = target === null ? 'every instance' : `“${plainName(target, MAX_BY)}”`;
  const reason = ownWords(because, MAX_REASON).replace(/\.$/, '');
  return `Granting is paused on ${where}. ${plainName(by, MAX_BY)} paused it ${whenPlain(since)}: ${reason}.`;
}

interface Facts {
  /** The target's key in the configuration; null: every target. */
  readonly target: string | null;
  readonly by: string;
  readonly because: string | null;
}

function whereOf({ target }: Facts): string {
  return target === null ? 'every instance' : inline(target, MAX_BY);
}

function footer({ target }: Facts): string {
  return target === null ? 'every target' : `target ${code(target)}`;
}

/** For the operators' channel. */
export function grantingPaused(facts: Facts & { readonly because: string }): Message {
  const resume = code(facts.target === null ? 'hallpass resume' : `hallpass resume ${facts.target}`);
  return compose({
    mark: 'double_vertical_bar',
    title: `Granting is paused on ${whereOf(facts)}`,
    paragraphs: [
      `Nothing new is granted or extended there; what is due is revoked as always. People can ask, and approvers decide: it is granted after ${resume}.`,
      { label: 'Operator:', words: `${facts.by}: ${facts.because}` },
    ],
    footer: footer(facts),
  });
}

/** For the operators' channel. */
export function grantingResumed(facts: Facts): Message {
  return compose({
    mark: 'arrow_forward',
    title: `Granting has resumed on ${whereOf(facts)}`,
    paragraphs: [
      'What was approved meanwhile is granted now.',
      { label: 'Operator:', words: facts.because === null ? facts.by : `${facts.by}: ${facts.because}` },
    ],
    footer: footer(facts),
  });
}
