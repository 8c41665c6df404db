/** Approved: the GRANT is tried until it is proved, or given up. */

import { firstAsked, isReviewDue } from '../../policy/emergency.js';
import { warningTime } from '../expiry-notice.js';
import { addUsers } from '../other-users.js';
import type { AccessRequest } from '../request.js';
import { type EventOf, namesOf, type Outcome, to } from './made.js';

export function cleared(request: AccessRequest, now: Date): Outcome {
  const { state } = request;
  if (state !== 'granting') return 'stale';
  return to({ clearedAt: now, trouble: null }, 'cleared', null);
}

export function intend(request: AccessRequest, event: EventOf<'intend'>): Outcome {
  const { state, place } = request;
  // A GRANT may have happened at the first place: the second of two concurrent sweeps must not overwrite it.
  if (state !== 'granting' || place !== null) return 'stale';
  return to({ place: event.place, terms: event.terms }, 'grant_intended', null, {
    ...event.place,
    ...event.terms,
  });
}

export function granted(request: AccessRequest, event: EventOf<'granted'>, now: Date): Outcome {
  const { state, place } = request;
  if (state !== 'granting' || place === null) return 'stale';
  const expiresAt = new Date(now.getTime() + request.durationMs);
  return to(
    {
      state: 'active',
      trouble: null,
      grantedAt: now,
      grantedMs: request.durationMs,
      expiresAt,
      mark: event.mark,
      users: addUsers(request.users, event.users),
      warnAt: warningTime(request, request.durationMs, now, expiresAt),
      judgeAt: isReviewDue({ ...request, grantedAt: now }) ? firstAsked(now) : null,
    },
    'granted',
    null,
    {
      ...place,
      expiresAt: expiresAt.toISOString(),
      ...namesOf(event.users),
      ...(event.setRoleFirst ? { setRoleFirst: true } : {}),
    },
  );
}

export function grantFailed(request: AccessRequest, event: EventOf<'grant_failed'>): Outcome {
  const { state } = request;
  if (state !== 'granting') return 'stale';
  const { trouble } = event;
  return to({ state: 'ending', why: 'failed', trouble }, 'grant_failed', null, { trouble });
}

export function restored(request: AccessRequest, event: EventOf<'restored'>): Outcome {
  const { state } = request;
  if (state !== 'pending' && state !== 'granting') return 'stale';
  return to({ state: 'ending', why: 'failed', trouble: event.trouble, stepAt: null }, 'restored', null);
}
