/** What people read of the rules that approve without an approver: one table, for Slack, the terminal and files. */
import { sayDuration } from '../../domain/duration.js';
import { sayHours } from '../../domain/policy/office-hours.js';
import type { Policy, Principal } from '../../domain/policy/policy.js';
import type { RuleName } from '../../domain/request/request.js';
import type { Unsaid } from '../kit/unsaid.js';

interface RuleWords {
  /** What a report calls it, and what follows "Granted" in parentheses. */
  readonly name: string;
  /** Who approved, as what follows "approved by". */
  readonly by: string;
  /** What happened. @param through and `at` are mrkdwn. */
  readonly decided: (through: string, at: string) => string;
  /** Why what it approved isn't granted, once it doesn't approve any more; a clause. */
  readonly over: string;
}

export const RULE_WORDS: Readonly<Record<RuleName, RuleWords>> = {
  on_call: {
    name: 'on call',
    by: 'the on-call rule',
    decided: (through, at) => `Approved by the on-call rule (${through}) ${at}; no approver was needed.`,
    over: 'the shift was over before it could be granted',
  },
  automatic: {
    name: 'automatic',
    by: 'an automatic rule',
    decided: (through, at) => `Approved by an automatic rule (${through}) ${at}; no approver was needed.`,
    over: 'the automatic rule did not allow it any more before it could be granted',
  },
  repeat: {
    name: 'as before',
    by: 'an earlier approval',
    decided: (through, at) =>
      `Approved by an earlier approval (${through}) ${at}; no approver was asked again.`,
    over: 'the earlier approval was over before it could be granted',
  },
  break_glass: {
    name: 'emergency',
    by: 'break-glass',
    decided: (through, at) => `Allowed in an emergency (${through}) ${at}; no approver was asked.`,
    over: 'break-glass did not allow it any more before it could be granted',
  },
};

/** A Slack user group as the configuration calls it, in plain text. */
export function groupName({ id, name }: Principal): string {
  return `@${name ?? id}`;
}

/** In plain text. @param unsaid null: it isn't known why, or it passes. */
export function groupUnread(group: Principal, unsaid: Unsaid | null): string {
  return `Slack did not say who is in ${groupName(group)}.${unsaid === null ? '' : ` ${unsaid.meaning}`}`;
}

export function groupLate(group: Principal, ms: number): string {
  return `Slack did not say within ${ms / 1_000} s who is in ${groupName(group)}.`;
}

/** What an automatic rule allows, in plain text. */
export function automaticThrough({ maxMs, maxDanger, hours }: NonNullable<Policy['automatic']>): string {
  const when = hours === null ? '' : `, ${sayHours(hours)}`;
  return `up to ${sayDuration(maxMs)}, danger up to “${maxDanger}”${when}`;
}
