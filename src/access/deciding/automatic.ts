/**
 * A short request for a harmless role is approved by itself, within the hours that the policy names. The hours are those
 * of the approval: what was approved within them is granted after them, too.
 */
import { isAutomaticNow, isShortEnough } from '../../domain/rules.js';
import { automaticThrough } from '../../surfaces/rule-words.js';
import { aboveLimit } from './danger-limit.js';
import type { Rule } from './rule.js';

export const automatic: Rule = {
  name: 'automatic',
  applies: isAutomaticNow,
  limit: (policy) => policy.automatic?.maxDanger ?? null,

  async ask(_, request, role, { danger }) {
    const { automatic: rule, maxMs } = role.policy;
    if (rule === null || !isShortEnough(role.policy, request)) return { answer: 'no' };
    const dangerous = await aboveLimit(role, rule.maxDanger, danger);
    if (dangerous !== null) {
      return dangerous.passing ? { answer: 'unsure', why: `${dangerous.why}.` } : { answer: 'no' };
    }
    return { answer: 'yes', through: automaticThrough(rule), maxMs: Math.min(rule.maxMs, maxMs) };
  },
};
