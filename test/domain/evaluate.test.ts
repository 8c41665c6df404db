/** What would become of a request, for everything that may have been looked up. */
import { describe, expect, test } from 'vitest';
import { type Asked, evaluate, type Facts, isWorthAsking } from '../../src/domain/policy/evaluate.js';
import type { Policy, Principal } from '../../src/domain/policy/policy.js';
import { aPolicy } from './a-policy.js';
import { later, NOON } from './a-request.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const group = (name: string): Principal => ({ id: `S0${name.toUpperCase()}`, name });
const rule = (name: string, count = 1) => ({ from: [group(name)], count });
const step = { remind: false, to: [], page: false };
const LEADS = { overMs: 4 * HOUR, danger: null, rule: rule('leads') };
const SECURITY = { overMs: null, danger: 'admin' as const, rule: rule('security') };

const groups = (members: Readonly<Record<string, readonly string[] | null>>): Facts['groups'] =>
  new Map(Object.entries(members).map(([id, ids]) => [id, ids === null ? null : new Set(ids)]));

const facts: Facts = {
  policy: aPolicy({ maxMs: 8 * HOUR }),
  wishedMs: HOUR,
  at: NOON,
  obstacles: [],
  danger: 'read',
  byRule: null,
  unsure: [],
  inEmergency: false,
  deciders: { people: ['U0BEN', 'U0CORA'], accounts: [], unread: new Set(), cant: new Map(), nobody: [] },
  groups: groups({ S0DBA: ['U0BEN', 'U0CORA'] }),
};

function asked(change: Partial<Facts>, policy: Partial<Policy> = {}): Asked {
  const evaluation = evaluate({ ...facts, ...change, policy: { ...facts.policy, ...policy } });
  if (evaluation.verdict !== 'ask') throw new Error(evaluation.verdict);
  return evaluation.asked;
}

describe('the verdict', () => {
  const nobody = [{ approver: group('dba'), because: 'empty' as const, fix: null }];
  const none = { ...facts.deciders, people: [], nobody };
  const onCall = { rule: 'on_call', through: 'schedule P1', maxMs: HOUR / 2 } as const;
  const obstacles = [{ says: 'No.', unread: false }];

  test.each<[string, Partial<Facts>, object, boolean]>([
    ['approvers', {}, { verdict: 'ask' }, true],
    ['an obstacle', { obstacles }, { verdict: 'refuse', obstacles }, false],
    ['an obstacle, whatever rules say', { obstacles, byRule: onCall }, { verdict: 'refuse' }, false],
    [
      'a rule, for as long as it gives',
      { byRule: onCall },
      { verdict: 'allow', rule: 'on_call', forMs: HOUR / 2 },
      true,
    ],
    [
      'a rule, for as long as was wished',
      { byRule: { ...onCall, maxMs: 4 * HOUR } },
      { verdict: 'allow', forMs: HOUR },
      true,
    ],
    ['a rule where no one could decide', { byRule: onCall, deciders: none }, { verdict: 'allow' }, true],
    [
      'a rule that could not be asked is no yes',
      { unsure: ['PagerDuty is down.'] },
      { verdict: 'ask', unsure: ['PagerDuty is down.'] },
      true,
    ],
    [
      'no one',
      { deciders: none, groups: groups({ S0DBA: [] }) },
      { verdict: 'ask', asked: { enough: 'no' } },
      false,
    ],
    [
      'a group that Slack does not tell of',
      { deciders: { ...none, nobody: [] }, groups: groups({ S0DBA: null }) },
      { verdict: 'ask', asked: { enough: 'unread', unread: [group('dba')] } },
      false,
    ],
    [
      'people that Slack does not tell of',
      { deciders: { ...facts.deciders, unread: new Set(['U0BEN', 'U0CORA']) } },
      { verdict: 'ask', asked: { enough: 'unread', needs: [{ can: 0 }] } },
      false,
    ],
    [
      'one of two of whom Slack tells',
      { deciders: { ...facts.deciders, unread: new Set(['U0BEN']) } },
      { verdict: 'ask', asked: { enough: 'yes', needs: [{ can: 1 }] } },
      true,
    ],
  ])('%s', (_, change, verdict, isWorth) => {
    const evaluation = evaluate({ ...facts, ...change });
    expect(evaluation).toMatchObject(verdict);
    expect(isWorthAsking(evaluation)).toBe(isWorth);
  });
});

describe('which rules, and why', () => {
  const more = [LEADS, SECURITY];
  const whys = (change: Partial<Facts>) =>
    asked(change, { more }).needs.map(({ rule: { from }, because }) => [from[0]?.name, ...because]);

  test.each<[string, Partial<Facts>, readonly (readonly string[])[], number]>([
    ['short and harmless', {}, [['dba']], 1],
    ['as long as is usual', { wishedMs: 4 * HOUR }, [['dba']], 1],
    ['longer', { wishedMs: 5 * HOUR }, [['dba'], ['leads', 'over']], 0],
    ['dangerous', { danger: 'superuser' }, [['dba'], ['security', 'danger']], 1],
    [
      'longer, of unknown danger',
      { wishedMs: 5 * HOUR, danger: null },
      [['dba'], ['leads', 'over'], ['security', 'danger']],
      0,
    ],
  ])('%s', (_, change, needs, ifLonger) => {
    expect(whys(change)).toEqual(needs);
    expect(asked(change, { more }).ifLonger).toHaveLength(ifLonger);
  });

  test('different people have to serve them, and each is counted for what they can serve', () => {
    const approvals = [rule('dba'), rule('security')];
    const both = { S0DBA: ['U0BEN', 'U0CORA'], S0SECURITY: ['U0CORA'] };
    expect(asked({ groups: groups(both) }, { approvals })).toMatchObject({
      enough: 'yes',
      needs: [{ can: 2 }, { can: 1 }],
      sizes: [
        [group('dba'), 2],
        [group('security'), 1],
      ],
    });
    const one = { ...facts.deciders, people: ['U0CORA'] };
    expect(asked({ groups: groups(both), deciders: one }, { approvals }).enough).not.toBe('yes');
  });

  test('two accounts of one person are one person', () => {
    const approvals = [rule('dba', 2)];
    const account = (userId: string, login: string) => {
      return { userId, logins: new Set([login]), loginByAddress: null, email: null };
    };
    const as = (login: string) => ({
      deciders: { ...facts.deciders, accounts: [account('U0BEN', 'ben'), account('U0CORA', login)] },
    });
    expect(asked(as('ben'), { approvals })).toMatchObject({ needs: [{ can: 1 }] });
    expect(asked(as('ben'), { approvals }).enough).not.toBe('yes');
    expect(asked(as('cora'), { approvals })).toMatchObject({ needs: [{ can: 2 }], enough: 'yes' });
  });

  test('who is quiet serves any rule, and is not named', () => {
    const quiet = [{ id: 'U0EVE', name: null }];
    const deciders = { ...facts.deciders, people: ['U0BEN', 'U0EVE'] };
    const seen = asked({ deciders }, { quiet });
    expect(seen.asked).toEqual([group('dba')]);
    expect(seen.needs).toMatchObject([{ can: 2 }]);
  });
});

describe('while no one decides', () => {
  test.each<[string, Partial<Policy>, readonly number[], number]>([
    ['without a ladder', { pendingTimeoutMs: 2 * HOUR }, [], 2 * HOUR],
    [
      'step by step',
      {
        pendingTimeoutMs: 2 * HOUR,
        escalate: [
          { ...step, afterMs: 10 * MINUTE, remind: true },
          { ...step, afterMs: 30 * MINUTE, to: [group('leads')] },
        ],
      },
      [10 * MINUTE, 30 * MINUTE],
      2 * HOUR,
    ],
    [
      'steps are told apart, and the last has time to be answered',
      {
        pendingTimeoutMs: 10 * MINUTE,
        escalate: [
          { ...step, afterMs: 9 * MINUTE, remind: true },
          { ...step, afterMs: 9 * MINUTE, page: true },
        ],
      },
      [9 * MINUTE, 9 * MINUTE + 15_000],
      14 * MINUTE + 15_000,
    ],
  ])('%s', (_, policy, steps, lapses) => {
    const seen = asked({}, policy);
    expect(seen.steps.map(({ at }) => at)).toEqual(steps.map(later));
    expect(seen.lapsesAt).toEqual(later(lapses));
  });

  test('only shorter durations are offered instead', () => {
    expect(asked({}, { durationsMs: [MINUTE, HOUR, 2 * HOUR] }).shorterMs).toEqual([MINUTE]);
  });
});
