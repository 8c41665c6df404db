/**
 * When a request has enough approvals. Several rules may ask for several people each, and every person counts once:
 * which approval serves which rule is a matching, so the order of the clicks doesn't matter. Pure.
 */
import type { Principal } from './policy.js';

/** So many of these people have to approve. */
export interface ApprovalRule {
  readonly from: readonly Principal[];
  /** At least 1. */
  readonly count: number;
}

/** Who approved, with the rules that they can serve today: indexes into the rules. */
export interface Approver {
  readonly userId: string;
  readonly serves: readonly number[];
}

/** One approval that counts, as a request keeps it until it has enough. */
export interface Approval {
  /** Slack user id. */
  readonly by: string;
  /** The rule that it serves: an index into the request's rules. */
  readonly rule: number;
  /** The group through which they qualify for it, or "named". */
  readonly via: string;
  readonly at: Date;
}

export interface Tally {
  /** Every rule has its people. */
  readonly met: boolean;
  /** By rule: who serves it. */
  readonly serving: readonly (readonly string[])[];
  /** By rule: how many people it still needs. */
  readonly missing: readonly number[];
}

/**
 * Assigns approvers to rules, as many as can be: a maximum bipartite matching by augmenting paths.
 * @param rules what has to be met. None is never met: a policy without a rule lets no one approve.
 * @param approvers each person once; a second entry of the same person is ignored.
 */
export function tally(rules: readonly Pick<ApprovalRule, 'count'>[], approvers: readonly Approver[]): Tally {
  const serving = rules.map(() => new Map<string, Approver>());
  const people = [
    ...new Map(approvers.toReversed().map((each) => [each.userId, each])).values(),
  ].toReversed();
  for (const person of people) place(person, rules, serving, new Set());
  const missing = rules.map(({ count }, i) => count - (serving[i]?.size ?? 0));
  return {
    met: rules.length > 0 && missing.every((count) => count === 0),
    serving: serving.map((by) => [...by.keys()]),
    missing,
  };
}

/** Finds the person a place, moving others on to another rule where that makes room. */
function place(
  person: Approver,
  rules: readonly Pick<ApprovalRule, 'count'>[],
  serving: readonly Map<string, Approver>[],
  tried: Set<number>,
): boolean {
  for (const rule of person.serves) {
    const [here, most] = [serving[rule], rules[rule]?.count];
    if (here === undefined || most === undefined || tried.has(rule)) continue;
    tried.add(rule);
    if (here.size >= most && !makeRoom(here, rules, serving, tried)) continue;
    here.set(person.userId, person);
    return true;
  }
  return false;
}

function makeRoom(
  here: Map<string, Approver>,
  rules: readonly Pick<ApprovalRule, 'count'>[],
  serving: readonly Map<string, Approver>[],
  tried: Set<number>,
): boolean {
  for (const other of [...here.values()]) {
    if (!place(other, rules, serving, tried)) continue;
    here.delete(other.userId);
    return true;
  }
  return false;
}

/** By rule: how many people it still needs, as the approvals were last counted. */
export function missingBy(
  rules: readonly Pick<ApprovalRule, 'count'>[],
  approvals: readonly Pick<Approval, 'rule'>[],
): readonly number[] {
  return rules.map(({ count }, i) => Math.max(0, count - approvals.filter(({ rule }) => rule === i).length));
}
