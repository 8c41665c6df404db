/** The card in the role's channel: one message that shows a request through its whole life. */
import type { Button, Overflow } from '@slack/types';
import { sayDuration } from '../../domain/duration.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { againMs } from '../../domain/request/extension.js';
import {
  type AccessRequest,
  askedNow,
  canEnd,
  isInForce,
  requestName,
  ruleOf,
} from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { button, compose, type Paragraph, plain } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import type { Message, Scene } from '../kit/message.js';
import { code, mentions, plainName, truncate } from '../kit/text.js';
import { allOf } from '../kit/words.js';
import { headlineWhilePaused, pausedParagraphs, whilePaused } from '../operators/pause.js';
import { approveFor } from './approve-for.js';
import { headlineSinceEnd, sinceItsEnd } from './came-back.js';
import { emergencyHeadline, emergencyParagraphs } from './emergency.js';
import { stepsSoFar } from './ladder.js';
import { repeatControls, sameAgain } from './repeat.js';
import {
  extensionAsked,
  footer,
  headline,
  reasonParagraphs,
  roleParagraphs,
  soFar,
  wish,
} from './state-words.js';
import { whoDecides } from './who-decides.js';

export interface CardFacts {
  /** The card is posted, not edited: when a rule was quicker than the card, its approvers learn of it. */
  readonly first: boolean;
  /** What the role can do; null while it is not known, and when it no longer matters. */
  readonly preview: PreviewResult | null;
  /** The rights that Hallpass lacks there to end sessions. */
  readonly missing: readonly string[];
}

/** The card as the request stands. */
export function card(request: AccessRequest, scene: Scene, { first, preview, missing }: CardFacts): Message {
  return compose({
    ...(headlineSinceEnd(scene.strays) ??
      headlineWhilePaused(request, scene.pause) ??
      emergencyHeadline(request) ??
      headline(request, null)),
    paragraphs: [
      wish(request, scene, null),
      ...roleParagraphs(request, scene, preview),
      ...sessionsStay(request, missing),
      ...reasonParagraphs(request, scene),
      ...emergencyParagraphs(request, scene, null),
      ...soFar(whilePaused(request, scene.pause), null),
      ...pausedParagraphs(request, scene.pause),
      ...sinceItsEnd(scene.strays),
      ...extensionAsked(request, null),
      ...sameAgain(scene, null),
      ...approvers(request, scene, first),
    ],
    buttons: [...buttons(request, scene), ...repeatControls(request, scene)],
    footer: footer(request),
  });
}

/** Said before the click: a REVOKE alone ends no session. */
function sessionsStay({ login, state }: AccessRequest, missing: readonly string[]): readonly Paragraph[] {
  if (missing.length === 0 || isFinal(state)) return [];
  return [
    `:warning: Hallpass can’t end sessions there: it lacks ${allOf(missing.map(code))}. What ${code(login)} has open at the end goes on until it is closed.`,
  ];
}

/** Every pending version mentions them, because only the first buzzes: Slack is silent about mentions in an edit. */
function approvers(request: AccessRequest, { told = [] }: Scene, first: boolean): readonly Paragraph[] {
  if (request.state === 'pending') {
    return [...stepsSoFar(told), ...whoDecides(request, null)];
  }
  const rule = ruleOf(request);
  // Whom an emergency concerns, its own line says.
  return first && rule !== null && rule !== 'break_glass' && !isFinal(request.state)
    ? [`For your information: ${mentions(askedNow(request))}`]
    : [];
}

function buttons(request: AccessRequest, scene: Scene): readonly (Button | Overflow)[] {
  const id = requestName(request.id);
  const what = whatIn(request, scene);
  if (request.state === 'pending') return decisionButtons(request, scene);
  if (!canEnd(request)) return [];
  return [
    ...(!isInForce(request)
      ? []
      : request.extensionAsk === null
        ? [extendButton(request, id, what)]
        : decisionButtons(request, scene)),
    endButton(request, scene),
  ];
}

/** Ends it before its time; on the card, and on an operator's Home. */
export function endButton(request: AccessRequest, scene: Scene): Button {
  const id = requestName(request.id);
  const what = whatIn(request, scene);
  return button(request, ACTIONS.end, 'End access', `End access ${id}: ${what}`, {
    style: 'danger',
    confirm: {
      title: plain(`End ${id} now?`),
      text: plain(
        truncate(`Revokes ${what} from ${plainName(request.login, 63)} before its time is up.`, 300),
      ),
      confirm: plain('End access'),
      deny: plain('Keep access'),
      style: 'danger',
    },
  });
}

function whatIn({ role }: AccessRequest, { targetName }: Scene): string {
  return `${plainName(role, 63)} on ${plainName(targetName, 40)}`;
}

/** What decides a request that waits, or the extension that its holder asks for; on the card, and on an approver's Home. */
export function decisionButtons(request: AccessRequest, scene: Scene): readonly (Button | Overflow)[] {
  const id = requestName(request.id);
  const what = whatIn(request, scene);
  if (request.extensionAsk !== null) {
    const whole = `${id}: ${what} by ${sayDuration(request.extensionAsk.forMs)}`;
    return [
      button(request, ACTIONS.approve, 'Approve extension', `Approve extension of ${whole}`, {
        style: 'primary',
      }),
      button(request, ACTIONS.deny, 'Deny extension', `Deny extension of ${whole}`, {}),
    ];
  }
  const forLess = approveFor(request, scene.durationsMs);
  const whole = `${id}: ${what} for ${sayDuration(request.wishedMs)}`;
  return [
    button(request, ACTIONS.approve, 'Approve', `Approve ${whole}`, { style: 'primary' }),
    button(request, ACTIONS.deny, 'Deny', `Deny ${whole}`, { style: 'danger' }),
    ...(forLess === null ? [] : [forLess]),
  ];
}

/** The clock restarts: clicked twice, it gives no more than once. */
function extendButton(request: AccessRequest, id: string, what: string): Button {
  return button(request, ACTIONS.extend, 'Extend', `Extend ${id}: ${what}`, {
    confirm: {
      title: plain(`Extend ${id}?`),
      text: plain(
        truncate(
          `Gives ${plainName(request.login, 63)} ${what} for ${sayDuration(againMs(request))} from now, or for as long as policy allows.`,
          300,
        ),
      ),
      confirm: plain('Extend'),
      deny: plain('Leave it'),
    },
  });
}
