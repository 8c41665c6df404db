/** Ending: someone ends it, or its time is up, and it is revoked until it is proved gone. */

import { addUsers, newUsers } from '../other-users.js';
import { type AccessRequest, isExpired, termsOf } from '../request.js';
import type { Why } from '../request-state.js';
import { actorOf, type EventOf, namesOf, type Outcome, to } from './made.js';

/** Why the request ends with a proof of absence; null when the membership should be there. */
function whyGone(request: AccessRequest, now: Date): Why | null {
  if (request.state === 'ending') return request.why;
  return request.state === 'active' && isExpired(request, now) ? 'expired' : null;
}

export function endEarly(request: AccessRequest, event: EventOf<'relinquish' | 'end'>, now: Date): Outcome {
  const { state } = request;
  if (state === 'ending') return 'already_ending';
  if (state !== 'granting' && state !== 'active') return 'not_granted';
  if (isExpired(request, now)) return 'too_late';
  const isEnd = event.type === 'end';
  return to(
    {
      state: 'ending',
      why: isEnd ? 'ended' : 'relinquished',
      endedBy: event.by,
      endedBecause: (isEnd ? event.because : null) ?? null,
      trouble: null,
      warnAt: null,
    },
    isEnd ? 'end_asked' : 'relinquished',
    ...actorOf(event),
  );
}

/** Its holder was told when it ends, and nothing used it until then. */
export function endIdle(request: AccessRequest, event: EventOf<'idle'>, now: Date): Outcome {
  const { since } = event;
  const { idleMs } = termsOf(request);
  const isAnnounced = request.idleEndsAt !== null && request.idleEndsAt <= now;
  if (request.state !== 'active' || isExpired(request, now) || request.inUse || !isAnnounced) return 'stale';
  if (idleMs === null || now.getTime() - since.getTime() < idleMs) return 'stale';
  return to({ state: 'ending', why: 'idle', trouble: null, warnAt: null }, 'ended_idle', null, {
    since: since.toISOString(),
    idleMs,
  });
}

export function missing(request: AccessRequest, event: EventOf<'missing'>, now: Date): Outcome {
  const { state } = request;
  if (state !== 'active' || isExpired(request, now)) return 'stale';
  const after = event.lostBy ?? null;
  const why = after === null ? 'removed' : 'lost';
  const data = { ...request.place, ...(after === null ? {} : { after }) };
  return to({ state: 'ending', why, warnAt: null }, 'found_gone', null, data);
}

export function blocked(request: AccessRequest, event: EventOf<'blocked'>, now: Date): Outcome {
  const { state } = request;
  const { trouble } = event;
  const waiting = state === 'granting' || whyGone(request, now) !== null;
  // Why a GRANT failed is kept, whatever blocks the proof that nothing was left of it.
  if (!waiting || request.why === 'failed' || request.trouble === trouble) return 'stale';
  return to({ trouble }, 'hindered', null, { trouble });
}

export function sessionsOpen(request: AccessRequest, event: EventOf<'sessions_open'>, now: Date): Outcome {
  if (whyGone(request, now) === null) return 'stale';
  const { before } = event;
  // As for 'blocked'.
  const trouble = request.why === 'failed' ? request.trouble : event.trouble;
  const users = addUsers(request.users, event.users);
  if (request.sessionsBefore === before && request.trouble === trouble && users === request.users) {
    return 'stale';
  }
  return to({ sessionsBefore: before, trouble, users }, 'sessions_open', null, {
    before,
    trouble: event.trouble,
    ...namesOf(newUsers(request.users, event.users)),
  });
}

export function provedGone(request: AccessRequest, event: EventOf<'proved_gone'>, now: Date): Outcome {
  const why = whyGone(request, now);
  if (why === null) return 'stale';
  const hasFailed = why === 'failed';
  return to(
    {
      state: hasFailed ? 'failed' : 'ended',
      why,
      trouble: hasFailed ? request.trouble : null,
      endedAt: now,
      warnAt: null,
      reviewAt: request.grantedAt === null ? null : now,
    },
    'proved_gone',
    null,
    { why, ...event.proof, ...request.place },
  );
}

export function closedByWord(
  request: AccessRequest,
  event: EventOf<'written_off' | 'replaced'>,
  now: Date,
): Outcome {
  const { state } = request;
  if (state !== 'granting' && state !== 'active' && state !== 'ending') return 'stale';
  const { type, by, because } = event;
  const trouble = `${by}: ${because ?? 'no reason was given'}`;
  const proof = type === 'replaced' ? event.proof : {};
  return to({ state: 'ended', why: type, trouble, endedAt: now, warnAt: null }, type, null, {
    by,
    because,
    ...proof,
    ...request.place,
  });
}
