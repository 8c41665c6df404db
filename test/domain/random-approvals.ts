/** Random policies and approvers, counted by `tally` and by trying every assignment; for tests and for chaos. */
import { type ApprovalRule, type Approver, tally } from '../../src/domain/policy/approvals.js';

/** Tries every assignment of people to what the rules ask for. */
export function canMeet(rules: readonly Pick<ApprovalRule, 'count'>[], people: readonly Approver[]): boolean {
  const known = [...new Map(people.map((each) => [each.userId, each])).keys()];
  const serves = (userId: string) => people.find((each) => each.userId === userId)?.serves ?? [];
  const slots = rules.flatMap(({ count }, rule) => Array.from({ length: count }, () => rule));
  const fill = (slot: number, used: ReadonlySet<string>): boolean => {
    const rule = slots[slot];
    if (rule === undefined) return rules.length > 0;
    return known.some(
      (userId) =>
        !used.has(userId) && serves(userId).includes(rule) && fill(slot + 1, new Set([...used, userId])),
    );
  };
  return fill(0, new Set());
}

/** @param random numbers from 0 to 1. @returns those of so many random policies that are counted otherwise, as JSON */
export function miscounted(random: () => number, policies: number): readonly string[] {
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  return Array.from({ length: policies }).flatMap(() => {
    const rules = Array.from({ length: upTo(3) }, () => ({ count: 1 + upTo(2) }));
    const people = Array.from({ length: upTo(6) }, (_, n) => ({
      userId: `U${upTo(9) === 0 ? 0 : n}`,
      serves: [...rules.keys()].filter(() => random() < 0.5),
    }));
    const counted = tally(rules, people);
    const twice = new Set(counted.serving.flat()).size < counted.serving.flat().length;
    const isWrong = twice || counted.met !== canMeet(rules, people);
    return isWrong ? [JSON.stringify({ rules, people, counted })] : [];
  });
}
