/** Active: seen, warned of, extended. */

import { isLastCall, lastCall } from '../expiry-notice.js';
import { againMs, extend, undoExtension } from '../extension.js';
import { addUsers, newUsers } from '../other-users.js';
import { type AccessRequest, isExpired, termsOf } from '../request.js';
import { type EventOf, namesOf, type Outcome, to } from './made.js';

export function usersSeen(request: AccessRequest, event: EventOf<'users_seen'>): Outcome {
  const { state } = request;
  if (state !== 'active' && state !== 'ending') return 'stale';
  const users = addUsers(request.users, event.users);
  if (users === request.users) return 'stale';
  return to({ users }, 'users_seen', null, namesOf(newUsers(request.users, event.users)));
}

export function warned(request: AccessRequest): Outcome {
  const { state } = request;
  if (state !== 'active' || request.warnAt === null) return 'stale';
  return to({ warnAt: isLastCall(request) ? null : lastCall(request, request.expiresAt) }, 'warned', null);
}

export function unused(request: AccessRequest, now: Date): Outcome {
  const { state } = request;
  if (state !== 'active' || isExpired(request, now) || request.idleToldAt !== null) return 'stale';
  return to({ idleToldAt: now }, 'unused', null);
}

export function idleAnnounced(request: AccessRequest, event: EventOf<'idle_announced'>, now: Date): Outcome {
  const { state } = request;
  const { endsAt } = event;
  if (state !== 'active' || isExpired(request, now) || termsOf(request).idleMs === null) return 'stale';
  return to({ idleEndsAt: endsAt }, 'idle_announced', null, { endsAt: endsAt.toISOString() });
}

export function idleCalledOff(request: AccessRequest): Outcome {
  if (request.state !== 'active' || request.idleEndsAt === null) return 'stale';
  return to({ idleEndsAt: null }, 'idle_called_off', null);
}

export function askExtension(request: AccessRequest, event: EventOf<'ask_extension'>, now: Date): Outcome {
  const { maxMs, rules, asked } = event;
  const forMs = Math.min(againMs(request), maxMs);
  const extensionAsk = { at: now, forMs, rules, asked, approvals: [] };
  return to({ extensionAsk }, 'extension_asked', request.requester, { forMs, rules });
}

export function denyExtension(event: EventOf<'deny_extension'>): Outcome {
  const { by, via, because } = event;
  return to({ extensionAsk: null }, 'extension_denied', by, {
    by,
    via,
    ...(because !== undefined && { because }),
  });
}

export function extendGrant(
  request: AccessRequest,
  event: EventOf<'extend' | 'extend_by_rule'>,
  now: Date,
): Outcome {
  return request.expiresAt === null ? 'not_granted' : extend(request, event, request.expiresAt, now);
}

export function extended(request: AccessRequest): Outcome {
  const { state, extension } = request;
  if (state !== 'active' || extension?.state !== 'asked') return 'stale';
  return to({ extension: { ...extension, state: 'confirmed' } }, 'extension_confirmed', null);
}

export function extensionRefused(
  request: AccessRequest,
  event: EventOf<'extension_refused'>,
  now: Date,
): Outcome {
  const { state, extension } = request;
  if (state !== 'active' || extension?.state !== 'asked' || isExpired(request, now)) {
    return 'stale';
  }
  return undoExtension(request, extension, event.trouble, now);
}
