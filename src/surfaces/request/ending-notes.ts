/** What its holder is told before access ends: its time, or because nobody uses it. */
import { sayDuration } from '../../domain/duration.js';
import { UNUSED_MS } from '../../domain/request/idle.js';
import { type AccessRequest, termsOf } from '../../domain/request/request.js';
import type { Message, Scene } from '../kit/message.js';
import { code, when } from '../kit/text.js';
import { plural } from '../kit/words.js';
import { endedSessions, extensionAsked, place } from './state-words.js';
import { toHolder, until } from './to-holder.js';

export function expiring(request: AccessRequest, scene: Scene): Message {
  const at = request.expiresAt === null ? 'soon' : when(request.expiresAt);
  return toHolder(request, scene, {
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
    ],
  });
}

/** Sent some time before sessions are ended, so that its holder can still commit or roll back. */
export function closing(request: AccessRequest, scene: Scene): Message {
  return toHolder(request, scene, {
    mark: 'rotating_light',
    title: `Last call: your access ends within ${sayDuration(termsOf(request).graceMs)}`,
    paragraphs: [
      `${code(request.role)} on ${place(scene)} is revoked from ${code(request.login)}, and then ${endedSessions(request)}.`,
      ...openNow(scene),
      ...(scene.sessions?.sessions === 0 ? [] : ['Commit or roll back now.']),
    ],
  });
}

/** Nothing ends by it: a holder who is done may say so. */
export function unused(request: AccessRequest, scene: Scene): Message {
  return toHolder(request, scene, {
    mark: 'bulb',
    title: `You haven’t used your access for ${sayDuration(UNUSED_MS)}`,
    paragraphs: [
      `You have ${code(request.role)} on ${place(scene)}${until(request)}, and no session of ${code(request.login)} is open there.`,
      'If you’re done, click Relinquish.',
      ...extensionAsked(request, request.requester),
    ],
  });
}

/** Sent some minutes before it ends because nobody uses it. */
export function idle(request: AccessRequest, scene: Scene): Message {
  const { idleMs } = termsOf(request);
  const at = request.idleEndsAt === null ? 'soon' : when(request.idleEndsAt);
  return toHolder(request, scene, {
    mark: 'alarm_clock',
    title: `Your access ends ${at} unless you use it`,
    paragraphs: [
      `${code(request.role)} on ${place(scene)} ends after ${idleMs === null ? 'a while' : sayDuration(idleMs)} without a session of ${code(request.login)}.`,
      `To keep it${until(request)}, open a session and leave it open for half a minute. If you’re done, click Relinquish.`,
      ...extensionAsked(request, request.requester),
    ],
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
