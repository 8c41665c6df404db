import { describe, expect, it } from 'vitest';
import { type Approver, tally } from '../../src/domain/policy/approvals.js';
import { randomFrom } from '../races/barrier.js';
import { miscounted } from './random-approvals.js';

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
    expect(miscounted(randomFrom(12), 100_000)).toEqual([]);
  });
});
