/** What a requester is told in direct messages. All of it is a function of the request: shown again, buttons go. */
import { sayDuration } from '../../domain/duration.js';
import { usedMs } from '../../domain/request/idle.js';
import { type AccessRequest, askedNow, isInForce } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { compose, type Paragraph } from '../kit/blocks.js';
import type { Message, Scene } from '../kit/message.js';
import { mentions, who } from '../kit/text.js';
import { headlineWhilePaused, pausedParagraphs, whilePaused } from '../operators/pause.js';
import { headlineSinceEnd, sinceItsEnd } from './came-back.js';
import { emergencyHeadline, emergencyParagraphs, judgedHeadline } from './emergency.js';
import { closing, expiring, idle, unused } from './ending-notes.js';
import { extended, extensionDenied, granted } from './having-notes.js';
import { stepsSoFar } from './ladder.js';
import { isOvertaken, type NoteKind, ONLY_IN_FORCE } from './note-kinds.js';
import { sameAgain } from './repeat.js';
import { requesterButtons } from './requester-buttons.js';
import { footer, type Headline, headline, reasonParagraphs, soFar, wish } from './state-words.js';
import { whoDecides } from './who-decides.js';

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
