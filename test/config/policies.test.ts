/** What a policy says of who decides, how long that may take, and what is granted without an approver. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainRole } from '../../src/config/explain.js';
import { loadConfig } from '../../src/config/load.js';
import { folderWith, load } from './files.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DBA = { id: 'S0123456789', name: 'dba' };
const SECURITY = { id: 'S0123456788', name: 'security' };
const BEN = { id: 'U0123456786', name: null };

/** `defaults` and `policy` are the insides of a map; the role `r` has the policy `write` and `role` beside it. */
const file = (defaults: string, policy = '', role = '') => `
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789, security: S0123456788, oncall-db: S0123456787 }
defaults: { ${defaults} }
policies:
  write: { ${policy} }
targets:
  shop:
    url: postgres://hallpass@db/shop
    roles:
      r: { policy: write, ${role} }
`;
const policyOf = (...parts: Parameters<typeof file>) =>
  load(file(...parts))
    .targets.get('shop')
    ?.roles.get('r')?.policy;

const WHOLE = `
        approvals:
          - { from: [dba] }
          - { from: [security, U0123456786], count: 2 }
        more:
          - { over: 4h, from: [security] }
          - { danger: admin, from: [security], count: 2 }
        quiet: [U0123456786]
        notify: approvers
        on_call: { schedules: [PABC123], slack: [oncall-db], max: 1h, max_danger: write }
        automatic: { max: 30m, max_danger: read, hours: "Mon-Fri 08:00-18:00 Europe/Berlin" }
        repeat: 7d
        extend: { times: 2, total: 8h }
        escalate:
          - { after: 10m, remind: true }
          - { after: 30m, to: [security] }
          - { after: 30m, page: true }
        break_glass: { who: [dba], max: 1h, review: [security] }
        reason: { required: true, pattern: "[A-Z]+-\\\\d+", hint: "The ticket, like OPS-123", link: "https://tickets.example.com/browse/{0}" }
        deny_reason: required
`;
const whole = `
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789, security: S0123456788, oncall-db: S0123456787 }
targets:
  shop:
    url: postgres://hallpass@db/shop
    roles:
      r:${WHOLE}`;

test('every key is read', () => {
  expect(load(whole).targets.get('shop')?.roles.get('r')?.policy).toMatchObject({
    approvals: [
      { from: [DBA], count: 1 },
      { from: [SECURITY, BEN], count: 2 },
    ],
    more: [
      { overMs: 4 * HOUR, danger: null, rule: { from: [SECURITY], count: 1 } },
      { overMs: null, danger: 'admin', rule: { from: [SECURITY], count: 2 } },
    ],
    quiet: [BEN],
    notify: 'approvers',
    onCall: {
      schedules: ['PABC123'],
      escalationPolicies: [],
      slackGroups: [{ id: 'S0123456787', name: 'oncall-db' }],
      maxMs: HOUR,
      maxDanger: 'write',
    },
    automatic: {
      maxMs: 30 * MINUTE,
      maxDanger: 'read',
      hours: { from: 8 * 60, to: 18 * 60, zone: 'Europe/Berlin' },
    },
    repeatMs: 7 * 24 * HOUR,
    extend: { times: 2, totalMs: 8 * HOUR },
    escalate: [
      { afterMs: 10 * MINUTE, remind: true, to: [], page: false },
      { afterMs: 30 * MINUTE, remind: false, to: [SECURITY], page: false },
      { afterMs: 30 * MINUTE, remind: false, to: [], page: true },
    ],
    breakGlass: { who: [DBA], maxMs: HOUR, review: [SECURITY] },
    reasonRequired: true,
    reasonRule: {
      pattern: '[A-Z]+-\\d+',
      hint: 'The ticket, like OPS-123',
      link: 'https://tickets.example.com/browse/{0}',
    },
    denyReasonRequired: true,
  });
});

test('each value is explained by its line', () => {
  const folder = folderWith(whole);
  const said = explainRole(loadConfig(join(folder, 'hallpass.yaml'), {}), 'shop/r')
    .replaceAll(`${folder}/hallpass.yaml:`, '')
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(said.slice(2, 25)).toEqual([
    ['approvals', '1 of dba (S0123456789); 2 of security (S0123456788), U0123456786', '9'],
    [
      'more',
      '1 of security (S0123456788) when longer than 4h; 2 of security (S0123456788) when the role is of danger admin',
      '12',
    ],
    ['quiet', 'U0123456786', '15'],
    ['notify', 'approvers', '16'],
    ['on_call.schedules', 'PABC123', '17'],
    ['on_call.slack', 'oncall-db (S0123456787)', '17'],
    ['on_call.max', '1h', '17'],
    ['on_call.max_danger', 'write', '17'],
    ['automatic.max', '30m', '18'],
    ['automatic.max_danger', 'read', '18'],
    ['automatic.hours', 'Mon-Fri 08:00-18:00 Europe/Berlin', '18'],
    ['repeat', '7d', '19'],
    ['extend.times', '2', '20'],
    ['extend.total', '8h', '20'],
    ['escalate', '10m: remind; 30m: ask security (S0123456788); 30m: page', '21'],
    ['break_glass.who', 'dba (S0123456789)', '25'],
    ['break_glass.max', '1h', '25'],
    ['break_glass.review', 'security (S0123456788)', '25'],
    ['reason', 'required', '26'],
    ['reason.pattern', '[A-Z]+-\\d+', '26'],
    ['reason.hint', 'The ticket, like OPS-123', '26'],
    ['reason.link', 'https://tickets.example.com/browse/{0}', '26'],
    ['deny_reason', 'required', '27'],
  ]);
});

test('of approvers and approvals the nearer one wins', () => {
  const two = '{ from: security, count: 2 }';
  expect(policyOf('approvers: dba', `approvals: ${two}`)?.approvals).toEqual([
    { from: [SECURITY], count: 2 },
  ]);
  expect(policyOf(`approvals: ${two}`, 'approvers: dba')?.approvals).toEqual([{ from: [DBA], count: 1 }]);
  expect(policyOf('approvers: dba', `approvals: ${two}`, 'approvers: U0123456786')?.approvals).toEqual([
    { from: [BEN], count: 1 },
  ]);
});

test('maps merge by key, null and none switch off, lists are replaced whole', () => {
  const further =
    'approvers: dba, more: { danger: write, from: security }, quiet: dba, repeat: 7d, escalate: { after: 1h, page: true }, extend: { times: 2, total: 8h }, automatic: { max: 2h, max_danger: read, hours: "Mon-Sun 08:00-18:00 UTC" }, break_glass: { who: dba, review: security }, on_call: { schedules: PAAAAAA }';
  expect(
    policyOf(further, 'extend: { times: 0 }, automatic: { max_danger: write }, break_glass: { max: 20m }'),
  ).toMatchObject({
    extend: { times: 0, totalMs: 8 * HOUR },
    automatic: { maxMs: 2 * HOUR, maxDanger: 'write', hours: { zone: 'UTC' } },
    breakGlass: { who: [DBA], review: [SECURITY], maxMs: 20 * MINUTE },
  });
  expect(
    policyOf(
      further,
      'more: none, quiet: null, repeat: null, escalate: null, automatic: null, break_glass: null, on_call: null',
      'automatic: null',
    ),
  ).toMatchObject({
    more: [],
    quiet: [],
    repeatMs: null,
    escalate: [],
    automatic: null,
    breakGlass: null,
    onCall: null,
  });
  // A nearer max cuts off what is further away.
  expect(policyOf(further, 'max: 30m')).toMatchObject({
    automatic: { maxMs: 30 * MINUTE },
    breakGlass: { maxMs: 30 * MINUTE },
  });
});

test('a word for reason keeps what must stand in it, which null switches off', () => {
  const ticket = 'approvers: dba, reason: { pattern: "OPS-\\\\d+", hint: like OPS-1 }';
  const rule = { pattern: 'OPS-\\d+', hint: 'like OPS-1', link: null };
  expect(policyOf(ticket)).toMatchObject({ reasonRequired: true, reasonRule: rule });
  expect(policyOf(ticket, 'reason: optional')).toMatchObject({ reasonRequired: false, reasonRule: rule });
  expect(policyOf(ticket, 'reason: optional', 'reason: { required: true, pattern: null }')).toMatchObject({
    reasonRequired: true,
    reasonRule: null,
  });
});

test('a Slack group on call has no limit in the file unless one is said, and never admin', () => {
  expect(policyOf('approvers: dba, on_call: { slack: oncall-db }')?.onCall).toEqual({
    schedules: [],
    escalationPolicies: [],
    slackGroups: [{ id: 'S0123456787', name: 'oncall-db' }],
    maxMs: HOUR,
    maxDanger: null,
  });
  expect(policyOf('approvers: dba, on_call: { schedules: PABC123 }')?.onCall?.maxDanger).toBeNull();
});

test('rules that share people are accepted as long as different people can meet them', () => {
  const [a, b] = ['U0123456781', 'U0123456782'];
  expect(policyOf(`approvals: [{ from: [${a}, ${b}] }, { from: [${a}] }]`)?.approvals).toHaveLength(2);
  expect(policyOf(`approvals: [{ from: [${a}] }, { from: [${a}, dba] }]`)?.approvals).toHaveLength(2);
  // Someone who is quiet, and in no rule, can serve any.
  expect(policyOf(`approvals: [{ from: ${a} }, { from: ${a} }], quiet: ${b}`)?.approvals).toHaveLength(2);
});
