/** The approvals of a request, counted: which serves which rule, and whether they are enough. Pure. */

import type { Danger } from '../postgres/danger.js';
import { type Approval, type ApprovalRule, tally } from './approvals.js';
import type { Principal } from './policy.js';

/** All approvals under today's rules and groups, the one that is being made included. */
export interface Count {
  readonly rules: readonly ApprovalRule[];
  /** The rules that each can serve today, with the group through which they qualify for it. */
  readonly approvers: readonly {
    readonly by: string;
    /** Null: this moment. */
    readonly at: Date | null;
    readonly serves: readonly { readonly rule: number; readonly via: string }[];
  }[];
  /** Those of the rules who are mentioned. */
  readonly asked: readonly Principal[];
  /** As read for the rules. */
  readonly danger: Danger | null;
}

/** Do these approvals meet all rules? */
export function isEnough(count: Pick<Count, 'rules' | 'approvers'>): boolean {
  return tallyOf(count).met;
}

function tallyOf({ rules, approvers }: Pick<Count, 'rules' | 'approvers'>) {
  return tally(
    rules,
    approvers.map(({ by, serves }) => ({ userId: by, serves: serves.map(({ rule }) => rule) })),
  );
}

interface Counted extends Omit<Count, 'approvers'> {
  /** Are they enough? */
  readonly met: boolean;
  /** Each with the rule that it serves, the oldest first. */
  readonly approvals: readonly Approval[];
  /** What the audit keeps of it. */
  readonly audit: { readonly rules: Count['rules']; readonly approvals: readonly Approval[] };
}

/** Assigns the approvals to the rules, at `now`. */
export function countApprovals(count: Count, now: Date): Counted {
  const { rules, approvers, danger, asked } = count;
  const { met, serving } = tallyOf(count);
  const approvals = serving.flatMap((people, rule) =>
    people.flatMap((by) => {
      const approver = approvers.find((each) => each.by === by);
      const via = approver?.serves.find((each) => each.rule === rule)?.via;
      return via === undefined ? [] : [{ by, rule, via, at: approver?.at ?? now }];
    }),
  );
  approvals.sort((a, b) => a.at.getTime() - b.at.getTime());
  return { met, rules, approvals, danger, asked, audit: { rules, approvals } };
}
