/** Why a decision is no longer possible, no matter who makes it. */
import { hasLapsed } from '../escalation.js';
import { againMs } from '../extension.js';
import { type AccessRequest, isExpired } from '../request.js';
import type { Refusal, RequestEvent } from '../request-events.js';

/** An extension that adds less than this part of its duration is refused. */
const LEAST_GAIN = 0.05;

/**
 * With less than this left, it is too late to extend a grant, milliseconds: a sweep that meets it at its end must not
 * revoke what is being extended at that moment. Longer than a write to the ledger takes.
 */
export const LEAST_LEFT_MS = 1_000;

/** What a person or the on-call rule decides, and what changes until there is a decision. */
const DECISIONS = [
  'approve',
  'approve_by_rule',
  'deny',
  'withdraw',
  'asking',
  'on_call_said',
  'ask_extension',
  'deny_extension',
  'extend',
  'extend_by_rule',
] as const;

/** Those that are about a grant; the others are about a request that waits. */
const OF_GRANTS: ReadonlySet<Decision> = new Set([
  'ask_extension',
  'deny_extension',
  'extend',
  'extend_by_rule',
]);
type Decision = (typeof DECISIONS)[number];

export function isDecision(event: RequestEvent): event is RequestEvent & { readonly type: Decision } {
  return DECISIONS.some((type) => type === event.type);
}

/** Why no such decision is possible at `now`, no matter who makes it; null when it is. `maxMs` as for the event. */
export function whyRefused(
  request: AccessRequest,
  type: Decision,
  now: Date,
  maxMs = Number.POSITIVE_INFINITY,
): Refusal | null {
  const refuse = (code: Refusal['code']): Refusal => ({ code, request });
  if (!OF_GRANTS.has(type)) {
    if (request.state !== 'pending') return refuse('not_pending');
    return hasLapsed(request, now) ? refuse('too_late') : null;
  }
  if (request.state === 'ending') return refuse('already_ending');
  if (request.state !== 'active' || request.expiresAt === null) return refuse('not_granted');
  if (isExpired(request, new Date(now.getTime() + LEAST_LEFT_MS))) return refuse('too_late');
  if (type === 'deny_extension') return request.extensionAsk === null ? refuse('stale') : null;
  if (type === 'ask_extension' && request.extensionAsk !== null) return refuse('already_asked');
  // A second click at once would add next to nothing.
  const more = Math.min(againMs(request), maxMs);
  const gain = now.getTime() + more - request.expiresAt.getTime();
  return gain < more * LEAST_GAIN ? refuse('no_longer') : null;
}
