/**
 * What keeps a request that waits from being decided: its card can't be posted, or nobody can decide it. Said to its
 * requester and on its card, and to the operators, each with what fixes it.
 */

import {
  type Asking,
  type CantDecide,
  MOST_ASKED_DIRECTLY,
  type Unshown,
} from '../../domain/request/asking.js';
import { lapsesAtTheEarliest } from '../../domain/request/escalation.js';
import {
  type AccessRequest,
  askedNow,
  isInForce,
  requestName,
  rulesOf,
} from '../../domain/request/request.js';
import { compose, type Paragraph } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, mention, mentions, when } from '../kit/text.js';
import { andMore, plural } from '../kit/words.js';
import { sentences } from '../operators/shut-places.js';
import { whoIsAsked } from './approvals.js';
import { lapses } from './ladder.js';
import { extensionAsked, place } from './state-words.js';

const MAX_NAME = 150;
/** A sentence about an error of Slack's. */
const MAX_WHY = 400;
/** Approvers of whom it is said why they can't decide; the rest is counted. */
const MAX_LISTED = 5;

/** Under "nobody can decide this now" they are called asked, not able to. */
const NO_READER = '';

/** Who decides, until when, and what is in the way. @param reader is called "you"; null for a channel. */
export function whoDecides(request: AccessRequest, reader: string | null): readonly Paragraph[] {
  const { asking } = request;
  const directly = asking?.directly ?? [];
  return [
    ...(asking === null ? [] : obstacles(request, asking, reader)),
    asking?.unshown && reader !== null
      ? `${directly.length === 0 ? 'Hallpass knows nobody it could ask by direct message meanwhile.' : `Asked by direct message meanwhile: ${mentions(directly.map((id) => ({ id, name: null })))}`}\n${lapses(request)}`
      : `${whoIsAsked(progressOf(request), asking?.nobody.length ? (reader ?? NO_READER) : reader)}\n${asking?.unshown ? '' : directlyToo(directly)}${lapses(request)}`,
  ];
}

function progressOf(request: AccessRequest) {
  return { rules: rulesOf(request), approvals: request.approvals, asked: askedNow(request) };
}

/** The line that some have a card of their own beside this one; nothing when none has. */
function directlyToo(directly: Asking['directly']): string {
  if (directly.length === 0) return '';
  const more =
    directly.length < MOST_ASKED_DIRECTLY
      ? ''
      : `, the most that Hallpass asks this way; any others see only the card in the channel`;
  return `Asked by direct message as well: ${plural(directly.length, 'person', 'people')}${more}.\n`;
}

function obstacles(request: AccessRequest, asking: Asking, reader: string | null): readonly Paragraph[] {
  return [
    ...(asking.unshown !== null && reader !== null ? [unshown(asking.unshown)] : []),
    ...(asking.nobody.length === 0
      ? []
      : [
          `${cantBeDecided(asking.nobody, request.requester, reader)} Hallpass’s operators are told; the request continues by itself once that is fixed.`,
        ]),
  ];
}

/** Why a request can't be decided, also one that isn't made yet. @param nobody not empty. */
export function cantBeDecided(
  nobody: readonly CantDecide[],
  requester: string,
  reader: string | null,
): string {
  const who = nobody.some(({ because }) => because === 'too_few') ? 'Not enough people' : 'Nobody';
  return `:warning: *${who} can decide this now:* ${whyNobody(nobody, requester, reader)}`;
}

function unshown({ channel, why, fix }: Unshown): string {
  return `:warning: *Its card can’t be posted* in <#${channel}>. ${sentences(why, fix)}\nHallpass’s operators are told; it is posted as soon as it can be.`;
}

/** Sentences: what is in the way, and what to do about it. */
function whyNobody(nobody: readonly CantDecide[], requester: string, reader: string | null): string {
  const listed = nobody.slice(0, MAX_LISTED);
  const reasons = listed.map((each) => whyNot(each, requester, reader)).join('; ');
  const more = andMore(nobody.length - listed.length);
  const fixes = [...new Set(listed.map(({ fix }) => fix))].filter((fix) => fix !== null);
  return `${reasons}${more && `;${more}`}. ${inline(fixes.join(' '), MAX_WHY)}`.trim();
}

function whyNot({ approver, because }: CantDecide, requester: string, reader: string | null): string {
  const called = `${mention(approver.id)}${approver.name === null ? '' : ` (${code(approver.name)})`}`;
  const who = requester === reader ? 'you' : mention(requester);
  switch (because) {
    case 'requester':
      return approver.id === requester
        ? `${who} asked for it, and nobody decides on their own request`
        : `only ${who} ${requester === reader ? 'are' : 'is'} in ${called}, and nobody decides on their own request`;
    case 'same_person':
      return `${called} has nobody but another account of ${who}`;
    case 'left':
      return approver.id.startsWith('S')
        ? `everybody in ${called} has left, or is a guest or a bot`
        : `${called} has left, or is a guest or a bot`;
    case 'too_few':
      return `${called} has fewer people who can decide than are needed`;
    case 'empty':
      return `${called} has no members`;
    case 'missing':
      return `${called} does not exist in Slack, or is disabled`;
    case 'plan':
      return `Slack tells who is in ${called} only on a paid plan`;
    case 'scope':
      return `Hallpass can’t read who is in ${called}: the app lacks the scope ${code('usergroups:read')}`;
  }
}

/** In the thread of the card: its approvers are others than those that it mentioned when it was posted. */
export function approversChanged(request: AccessRequest, scene: Parameters<typeof place>[0]): Message {
  return compose({
    mark: 'arrows_counterclockwise',
    title: `Who decides ${requestName(request.id)} has changed`,
    paragraphs: [
      `By today’s configuration ${mentions(askedNow(request))} can decide on ${code(request.role)} on ${place(scene)} for ${mention(request.requester)}. The buttons are on the card above.`,
    ],
    footer: requestName(request.id),
  });
}

/** In the thread of the card: the card itself is only edited, which rings nobody. */
export function extensionAskedNote(request: AccessRequest, scene: Parameters<typeof place>[0]): Message {
  const isOpen = request.extensionAsk !== null && isInForce(request);
  return compose({
    mark: isOpen ? 'hourglass_flowing_sand' : 'arrows_counterclockwise',
    title: `${mention(request.requester)} asks to extend ${requestName(request.id)}`,
    paragraphs: [
      `${code(request.role)} on ${place(scene)}${request.expiresAt === null ? '' : ` ends ${when(request.expiresAt)}`}.`,
      ...(isOpen
        ? [...extensionAsked(request, null), 'The buttons are on the card above.']
        : ['The card above shows what became of it.']),
    ],
    footer: requestName(request.id),
  });
}

/** For the operators: a request that nobody can decide. */
export function nobodyDecides({
  request,
  targetName,
  nobody,
}: {
  readonly request: AccessRequest;
  readonly targetName: string;
  readonly nobody: readonly CantDecide[];
}): Message {
  return compose({
    mark: 'warning',
    title: `Nobody can decide ${requestName(request.id)}`,
    paragraphs: [
      `${mention(request.requester)} asked for ${code(request.role)} on ${inline(targetName, MAX_NAME)}, and waits: ${whyNobody(nobody, request.requester, null)}`,
      `Fix the group in Slack, or name other ${code('approvers')} in the configuration, as user ids where groups can’t be read. Hallpass looks again every 15 seconds. It lapses ${when(lapsesAtTheEarliest(request))}.`,
    ],
    footer: `target ${code(request.target)}`,
  });
}
