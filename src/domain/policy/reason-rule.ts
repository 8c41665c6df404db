/**
 * What a reason must hold, by a policy's `reason:`. Matched by RE2, whose time grows with the length of the reason and
 * no faster: no pattern and no reason can hang Hallpass. Pure.
 */
import { RE2JS, RE2JSException } from 're2js';
import type { ReasonRule } from './policy.js';

/** A longer match is no number of a ticket, and isn't linked. */
const MAX_LINKED = 100;

/** Stands for what matched, in `link`. */
export const MATCH = '{0}';

/** Each rule is compiled once for as long as its configuration holds. */
const compiled = new WeakMap<ReasonRule, RE2JS>();

/** Whether some part of the reason matches the pattern. */
export function fits(rule: ReasonRule, reason: string): boolean {
  return firstMatch(rule, reason) !== null;
}

/**
 * The first match in a reason, and the address that it stands for.
 * @returns null where the rule has no link, or nothing that can be linked matches.
 */
export function linkIn(
  rule: ReasonRule,
  reason: string,
): { readonly text: string; readonly url: string } | null {
  const text = firstMatch(rule, reason);
  if (rule.link === null || text === null || text === '' || text.length > MAX_LINKED) return null;
  // Half a character can't be part of an address.
  if (/\p{Cs}/u.test(text)) return null;
  const url = rule.link.replaceAll(MATCH, () => encodeURIComponent(text));
  return URL.canParse(url) ? { text, url: new URL(url).href } : null;
}

/** Why this can't be the pattern of a rule, as the rest of a sentence that begins with it; null when it can. */
export function wrongPattern(pattern: string): string | null {
  try {
    return RE2JS.compile(pattern).matcher('').find()
      ? 'matches an empty reason, and so any; write what must stand in it'
      : null;
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    const why = thrown.message.replace(/^error parsing regexp: /, '');
    return `is no regular expression that RE2 knows (${why}); it has no lookaround and no backreferences`;
  }
}

function firstMatch(rule: ReasonRule, reason: string): string | null {
  let expression = compiled.get(rule);
  if (expression === undefined) {
    expression = RE2JS.compile(rule.pattern);
    compiled.set(rule, expression);
  }
  const matcher = expression.matcher(reason);
  return matcher.find() ? (matcher.group() ?? '') : null;
}
