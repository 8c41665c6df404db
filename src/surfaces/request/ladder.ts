/** What is told while nobody decides: to the approvers, to the requester, and to the operators. */
import { sayDuration } from '../../domain/duration.js';
import { lapsesAt, lapsesAtTheEarliest, type ToldStep } from '../../domain/request/escalation.js';
import { type AccessRequest, askedNow, requestName } from '../../domain/request/request.js';
import { compose, section } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, mention, mentions, plainName, when } from '../kit/text.js';
import { allOf } from '../kit/words.js';

/** Steps that a card lists: the last ones. */
const MOST_LISTED = 5;
const MINUTE_MS = 60_000;

/** When it lapses, and that this is later than was said at first. */
export function lapses(request: AccessRequest): string {
  const at = lapsesAtTheEarliest(request);
  if (at <= request.pendingUntil) return `Lapses ${when(at)} if no one decides.`;
  return lapsesAt(request) === null
    ? `Lapses after its last reminder, ${when(at)} at the earliest, if no one decides.`
    : `Lapses ${when(at)} if no one decides: later than planned, because its last reminder was late.`;
}

/** What was done so far because nobody decided, a sentence each, the oldest first. */
export function stepsSoFar(told: readonly ToldStep[]): readonly string[] {
  return told.length === 0 ? [] : [told.slice(-MOST_LISTED).map(said).join('\n')];
}

/** `Reminded @dba after 10 minutes.` */
function said({ reminded, to, page, afterMs }: ToldStep): string {
  const what = allOf([
    ...(reminded.length === 0 ? [] : [`reminded ${mentions(reminded)}`]),
    ...(to.length === 0 ? [] : [`also asked ${mentions(to)}`]),
    ...(page ? ['alerted Hallpass’s operators'] : []),
  ]);
  const begin = what === '' ? 'Not decided' : `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return `${begin} after ${sayWaited(afterMs)}.`;
}

/** The requester's own line about a step. */
export function stepLine(request: AccessRequest, step: ToldStep): Message {
  return oneLine(`:bell: ${requestName(request.id)}: ${said(step)}`);
}

/** For approvers, in the thread of the card. @param reader the person whose own copy of the card it answers; null in a channel. */
export function reminder(request: AccessRequest, step: ToldStep, reader: string | null): Message {
  const { reminded, to, afterMs } = step;
  const name = requestName(request.id);
  const lines = [
    ...(reminded.length === 0
      ? []
      : [
          `${reader === null ? mentions(reminded) : mention(reader)}: ${name} still waits for a decision, ${sayWaited(afterMs)} after ${mention(request.requester)} asked.`,
        ]),
    ...(to.length === 0 || reader !== null
      ? []
      : [`${mentions(to)}: you can decide ${name} too now. No one has in ${sayWaited(afterMs)}.`]),
  ];
  return oneLine(`:bell: ${lines.join('\n')}\nThe buttons are on the card above.`);
}

interface Undecided {
  readonly request: AccessRequest;
  readonly targetName: string;
  /** So long after it was made; milliseconds. */
  readonly afterMs: number;
}

/** For the operators' channel, with the page. */
export function undecided({ request, targetName, afterMs }: Undecided): Message {
  const { requester, role, target, wishedMs } = request;
  return compose({
    mark: 'rotating_light',
    title: `No one has decided ${requestName(request.id)} in ${sayWaited(afterMs)}`,
    paragraphs: [
      `${mention(requester)} asked for ${code(role)} on ${inline(targetName, 150)} for ${sayDuration(wishedMs)}.`,
      `Get one of these to decide: ${mentions(askedNow(request))}. The buttons are on its card.`,
    ],
    footer: `${requestName(request.id)} · target ${code(target)}`,
  });
}

/** For PagerDuty, in plain text. */
export function undecidedSummary({ request, targetName, afterMs }: Undecided): string {
  return `Hallpass: no one has decided ${requestName(request.id)} in ${sayWaited(afterMs)} (${plainName(request.role, 63)} on ${plainName(targetName, 150)})`;
}

/** Whole minutes, where there are any. */
function sayWaited(ms: number): string {
  return sayDuration(ms < MINUTE_MS ? ms : Math.floor(ms / MINUTE_MS) * MINUTE_MS);
}

function oneLine(text: string): Message {
  return { text: text.replace(/^:bell: /, ''), blocks: [section(text)] };
}
