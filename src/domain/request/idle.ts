/**
 * Whether a grant is used, and what comes of it when it isn't: its holder is told, and where its terms say so, it ends.
 * Never wrongly: only a look that saw all servers of the target says that no session is there, and only looks without a
 * gap between them say so of a time. Pure: `now` is the ledger's clock.
 */
import { type AccessRequest, isExpired, isInForce, termsOf } from './request.js';

/** A holder is told after so long without a session, milliseconds. */
export const UNUSED_MS = 20 * 60_000;
/** The end of an unused grant is announced so long before, milliseconds. */
const ANNOUNCED_MS = 5 * 60_000;
/** Looks further apart than this tell nothing of the time between them, milliseconds. */
export const UNBROKEN_MS = 2 * 60_000;
/** While a session is open, that is counted so often, milliseconds. */
const COUNT_EVERY_MS = 5 * 60_000;
/** With less than this left, nobody is told that it isn't used: the notice of its end comes, milliseconds. */
const NEAR_END_MS = 10 * 60_000;

/** What is known of the sessions that could use a grant. */
export interface Use {
  /** One was open at the last look. */
  readonly inUse: boolean;
  /** When one was last known to be open, or may have been; null: never. */
  readonly usedAt: Date | null;
  /** For how long one was open, as far as that is counted; milliseconds. */
  readonly sessionMs: number;
}

/** What one look makes of it; null when there is nothing to write down. @param isOpen a session is there now. */
export function useSeen(use: Use, isOpen: boolean, now: Date): Use | null {
  const isCounted = use.usedAt !== null && now.getTime() - use.usedAt.getTime() < COUNT_EVERY_MS;
  if (isOpen ? use.inUse && isCounted : !use.inUse) return null;
  return { inUse: isOpen, usedAt: now, sessionMs: usedMs(use, now) };
}

/** For how long a session was open so far, milliseconds. What was not looked at for long isn't counted. */
export function usedMs({ inUse, usedAt, sessionMs }: Use, now: Date): number {
  if (!inUse || usedAt === null) return sessionMs;
  return sessionMs + Math.min(Math.max(0, now.getTime() - usedAt.getTime()), MOST_UNCOUNTED_MS);
}

/** Of a session that was open at the last look: no more than this is counted without another one, milliseconds. */
export const MOST_UNCOUNTED_MS = COUNT_EVERY_MS + UNBROKEN_MS;

/** Of a grant in force: what decides whether it is idle. */
export interface IdleFacts extends Omit<Use, 'sessionMs'> {
  readonly grantedAt: Date;
  readonly expiresAt: Date;
  /** Who extended it meant it to be used. */
  readonly extendedAt: Date | null;
  /** It ends after so long without a session, milliseconds; null: never. */
  readonly idleMs: number | null;
  /** As in AccessRequest. */
  readonly idleToldAt: Date | null;
  readonly idleEndsAt: Date | null;
}

/** null when it isn't in force. */
export function idleFacts(request: AccessRequest): IdleFacts | null {
  const { grantedAt, expiresAt, extension, inUse, usedAt, idleToldAt, idleEndsAt } = request;
  if (!isInForce(request) || grantedAt === null || expiresAt === null) return null;
  const { idleMs } = termsOf(request);
  const extendedAt = extension?.at ?? null;
  return { grantedAt, expiresAt, extendedAt, idleMs, inUse, usedAt, idleToldAt, idleEndsAt };
}

/** What is due: `tell` that it isn't used, `announce` its end at a time, call that `off`, or `end` it. */
export type IdleStep =
  | { readonly do: 'tell' | 'off' }
  | { readonly do: 'announce'; readonly endsAt: Date }
  | { readonly do: 'end'; readonly since: Date };

/**
 * What is due for a grant; null: nothing. It ends only at the announced time or later, when nothing has used it since.
 * @param seenSince since when all servers have been looked at without a gap, the last time just now; null: they aren't.
 */
export function idleStep(facts: IdleFacts, seenSince: Date | null, now: Date): IdleStep | null {
  const { idleMs, idleToldAt, idleEndsAt, expiresAt } = facts;
  if (isExpired(facts, now)) return null;
  if (facts.inUse) return idleEndsAt === null ? null : { do: 'off' };
  if (seenSince === null) return null;
  const since = idleSince(facts, seenSince);
  const endsAt = idleMs === null ? null : new Date(since.getTime() + idleMs);
  if (idleEndsAt !== null) {
    if (endsAt === null || endsAt > idleEndsAt) return { do: 'off' };
    return idleEndsAt <= now ? { do: 'end', since } : null;
  }
  const soonest = new Date(now.getTime() + ANNOUNCED_MS);
  if (endsAt !== null && endsAt <= soonest && soonest < expiresAt) return { do: 'announce', endsAt: soonest };
  const isUnused = now.getTime() - since.getTime() >= UNUSED_MS;
  const isNearEnd = expiresAt.getTime() - now.getTime() <= NEAR_END_MS;
  return isUnused && idleToldAt === null && !isNearEnd ? { do: 'tell' } : null;
}

/** Since when nothing has used it, as far as that is known. */
function idleSince({ grantedAt, usedAt, extendedAt }: IdleFacts, seenSince: Date): Date {
  const times = [grantedAt, usedAt, extendedAt, seenSince].flatMap((time) => time?.getTime() ?? []);
  return new Date(Math.max(...times));
}
