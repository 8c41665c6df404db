/** What each rule answers, for everything that PagerDuty, Slack and the inspection may say. */
import { describe, expect, test } from 'vitest';
import { automatic } from '../../src/access/deciding/automatic.js';
import { onCall } from '../../src/access/deciding/on-call.js';
import type { RuleAnswer } from '../../src/access/deciding/rule-answer.js';
import type { RoleConfig } from '../../src/config/config.js';
import type { OnCallRule } from '../../src/domain/policy/policy.js';
import type { Danger } from '../../src/domain/postgres/danger.js';
import type { PreviewResult } from '../../src/domain/postgres/preview.js';
import type { OnCallAnswer } from '../../src/oncall/on-call.js';
import { aPolicy } from '../domain/a-policy.js';
import { aRequest, TERMS } from '../domain/a-request.js';

const HOUR = 3_600_000;
const GROUP = { id: 'S0ONCALL', name: 'oncall' };
const ALSO = { id: 'S0ALSO', name: null };
const YES: OnCallAnswer = { answer: 'yes', through: 'schedule P1' };
const NO: OnCallAnswer = { answer: 'no' };
const DOWN: OnCallAnswer = { answer: 'unsure', why: 'PagerDuty could not be reached.' };
const SILENT = 'Slack did not say who is in @oncall.';
const IN: ReadonlySet<string> = new Set(['U0ANA']);
const OUT: ReadonlySet<string> = new Set(['U0BEN']);

const can = (danger: Danger, unreadDanger: Danger = 'none'): PreviewResult => ({
  ok: true,
  preview: {
    danger,
    unreadDanger,
    ...{ reasons: ['changes rows'], unreadReason: 'may own tables', databases: [], unread: [] },
    ...{ moreUnread: 0, leaks: [] },
  },
});
const UNREAD: PreviewResult = { ok: false, why: 'no answer' };

function roleWith(change: Parameters<typeof aPolicy>[0]): RoleConfig {
  return { role: 'orders', about: null, channel: 'C0', origins: [], policy: aPolicy(change), terms: TERMS };
}

const moment = (danger: PreviewResult, said: ReadonlySet<string> | string = OUT) => ({
  danger: async () => danger,
  members: async () => said,
});

describe('on call', () => {
  const rule: OnCallRule = {
    schedules: ['P1'],
    escalationPolicies: [],
    slackGroups: [GROUP],
    maxMs: HOUR,
    maxDanger: null,
  };
  async function asked(
    pagerduty: OnCallAnswer,
    group: ReadonlySet<string> | string,
    danger: PreviewResult,
    change: Partial<OnCallRule> = {},
  ): Promise<RuleAnswer> {
    const messenger = { person: () => Promise.reject(new Error('nobody asks who that is')) };
    const deps = {
      messenger,
      config: { people: new Map([['U0ANA', { login: 'ana', pagerduty: 'PANA' }]]) },
      onCall: { ask: async () => pagerduty },
    };
    const role = roleWith({ onCall: { ...rule, ...change }, maxMs: 4 * HOUR });
    return onCall.ask(deps, aRequest(), role, moment(danger, group));
  }
  const by = (through: string): RuleAnswer => ({ answer: 'yes', through, maxMs: HOUR });

  test.each<[string, OnCallAnswer, ReadonlySet<string> | string, PreviewResult, RuleAnswer]>([
    ['PagerDuty says yes', YES, OUT, can('write'), by('schedule P1')],
    ['PagerDuty says yes of anything', YES, OUT, can('admin'), by('schedule P1')],
    ['PagerDuty says yes, and Slack nothing', YES, SILENT, UNREAD, by('schedule P1')],
    ['the group says yes', NO, IN, can('write'), by('@oncall')],
    ['the group says yes while PagerDuty is down', DOWN, IN, can('read'), by('@oncall')],
    ['both say yes', YES, IN, can('admin'), by('schedule P1')],
    ['neither', NO, OUT, can('read'), NO],
    ['neither, and nothing is known of the role', NO, OUT, UNREAD, NO],
    ['Slack does not say', NO, SILENT, can('read'), { answer: 'unsure', why: SILENT }],
    [
      'neither answers',
      DOWN,
      SILENT,
      can('read'),
      { answer: 'unsure', why: `PagerDuty could not be reached. ${SILENT}` },
    ],
    [
      'the group, for admin',
      NO,
      IN,
      can('admin'),
      {
        answer: 'unsure',
        why: 'orders is of danger “admin”, and at most “write” is approved by a Slack group here: it changes rows.',
      },
    ],
    [
      'the group, and a database that is not read may hold admin',
      NO,
      IN,
      can('read', 'admin'),
      {
        answer: 'unsure',
        why: 'orders is of danger up to “admin”, and at most “write” is approved by a Slack group here: it may own tables.',
      },
    ],
    [
      'the group, and nothing is known of the role',
      NO,
      IN,
      UNREAD,
      { answer: 'unsure', why: 'what orders can do could not be read (no answer).' },
    ],
  ])('%s', async (_, pagerduty, group, danger, answer) => {
    expect(await asked(pagerduty, group, danger)).toEqual(answer);
  });

  test('max_danger is for both', async () => {
    expect(await asked(YES, IN, can('read'), { maxDanger: 'read' })).toEqual(by('schedule P1'));
    const why =
      'orders is of danger “write”, and at most “read” is approved by on call here: it changes rows. orders is of danger “write”, and at most “read” is approved by a Slack group here: it changes rows.';
    expect(await asked(YES, IN, can('write'), { maxDanger: 'read' })).toEqual({ answer: 'unsure', why });
    expect(await asked(YES, OUT, UNREAD, { maxDanger: 'admin' })).toMatchObject({ answer: 'unsure' });
    // max_danger: admin widens nothing for a group.
    expect(await asked(NO, IN, can('admin'), { maxDanger: 'admin' })).toMatchObject({ answer: 'unsure' });
  });

  test('where only groups are named, PagerDuty is not asked, nor is it of a group that does not exist', async () => {
    const only = { schedules: [], slackGroups: [ALSO] };
    expect(await asked(DOWN, IN, can('read'), only)).toEqual(by('@S0ALSO'));
    expect(await asked(DOWN, OUT, can('read'), only)).toEqual(NO);
  });

  test('a person who is named as a group is not on call by that', async () => {
    const named = { schedules: [], slackGroups: [{ id: 'U0ANA', name: null }] };
    expect(await asked(YES, IN, can('read'), named)).toEqual(NO);
  });
});

describe('automatic', () => {
  const rule = { maxMs: HOUR / 2, maxDanger: 'read', hours: null } as const;
  const through = 'up to 30 minutes, danger up to “read”';
  const short = aRequest({ wishedMs: HOUR / 2, durationMs: HOUR / 2 });
  const asked = (danger: PreviewResult, request = short, change = {}) =>
    automatic.ask(null, request, roleWith({ automatic: rule, ...change }), moment(danger));

  test.each<[string, PreviewResult, RuleAnswer]>([
    ['as harmless as it may be', can('read'), { answer: 'yes', through, maxMs: HOUR / 2 }],
    ['too dangerous', can('write'), NO],
    ['too dangerous in what was not read', can('none', 'write'), NO],
    ['unread', UNREAD, { answer: 'unsure', why: 'what orders can do could not be read (no answer).' }],
  ])('a short request for a role that is %s', async (_, danger, answer) => {
    expect(await asked(danger)).toEqual(answer);
  });

  test('never for longer than the policy', async () => {
    expect(await asked(can('read'), short, { maxMs: 60_000 })).toMatchObject({ maxMs: 60_000 });
  });

  test('no more, once the rule is gone or the request too long for it', async () => {
    expect(await asked(can('read'), aRequest({ wishedMs: HOUR }))).toEqual(NO);
    expect(await asked(can('read'), short, { automatic: null })).toEqual(NO);
  });
});
