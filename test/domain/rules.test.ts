import { describe, expect, test } from 'vitest';
import { type OfficeHours, parseHours } from '../../src/domain/policy/office-hours.js';
import type { OnCallRule } from '../../src/domain/policy/policy.js';
import {
  asksPagerDuty,
  isAutomaticNow,
  isShortEnough,
  mayApproveAtOnce,
  mostByGroup,
  onCallGroups,
} from '../../src/domain/policy/rules.js';
import type { Danger } from '../../src/domain/postgres/danger.js';
import { aPolicy } from './a-policy.js';
import { aRequest } from './a-request.js';

const HOUR = 3_600_000;
const onCall: OnCallRule = {
  schedules: [],
  escalationPolicies: [],
  slackGroups: [],
  maxMs: HOUR,
  maxDanger: null,
};
const automatic = { maxMs: HOUR, maxDanger: 'read', hours: null } as const;

function hours(text: string): OfficeHours {
  const read = parseHours(text);
  if ('wrong' in read) throw new Error(read.wrong);
  return read;
}

test.each([
  [{}, false],
  [{ onCall }, true],
  [{ automatic }, true],
])('a card waits for a rule that may approve: %o', (rules, waits) => {
  expect(mayApproveAtOnce(aPolicy(rules))).toBe(waits);
});

describe('on call', () => {
  test('PagerDuty is asked only where the rule names something of it', () => {
    expect(asksPagerDuty(onCall)).toBe(false);
    expect(asksPagerDuty({ ...onCall, schedules: ['P1'] })).toBe(true);
    expect(asksPagerDuty({ ...onCall, escalationPolicies: [{ id: 'P2', levels: null }] })).toBe(true);
  });

  test('a person is no group that follows a schedule', () => {
    const group = { id: 'S0ONCALL', name: 'oncall' };
    const slackGroups = [{ id: 'U0ANA', name: 'oncall' }, group, { id: 'W0BEN', name: null }];
    expect(onCallGroups({ ...onCall, slackGroups })).toEqual([group]);
  });

  test.each<[Danger | null, Danger]>([
    [null, 'write'],
    ['none', 'none'],
    ['read', 'read'],
    ['write', 'write'],
    ['admin', 'write'],
    ['superuser', 'write'],
  ])('with max_danger %s, a group approves at most %s', (maxDanger, most) => {
    expect(mostByGroup({ ...onCall, maxDanger })).toBe(most);
  });
});

describe('automatic', () => {
  test.each([
    [HOUR - 1, true],
    [HOUR, true],
    [HOUR + 1, false],
  ])('of a rule for an hour, %d ms: %s', (wishedMs, isCovered) => {
    expect(isShortEnough(aPolicy({ automatic }), aRequest({ wishedMs }))).toBe(isCovered);
    // What an approver of several shortened is not what was asked for.
    const shortened = aRequest({ wishedMs, durationMs: 1 });
    expect(isShortEnough(aPolicy({ automatic }), shortened)).toBe(isCovered);
  });

  test('without a rule, nothing is', () => {
    expect(isShortEnough(aPolicy(), aRequest({ wishedMs: 1 }))).toBe(false);
    expect(isAutomaticNow(aPolicy(), aRequest({ wishedMs: 1 }), new Date())).toBe(false);
  });

  test.each([
    ['2026-03-27T07:00:00Z', true, 'Friday at eight, before the clocks go forward'],
    ['2026-03-30T06:00:00Z', true, 'Monday at eight, after that night'],
    ['2026-03-30T05:59:59Z', false, 'Monday, a second before eight'],
    ['2026-03-30T15:59:59Z', true, 'a second before six'],
    ['2026-03-30T16:00:00Z', false, 'at six'],
    ['2026-03-28T10:00:00Z', false, 'on a Saturday'],
  ])('at %s: %s (%s)', (at, isCovered) => {
    const policy = aPolicy({
      automatic: { ...automatic, hours: hours('Mon-Fri 08:00-18:00 Europe/Berlin') },
    });
    expect(isAutomaticNow(policy, aRequest({ wishedMs: HOUR }), new Date(at))).toBe(isCovered);
    expect(isAutomaticNow(policy, aRequest({ wishedMs: HOUR + 1 }), new Date(at))).toBe(false);
  });
});
