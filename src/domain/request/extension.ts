/** Extensions: how far a grant may be extended, and what each makes of it. Pure. */
import { countApprovals } from '../policy/count-approvals.js';
import type { Policy } from '../policy/policy.js';
import { warningTime } from './expiry-notice.js';
import type { AccessRequest, Extension } from './request.js';
import type { RequestEvent } from './request-events.js';
import type { Made } from './transitions/made.js';

/** The longest extension that the policy allows, milliseconds from now; or why there is none. */
export type ExtensionLimit =
  | { readonly maxMs: number }
  /** It was extended as often, or lasts as long, as the policy allows. */
  | { readonly maxMs: null; readonly because: 'times' | 'total' };

export function extensionLimit(
  { extensions, grantedAt }: Pick<AccessRequest, 'extensions' | 'grantedAt'>,
  { extend: { times, totalMs }, maxMs }: Pick<Policy, 'extend' | 'maxMs'>,
  now: Date,
): ExtensionLimit {
  if (times !== null && extensions >= times) return { maxMs: null, because: 'times' };
  if (totalMs === null || grantedAt === null) return { maxMs };
  const leftMs = grantedAt.getTime() + totalMs - now.getTime();
  return leftMs <= 0 ? { maxMs: null, because: 'total' } : { maxMs: Math.min(maxMs, leftMs) };
}

/** How long an extension is for, milliseconds: as long as the role was granted for, never longer than was asked for. */
export function againMs({ wishedMs, grantedMs }: Pick<AccessRequest, 'wishedMs' | 'grantedMs'>): number {
  return Math.min(wishedMs, grantedMs ?? wishedMs);
}

type Again = Parameters<typeof againMs>[0];

/** When a grant would end with such an extension, at the latest: what it may depend on is looked at for this end. */
export function latestEnd(request: Again, maxMs: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(againMs(request), maxMs));
}

/** How long a grant would have lasted at the end of such an extension, milliseconds: its rules are those of a grant so long. */
export function lengthWith(
  request: Again & Pick<AccessRequest, 'grantedAt'>,
  maxMs: number,
  now: Date,
): number {
  return latestEnd(request, maxMs, now).getTime() - (request.grantedAt ?? now).getTime();
}

/** The grant runs until this moment. @param granted counts as the time of the GRANT if none is known. */
function endingAt({ grantedAt }: AccessRequest, expiresAt: Date, granted: Date): Partial<AccessRequest> {
  return { expiresAt, durationMs: expiresAt.getTime() - (grantedAt ?? granted).getTime() };
}

/** The most that an event allows from `now` on, milliseconds. */
export function mostMs(event: RequestEvent, now: Date): number {
  const maxMs = 'maxMs' in event ? event.maxMs : Number.POSITIVE_INFINITY;
  const latest = 'latest' in event ? event.latest : undefined;
  return latest === undefined ? maxMs : Math.min(maxMs, latest.getTime() - now.getTime());
}

type Extending = Extract<RequestEvent, { readonly type: 'extend' | 'extend_by_rule' }>;

/** An approver, or a rule, extends a grant that ends at `ends`; one approval of several changes no end yet. */
export function extend(request: AccessRequest, event: Extending, ends: Date, now: Date): Made {
  const forMs = Math.min(againMs(request), event.maxMs);
  const { by, via, counted } =
    event.type === 'extend'
      ? { ...event, counted: event.count ? countApprovals(event.count, now) : null }
      : { by: event.rule, via: event.through, counted: null };
  if (counted?.met === false) {
    const { rules, approvals, asked, audit } = counted;
    return {
      change: { extensionAsk: { at: request.extensionAsk?.at ?? now, forMs, rules, approvals, asked } },
      kind: 'extension_approved_partly',
      actor: by,
      data: { via, forMs, ...audit },
    };
  }
  const { extension } = request;
  const leftMs = Math.min(againMs(request), mostMs(event, now));
  const expiresAt = new Date(now.getTime() + leftMs);
  const times = { from: ends.toISOString(), expiresAt: expiresAt.toISOString() };
  return {
    change: {
      ...endingAt(request, expiresAt, now),
      warnAt: warningTime(request, leftMs, now, expiresAt),
      extension: { state: 'asked', by, at: now, from: extension?.state === 'asked' ? extension.from : ends },
      extensionAsk: null,
      extensions: request.extensions + 1,
    },
    ...(event.type === 'extend'
      ? { kind: 'extended', actor: by, data: { via, ...times, ...counted?.audit } }
      : { kind: 'extended_by_rule', actor: null, data: { via, ...times, rule: event.rule } }),
  };
}

/** The target refused it, and the end before it stands again: it was in force until now, so that is no earlier than now. */
export function undoExtension(
  request: AccessRequest,
  extension: Extension,
  trouble: string,
  now: Date,
): Made {
  const from = new Date(Math.max(extension.from.getTime(), now.getTime()));
  const leftMs = from.getTime() - now.getTime();
  return {
    change: {
      ...endingAt(request, from, from),
      warnAt: leftMs > 0 ? warningTime(request, leftMs, now, from) : null,
      extension: { ...extension, state: 'refused' },
      extensions: Math.max(0, request.extensions - 1),
    },
    kind: 'extension_refused',
    actor: null,
    data: { trouble, expiresAt: from.toISOString() },
  };
}
