/** What a requester is told in direct messages. All of it is a function of the request: shown again, buttons go. */
import type { Button } from '@slack/types';
import { sayDuration } from '../../domain/duration.js';
import { isReviewDue } from '../../domain/policy/emergency.js';
import { awaitsWarning } from '../../domain/request/expiry-notice.js';
import { UNUSED_MS, usedMs } from '../../domain/request/idle.js';
import {
  type AccessRequest,
  askedNow,
  canEnd,
  isInForce,
  requestName,
  termsOf,
} from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { button, compose, type Paragraph } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import type { Message, Scene } from '../kit/message.js';
import { code, escapeMrkdwn, mention, mentions, plainName, when, who } from '../kit/text.js';
import { plural } from '../kit/words.js';
import { headlineWhilePaused, pausedParagraphs, whilePaused } from '../operators/pause.js';
import { headlineSinceEnd, sinceItsEnd } from './came-back.js';
import { psqlLine, setRoleSql } from './connect.js';
import { emergencyHeadline, emergencyParagraphs, judgedHeadline } from './emergency.js';
import { stepsSoFar } from './ladder.js';
import { endRepeatButton, sameAgain } from './repeat.js';
import {
  endedSessions,
  events,
  extensionAsked,
  footer,
  type Headline,
  headline,
  place,
  reasonParagraphs,
  roleParagraphs,
  soFar,
  wish,
} from './state-words.js';
import { whoDecides } from './who-decides.js';

/** The outcomes that are a new message each, so that the phone buzzes. */
export const NOTE_KINDS = [
  'granted',
  'denied',
  'withdrawn',
  'lapsed',
  'failed',
  'ended',
  'expiring',
  'closing',
  'unused',
  'idle',
  'extended',
  'not_extended',
  'extension_denied',
  'judged',
] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** Room for long names, percent-encoded. A longer line is left out: cut, it would connect to something else. */
const MAX_COMMAND = 800;

/** The requester's own message: who was asked, then what became of it. Edited with each state. */
export function status(request: AccessRequest, scene: Scene): Message {
  return tell(request, scene, reasonParagraphs(request, scene));
}

/** The new message about an outcome. A grant's note that is no longer true tells what happened instead. */
export function note(kind: NoteKind, request: AccessRequest, scene: Scene): Message {
  if (kind === 'judged') return tell(request, scene, [], judgedHeadline(request));
  if (isInForce(request)) {
    if (kind === 'granted') return granted(request, scene);
    if (kind === 'expiring' && !isOvertaken(kind, request)) return expiring(request, scene);
    if (kind === 'closing' && !isOvertaken(kind, request)) return closing(request, scene);
    if (kind === 'unused' || kind === 'idle') {
      if (isOvertaken(kind, request)) return granted(request, scene);
      return kind === 'unused' ? unused(request, scene) : idle(request, scene);
    }
    if (kind === 'extension_denied') return extensionDenied(request, scene);
    if (ONLY_IN_FORCE.has(kind)) return extended(request, scene);
  }
  return tell(request, scene, []);
}

const ONLY_IN_FORCE: ReadonlySet<string> = new Set<NoteKind>([
  'granted',
  'expiring',
  'closing',
  'unused',
  'idle',
  'extended',
  'not_extended',
  'extension_denied',
]);

/** A note that is no longer true: not worth a first post, since what overtook it is a note of its own. */
export function isOvertaken(kind: string, request: AccessRequest): boolean {
  if (kind === 'approvers' || kind === 'reminder' || kind === 'step') return request.state !== 'pending';
  if (kind === 'judge') return !isReviewDue(request);
  if (!isInForce(request)) return ONLY_IN_FORCE.has(kind);
  if (kind === 'unused') return request.inUse;
  if (kind === 'idle') return request.inUse || request.idleEndsAt === null;
  // When a notice is due again, it was extended since.
  return kind === 'expiring' ? awaitsWarning(request) : kind === 'closing' && request.warnAt !== null;
}

function tell(
  request: AccessRequest,
  scene: Scene,
  more: readonly Paragraph[],
  title: Headline | null = null,
): Message {
  return compose({
    ...(title ??
      headlineSinceEnd(scene.strays) ??
      headlineWhilePaused(request, scene.pause) ??
      emergencyHeadline(request) ??
      headline(request, request.requester)),
    paragraphs: [
      wish(request, scene, request.requester),
      ...more,
      ...emergencyParagraphs(request, scene, request.requester),
      ...soFar(whilePaused(request, scene.pause), request.requester),
      ...wasUsed(request),
      ...pausedParagraphs(request, scene.pause),
      ...sinceItsEnd(scene.strays),
      ...sameAgain(scene, request.requester),
      ...nextStep(request, scene),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

/** Where they have it, and how they get in. */
function access(request: AccessRequest, scene: Scene): readonly Paragraph[] {
  const command = escapeMrkdwn(psqlLine(scene, request.login));
  return [
    `You have ${code(request.role)} on ${place(scene)}, as ${code(request.login)} in database ${code(scene.database)}.`,
    `Connect as you always do${command.length > MAX_COMMAND ? '.' : `, or with\n\`\`\`${command}\`\`\``}`,
  ];
}

function granted(request: AccessRequest, scene: Scene): Message {
  return compose({
    ...(emergencyHeadline(request) ?? headline(request, request.requester)),
    paragraphs: [
      ...access(request, scene),
      ...setRoleLine(request, scene),
      ...idleLine(request),
      ...roleParagraphs(request, scene, null),
      ...extensionAsked(request, request.requester),
      ...emergencyParagraphs(request, scene, request.requester),
      events(request, request.requester).join('\n'),
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

/** What a login that is NOINHERIT does first, up to Postgres 15; a name that Slack can't show in code is left to them. */
export function setRoleLine({ role, login }: AccessRequest, { setRoleFirst }: Scene): readonly string[] {
  if (setRoleFirst !== true) return [];
  const line = setRoleSql(role);
  return [
    `${code(login)} is NOINHERIT there, so each session first needs ${line === null ? '`SET ROLE`' : code(line)}.`,
  ];
}

/** What its terms say of access that nobody uses. */
function idleLine(request: AccessRequest): readonly string[] {
  const { idleMs } = termsOf(request);
  return idleMs === null
    ? []
    : [`It ends after ${sayDuration(idleMs)} without a session; you’re told before.`];
}

function expiring(request: AccessRequest, scene: Scene): Message {
  const at = request.expiresAt === null ? 'soon' : when(request.expiresAt);
  return compose({
    mark: 'alarm_clock',
    title: `Your access ends ${at}`,
    paragraphs: [
      `${code(request.role)} on ${place(scene)} is then revoked from ${code(request.login)}.`,
      ...openNow(scene),
      ...(request.extensionAsk === null
        ? [
            `${scene.sessions?.sessions === 0 ? 'Click' : 'Finish what is open, or click'} Extend if you need it longer.`,
          ]
        : extensionAsked(request, request.requester)),
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

/** What could use it, as far as that is known. */
function openNow({ sessions: now }: Scene): readonly string[] {
  if (now == null) return [];
  const { sessions, inTransaction, since } = now;
  if (sessions === 0) return ['No session is open.'];
  const began = since === null ? '' : ` since ${when(since)}`;
  const which =
    inTransaction === 0
      ? ''
      : `, ${sessions === 1 ? '' : `${inTransaction === 1 ? 'one' : inTransaction} `}in a transaction${began}`;
  return [`${plural(sessions, 'session')} ${sessions === 1 ? 'is' : 'are'} open${which}.`];
}

/** Nothing ends by it: a holder who is done may say so. */
function unused(request: AccessRequest, scene: Scene): Message {
  return compose({
    mark: 'bulb',
    title: `You haven’t used your access for ${sayDuration(UNUSED_MS)}`,
    paragraphs: [
      `You have ${code(request.role)} on ${place(scene)}${until(request)}, and no session of ${code(request.login)} is open there.`,
      'If you’re done, click Relinquish.',
      ...extensionAsked(request, request.requester),
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

/** Sent some minutes before it ends because nobody uses it. */
function idle(request: AccessRequest, scene: Scene): Message {
  const { idleMs } = termsOf(request);
  const at = request.idleEndsAt === null ? 'soon' : when(request.idleEndsAt);
  return compose({
    mark: 'alarm_clock',
    title: `Your access ends ${at} unless you use it`,
    paragraphs: [
      `${code(request.role)} on ${place(scene)} ends after ${idleMs === null ? 'a while' : sayDuration(idleMs)} without a session of ${code(request.login)}.`,
      `To keep it${until(request)}, open a session and leave it open for half a minute. If you’re done, click Relinquish.`,
      ...extensionAsked(request, request.requester),
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

function until({ expiresAt }: AccessRequest): string {
  return expiresAt === null ? '' : ` until ${when(expiresAt)}`;
}

function extensionDenied(request: AccessRequest, scene: Scene): Message {
  const { by = null, because = null } = scene.denial ?? {};
  return compose({
    mark: 'no_entry',
    title: `Your extension was denied${by === null ? '' : ` by ${mention(by)}`}`,
    paragraphs: [
      ...(because === null ? [] : [{ label: 'Reason:', words: because }]),
      `You still have ${code(request.role)} on ${place(scene)}${request.expiresAt === null ? '' : ` until ${when(request.expiresAt)}`}.`,
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

function extended(request: AccessRequest, scene: Scene): Message {
  const at = request.expiresAt === null ? '' : ` until ${when(request.expiresAt)}`;
  const { title, mark } =
    request.extension?.state === 'refused'
      ? { title: `Not extended: you have it${at}`, mark: 'warning' }
      : { title: `Extended${at}`, mark: 'unlock' };
  return compose({
    mark,
    title,
    paragraphs: [
      ...access(request, scene),
      ...extensionAsked(request, request.requester),
      events(request, request.requester).join('\n'),
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

/** Sent some time before sessions are ended, so that its holder can still commit or roll back. */
function closing(request: AccessRequest, scene: Scene): Message {
  return compose({
    mark: 'rotating_light',
    title: `Last call: your access ends within ${sayDuration(termsOf(request).graceMs)}`,
    paragraphs: [
      `${code(request.role)} on ${place(scene)} is revoked from ${code(request.login)}, and then ${endedSessions(request)}.`,
      ...openNow(scene),
      ...(scene.sessions?.sessions === 0 ? [] : ['Commit or roll back now.']),
      ...sameAgain(scene, request.requester),
    ],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

/** For how long of its time a session was open; nothing where that was never looked at. */
function wasUsed(request: AccessRequest): readonly string[] {
  const { state, grantedAt, endedAt, usedAt } = request;
  if (state !== 'ended' || grantedAt === null || endedAt === null || usedAt === null) return [];
  const minutes = (ms: number) => sayDuration(Math.max(60_000, Math.round(ms / 60_000) * 60_000));
  const heldMs = endedAt.getTime() - grantedAt.getTime();
  const openMs = Math.min(heldMs, usedMs(request, endedAt));
  return [`You had it for ${minutes(heldMs)}, with a session open for ${minutes(openMs)}.`];
}

function nextStep(request: AccessRequest, { told = [] }: Scene): readonly Paragraph[] {
  if (isFinal(request.state) && request.endedBecause !== null) {
    return ['Talk to a Hallpass operator before you ask again.'];
  }
  switch (request.state) {
    case 'pending':
      return [...stepsSoFar(told), ...whoDecides(request, request.requester)];
    case 'denied': {
      const decider = request.decidedBy === null ? 'them' : who(request.decidedBy, request.requester);
      return [`If you still need it, talk to ${decider} before you ask again.`];
    }
    case 'lapsed':
      return [
        ...stepsSoFar(told),
        `If you still need it, ask again, and tell one of these: ${mentions(askedNow(request))}`,
      ];
    case 'failed':
      return ['Ask again once this is fixed. A Hallpass operator can help.'];
    case 'ended':
      // Whose account left can't ask again.
      return request.why === 'relinquished' || (request.why === 'ended' && request.endedBy === null)
        ? []
        : ['If you still need it, ask again.'];
    default:
      return [];
  }
}

/** Not for an account that left, nor where an operator is to be asked first. */
function mayAskAgain({ state, why, endedBy, endedBecause }: AccessRequest): boolean {
  return isFinal(state) && endedBecause === null && !(why === 'ended' && endedBy === null);
}

/** What its requester can do about it; on their messages, and on their Home. */
export function requesterButtons(request: AccessRequest, scene: Scene): readonly Button[] {
  const what = `${requestName(request.id)}: ${plainName(request.role, 63)} on ${plainName(scene.targetName, 40)}`;
  if (mayAskAgain(request)) {
    return [
      button(request, ACTIONS.askAgain, 'Ask again', `Ask again ${what}`),
      ...endRepeatButton(request, scene),
    ];
  }
  if (request.state === 'pending') {
    return [button(request, ACTIONS.withdraw, 'Cancel request', `Cancel request ${what}`)];
  }
  return [
    ...(canEnd(request) ? [button(request, ACTIONS.relinquish, 'Relinquish', `Relinquish ${what}`)] : []),
    ...(isInForce(request) && request.extensionAsk === null
      ? [button(request, ACTIONS.extend, 'Extend', `Extend ${what}`)]
      : []),
    ...endRepeatButton(request, scene),
  ];
}
