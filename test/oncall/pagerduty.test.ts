import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/pagerduty/faults.js';
import { type PagerDuty, startPagerDuty } from '../../sandbox/pagerduty/pagerduty.js';
import type { OnCallRule } from '../../src/domain/policy/policy.js';
import { createLogger } from '../../src/logger.js';
import type { OnCall } from '../../src/oncall/on-call.js';
import { withoutPagerDuty } from '../../src/oncall/on-call.js';
import { createPagerDuty } from '../../src/oncall/pagerduty.js';

const RULE: OnCallRule = {
  schedules: ['PNIGHT'],
  escalationPolicies: [
    { id: 'PSHOP', levels: [1] },
    { id: 'PALL', levels: null },
  ],
  slackGroups: [],
  maxMs: 3_600_000,
  maxDanger: null,
};
const ANN = { pagerduty: 'PANN', email: null };
const ANN_BY_EMAIL = { pagerduty: null, email: 'ANN@example.com' };

let pagerduty: PagerDuty;
let log: string[];

beforeEach(async () => {
  log = [];
  pagerduty = await startPagerDuty();
  pagerduty.addUser({ id: 'PJO', name: 'Joann', email: 'joann@example.com' });
  pagerduty.addUser({ id: 'PANN', name: 'Ann', email: 'Ann@example.com' });
  pagerduty.addSchedule({ id: 'PNIGHT', name: 'Night watch' });
  pagerduty.addSchedule({ id: 'PDAY', name: 'Day watch' });
  for (const id of ['PSHOP', 'PALL', 'POTHER']) {
    pagerduty.addEscalationPolicy({ id, name: `Policy ${id}`, levels: 3 });
  }
});
afterEach(() => pagerduty.close());

function open(token = pagerduty.token): OnCall {
  const logger = createLogger('info', { write: (line) => void log.push(line) });
  return createPagerDuty({ token, apiUrl: pagerduty.url, logger });
}

describe('who is on call', () => {
  const from = (minutes: number) => new Date(Date.now() + minutes * 60_000);

  test.each([
    ['by a schedule of the rule', { escalationPolicy: 'POTHER', schedule: 'PNIGHT' }],
    ['by a level that counts', { escalationPolicy: 'PSHOP', level: 1 }],
    ['by any level, where the rule names none', { escalationPolicy: 'PALL', level: 3, schedule: 'PDAY' }],
  ])('yes %s', async (_, entry) => {
    pagerduty.setOnCall({ user: 'PANN', ...entry, start: from(-60), end: from(60) });
    expect(await open().ask(ANN, RULE)).toMatchObject({ answer: 'yes' });
  });

  test.each([
    ['a level that does not count', { user: 'PANN', escalationPolicy: 'PSHOP', level: 2 }],
    [
      'a schedule and a policy not in the rule',
      { user: 'PANN', escalationPolicy: 'POTHER', schedule: 'PDAY' },
    ],
    ['somebody else', { user: 'PJO', escalationPolicy: 'PALL' }],
    ['a shift to come', { user: 'PANN', escalationPolicy: 'PALL', start: from(60), end: from(120) }],
    ['a shift that is over', { user: 'PANN', escalationPolicy: 'PALL', start: from(-120), end: from(-60) }],
  ])('no for %s', async (_, entry) => {
    pagerduty.setOnCall(entry);
    expect(await open().ask(ANN, RULE)).toEqual({ answer: 'no' });
    expect(log).toEqual([]);
  });

  test('says through what, in words', async () => {
    pagerduty.setOnCall({ user: 'PANN', escalationPolicy: 'PSHOP', schedule: 'PDAY' });
    expect(await open().ask(ANN, RULE)).toEqual({
      answer: 'yes',
      through: 'level 1 of escalation policy Policy PSHOP (PSHOP)',
    });
    pagerduty.setOnCall({ user: 'PANN', escalationPolicy: 'PSHOP', schedule: 'PNIGHT' });
    expect(await open().ask(ANN, RULE)).toEqual({ answer: 'yes', through: 'schedule Night watch (PNIGHT)' });
  });

  test('reads on past the first page, and no further than needed', async () => {
    const others = Array.from({ length: 250 }, () => ({ user: 'PANN', escalationPolicy: 'POTHER' }));
    pagerduty.setOnCall(
      ...others.slice(0, 130),
      { user: 'PANN', escalationPolicy: 'PALL' },
      ...others.slice(130),
    );
    expect(await open().ask(ANN, RULE)).toMatchObject({ answer: 'yes' });
    expect(pagerduty.calls).toHaveLength(2);
  });
});

describe('who is asked about', () => {
  beforeEach(() => pagerduty.setOnCall({ user: 'PANN', escalationPolicy: 'PALL' }));

  test('the user with exactly this e-mail address, looked up once', async () => {
    const onCall = open();
    expect(await onCall.ask(ANN_BY_EMAIL, RULE)).toMatchObject({ answer: 'yes' });
    expect(await onCall.ask(ANN_BY_EMAIL, RULE)).toMatchObject({ answer: 'yes' });
    expect(pagerduty.calls.map(({ path }) => path)).toEqual(['/users', '/oncalls', '/oncalls']);
  });

  test('the id of the configuration, before the e-mail address', async () => {
    const answer = await open().ask({ pagerduty: 'PJO', email: 'ann@example.com' }, RULE);
    expect(answer).toEqual({ answer: 'no' });
  });

  test.each([
    ['no user', 'nn@example.com'],
    ['several users', 'ann@example.com'],
    ['known', null],
  ])('nobody when there is no single one: %s', async (words, email) => {
    pagerduty.addUser({ name: 'Another Ann', email: 'ann@example.com' });
    expect(await open().ask({ pagerduty: null, email }, RULE)).toEqual({
      answer: 'unsure',
      why: expect.stringContaining(words),
    });
  });
});

describe('when PagerDuty fails', () => {
  beforeEach(() => pagerduty.setOnCall({ user: 'PANN', escalationPolicy: 'PALL' }));

  test.each<[Fault, string]>([
    [{ kind: 'status', status: 401 }, 'refused the token of Hallpass (401)'],
    [{ kind: 'status', status: 400 }, 'answered with an error (400)'],
    [{ kind: 'status', status: 500 }, 'answered with an error (500)'],
    [{ kind: 'status', status: 502 }, 'answered with an error (502)'],
    [{ kind: 'rate_limited', reset: 60 }, 'too many requests'],
    [{ kind: 'reset' }, 'could not be reached'],
    [{ kind: 'hang' }, 'did not answer within 2 s'],
  ])('%o: says so in time and once in the log, and works again afterwards', async (fault, words) => {
    const onCall = open();
    pagerduty.faults.order('*', fault, 100);
    const begun = performance.now();
    const unsure = { answer: 'unsure', why: expect.stringContaining(words) };
    const both = await Promise.all([onCall.ask(ANN, RULE), onCall.ask(ANN_BY_EMAIL, RULE)]);
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(both).toEqual([unsure, unsure]);
    expect(log).toHaveLength(1);
    pagerduty.faults.clear();
    expect(await onCall.ask(ANN_BY_EMAIL, RULE)).toMatchObject({ answer: 'yes' });
  });

  test('one 429 is waited out', async () => {
    pagerduty.faults.order('/oncalls', { kind: 'rate_limited', reset: 1 });
    expect(await open().ask(ANN, RULE)).toMatchObject({ answer: 'yes' });
  });

  test('a wrong token is told to the operators, and reaches no log', async () => {
    expect(await open('u+wrong-token').ask(ANN, RULE)).toMatchObject({ answer: 'unsure' });
    expect(log.join()).toContain('PAGERDUTY_TOKEN');
    expect(log.join()).not.toContain('wrong-token');
  });
});

test('without a token nobody is sure', async () => {
  expect(await withoutPagerDuty.ask(ANN, RULE)).toMatchObject({ answer: 'unsure' });
});
