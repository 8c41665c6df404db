import { describe, expect, it } from 'vitest';
import { type Approver, tally } from '../../src/domain/approvals.js';
import { randomFrom } from '../races/barrier.js';

const by = (userId: string, ...serves: number[]): Approver => ({ userId, serves });

describe('approvals are counted', () => {
  it('one of one is enough', () => {
    expect(tally([{ count: 1 }], [by('ana', 0)])).toEqual({ met: true, serving: [['ana']], missing: [0] });
  });

  it('no rule, no approver of a rule, or a rule for more people is never met', () => {
    expect(tally([], [by('ana')]).met).toBe(false);
    expect(tally([{ count: 1 }], [by('ana')])).toEqual({ met: false, serving: [[]], missing: [1] });
    expect(tally([{ count: 2 }], [by('ana', 0)]).missing).toEqual([1]);
    expect(tally([{ count: 1 }], [by('ana', 1, -1)]).met).toBe(false);
  });

  it('a person counts once, however often they click and whatever they could serve', () => {
    const both = [by('ana', 0, 1), by('ana', 0, 1)];
    expect(tally([{ count: 1 }, { count: 1 }], both)).toMatchObject({ met: false, missing: [0, 1] });
    expect(tally([{ count: 2 }], both).met).toBe(false);
  });

  it('who can serve either rule serves the one that others leave, whatever the order', () => {
    const rules = [{ count: 1 }, { count: 1 }];
    for (const clicks of [
      [by('ben', 0, 1), by('cora', 0)],
      [by('cora', 0), by('ben', 0, 1)],
    ]) {
      expect(tally(rules, clicks)).toMatchObject({ met: true, serving: [['cora'], ['ben']] });
    }
  });

  it('agrees with trying every assignment, on 100,000 random policies', () => {
    const random = randomFrom(12);
    const upTo = (n: number) => Math.floor(random() * (n + 1));
    for (let i = 0; i < 100_000; i += 1) {
      const rules = Array.from({ length: upTo(3) }, () => ({ count: 1 + upTo(2) }));
      const people = Array.from({ length: upTo(6) }, (_, n) =>
        by(`U${upTo(9) === 0 ? 0 : n}`, ...[...rules.keys()].filter(() => random() < 0.5)),
      );
      const counted = tally(rules, people);
      const twice = new Set(counted.serving.flat()).size < counted.serving.flat().length;
      if (twice || counted.met !== canMeet(rules, people)) {
        expect.unreachable(JSON.stringify({ rules, people, counted }));
      }
    }
  });
});

/** Tries every assignment. */
function canMeet(rules: readonly { readonly count: number }[], people: readonly Approver[]): boolean {
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
