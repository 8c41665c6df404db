/**
 * A short request for a harmless role is approved by itself, within the hours that the policy names. The hours are those
 * of the approval: what was approved within them is granted after them, too.
 */
import type { RoleConfig } from '../../config/config.js';
import { isAutomaticNow, isShortEnough } from '../../domain/policy/rules.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { automaticThrough } from '../../surfaces/request/rule-words.js';
import { aboveLimit } from './danger-limit.js';
import type { Moment, Rule } from './rule.js';
import type { RuleAnswer } from './rule-answer.js';

export const automatic = {
  name: 'automatic',
  extends: true,
  applies: isAutomaticNow,
  limit: (policy) => policy.automatic?.maxDanger ?? null,

  async ask(
    _: unknown,
    request: Pick<AccessRequest, 'wishedMs'>,
    role: RoleConfig,
    { danger }: Pick<Moment, 'danger'>,
  ): Promise<RuleAnswer> {
    const { automatic: rule, maxMs } = role.policy;
    if (rule === null || !isShortEnough(role.policy, request)) return { answer: 'no' };
    const dangerous = await aboveLimit(role, rule.maxDanger, danger);
    if (dangerous !== null) {
      return dangerous.passing ? { answer: 'unsure', why: `${dangerous.why}.` } : { answer: 'no' };
    }
    return { answer: 'yes', through: automaticThrough(rule), maxMs: Math.min(rule.maxMs, maxMs) };
  },
} as const satisfies Rule;
