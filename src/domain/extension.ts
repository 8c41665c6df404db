/** How far a grant may be extended. Pure. */
import type { Policy } from './policy.js';
import type { AccessRequest } from './request.js';

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

/** How long a grant would have lasted at the end of such an extension, milliseconds: its rules are those of a grant so long. */
export function lengthWith(
  { grantedAt, wishedMs }: Pick<AccessRequest, 'grantedAt' | 'wishedMs'>,
  maxMs: number,
  now: Date,
): number {
  return now.getTime() + Math.min(wishedMs, maxMs) - (grantedAt ?? now).getTime();
}
