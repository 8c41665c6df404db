/** Who will be asked about a request that isn't made yet, in the words of its card: for the form and `hallpass explain`. */

import { sayDuration } from '../../domain/duration.js';
import { sayHours } from '../../domain/policy/office-hours.js';
import {
  askedBy,
  type ExtraRule,
  type Policy,
  type Principal,
  whyAdded,
} from '../../domain/policy/policy.js';
import { asksPagerDuty, mostByGroup } from '../../domain/policy/rules.js';
import { type Danger, isAbove } from '../../domain/postgres/danger.js';
import { rulesAfter } from '../../domain/request/escalation.js';
import { mentions } from '../kit/text.js';
import { isPlain, stillNeeded, whoIsAsked } from '../request/approvals.js';

/** Two of these and the rest fit in a section, which takes 3,000. */
const MAX_LINES = 1_200;
/** The reader is the one who asks. */
const YOU = '';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * What the requester reads as soon as a role is chosen, a line each, in mrkdwn; together fit for a section.
 * @param danger of the role; null: it isn't known yet.
 */
export function asks(policy: Policy, danger: Danger | null): readonly string[] {
  const lightest = { durationMs: 0, danger: danger ?? 'none' };
  const { rules, asked } = rulesAfter(policy, lightest, 0);
  const total = rules.reduce((sum, { count }) => sum + count, 0);
  const named = whoIsAsked({ rules, approvals: [], asked }, YOU);
  const who = isPlain(rules) ? named : `${named}.`;
  const more = notYet(policy, danger).join('\n');
  return [
    ...atOnce(policy, danger),
    who.length > MAX_LINES ? `Needs ${total} approvals; the card says whose.` : who,
    ...(more === '' ? [] : [more.length > MAX_LINES ? 'Longer, it needs more approvals.' : more]),
  ];
}

/** "At once if you are on call, for up to 1 hour.": the rules that may approve a role of this danger. */
function atOnce({ onCall, automatic, maxMs }: Policy, danger: Danger | null): readonly string[] {
  const isWithin = (limit: Danger | null) => danger === null || limit === null || !isAbove(danger, limit);
  const upTo = (ms: number) => `up to ${sayDuration(Math.min(ms, maxMs))}`;
  return [
    ...(onCall !== null && isWithin(asksPagerDuty(onCall) ? onCall.maxDanger : mostByGroup(onCall))
      ? [`At once if you are on call, for ${upTo(onCall.maxMs)}.`]
      : []),
    ...(automatic !== null && isWithin(automatic.maxDanger)
      ? [
          `At once ${upTo(automatic.maxMs)}${automatic.hours === null ? '' : `, ${sayHours(automatic.hours)}`}${danger === null ? `, if its danger is “${automatic.maxDanger}” at most` : ''}.`,
        ]
      : []),
  ];
}

/** "Longer than 4 hours it also needs 1 of @sre-leads.": the rules that a request of this danger has only once it is longer. */
function notYet(policy: Policy, danger: Danger | null): readonly string[] {
  const { more, maxMs } = policy;
  return more
    .filter((extra) => whyAdded(extra, { durationMs: 0, danger: danger ?? 'none' }).length === 0)
    .flatMap((extra) => {
      const when = [
        ...(extra.overMs === null || extra.overMs >= maxMs ? [] : [longerThan(extra.overMs)]),
        ...(extra.danger === null || danger !== null
          ? []
          : [`where its danger is “${extra.danger}” or more, or can’t be read,`]),
      ];
      return when.length === 0
        ? []
        : [`${capital(when.join(' or '))} it also needs ${neededBy(extra, policy)}.`];
    });
}

/** "1 of @sre-leads". */
export function neededBy(
  { rule }: Pick<ExtraRule, 'rule'>,
  policy: Policy,
  name: (principals: readonly Principal[]) => string = mentions,
): string {
  return stillNeeded({ rules: [rule], approvals: [], asked: askedBy([rule], policy), name });
}

/** "Requests for it are usually answered within 6 minutes." @param ms milliseconds; rounded up, because it is a promise. */
export function usualAnswer(ms: number): string {
  const unit = ms > 48 * HOUR_MS ? DAY_MS : ms > 90 * MINUTE_MS ? HOUR_MS : MINUTE_MS;
  return `Requests for it are usually answered within ${sayDuration(Math.max(1, Math.ceil(ms / unit)) * unit)}.`;
}

function longerThan(ms: number): string {
  return `longer than ${sayDuration(ms)}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
