/** When the holder of a grant is told that its end is near: once "about to expire", then the last call. Pure. */
import { type AccessRequest, termsOf } from './request.js';

/** Ten minutes before the end, or a quarter of a shorter grant; under two minutes there is only the last call. */
export function warningTime(
  request: AccessRequest,
  durationMs: number,
  since: Date,
  expiresAt: Date,
): Date | null {
  if (durationMs >= 120_000) return new Date(expiresAt.getTime() - Math.min(10 * 60_000, durationMs / 4));
  const at = lastCall(request, expiresAt);
  return at !== null && at > since ? at : null;
}

/** When the holder is told that sessions are about to be ended; null when none will be. */
export function lastCall(request: AccessRequest, expiresAt: Date | null): Date | null {
  const { sessions, graceMs } = termsOf(request);
  if (sessions === 'leave' || expiresAt === null) return null;
  return new Date(expiresAt.getTime() - graceMs);
}

/** Has the holder yet to be told that this end is near? */
export function awaitsWarning(request: AccessRequest): boolean {
  const at = lastCall(request, request.expiresAt);
  return request.warnAt !== null && (at === null || request.warnAt < at);
}

/** Is the notice that is due the last one? */
export function isLastCall(request: AccessRequest): boolean {
  const at = lastCall(request, request.expiresAt);
  return at === null || (request.warnAt !== null && request.warnAt >= at);
}
