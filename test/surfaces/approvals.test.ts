import { describe, expect, it } from 'vitest';
import { approversOf, progress, stillNeeded } from '../../src/surfaces/request/approvals.js';
import { NOON } from '../domain/a-request.js';

const group = (n: number) => ({ id: `S0G${n}`, name: `g${n}` });
const approval = (by: string, rule: number, via = `g${rule}`) => ({ by, rule, via, at: NOON });
const rules = [
  { from: [group(0)], count: 1 },
  { from: [group(1), { id: 'U0EVE', name: null }], count: 2 },
];
const asked = rules.flatMap(({ from }) => from);

describe('what a request still needs', () => {
  it('is said rule by rule, and counts what is there', () => {
    expect(progress({ rules, approvals: [], asked }, null)).toBe(
      'Needs 1 of <!subteam^S0G0> and 2 of <!subteam^S0G1>, <@U0EVE>',
    );
    const approvals = [approval('U0BEN', 1), approval('U0EVE', 1, 'named')];
    expect(progress({ rules, approvals, asked }, 'U0BEN')).toBe(
      '2 of 3: you (g1), <@U0EVE>; still needed: 1 of <!subteam^S0G0>',
    );
  });

  it('names nobody who is quiet', () => {
    expect(stillNeeded({ rules, approvals: [], asked: [group(1)] })).toBe(
      '1 other approver and 2 of <!subteam^S0G1>',
    );
  });

  it('fits into a section however many rules and approvals there are', () => {
    const many = Array.from({ length: 20 }, (_, r) => ({
      from: Array.from({ length: 30 }, (_, n) => ({ id: `S0123456789ABC${r}X${n}`, name: null })),
      count: 3,
    }));
    const all = many.flatMap(({ from }) => from);
    const approvals = Array.from({ length: 30 }, (_, n) =>
      approval(`U0123456789ABC${n}`, n % 20, 'x'.repeat(500)),
    );
    const said = progress({ rules: many, approvals, asked: all }, null);
    expect(said.length).toBeLessThan(3_000);
    expect(stillNeeded({ rules: many, approvals: [], asked: all })).toMatch(/ and 45 more approvals$/);
    expect(stillNeeded({ rules: many, approvals: [], asked: all }).length).toBeLessThan(2_500);
    expect(approversOf({ rules: many, approvals }, null)).toMatch(/ and 25 more$/);
  });
});
