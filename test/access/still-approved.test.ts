/** Whether the approvals of a request would be enough today; several rules, and whatever Slack and the server say. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { stillApproved } from '../../src/access/deciding/still-approved.js';
import type { RoleConfig } from '../../src/config/config.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { Person } from '../../src/messenger/messenger.js';
import { aPolicy } from '../domain/a-policy.js';
import { anActive, NOON } from '../domain/a-request.js';

const DBA = { id: 'S0DBA', name: 'dba' };
const SEC = { id: 'S0SEC', name: 'security' };
const HOUR = 3_600_000;
const approval = { via: 'dba', at: NOON };
const request = anActive({
  approvals: [
    { ...approval, by: 'U0BEN', rule: 0 },
    { ...approval, by: 'U0EVE', rule: 1 },
  ],
});
const both = {
  approvals: [
    { from: [DBA], count: 1 },
    { from: [SEC], count: 1 },
  ],
};

interface Today {
  readonly policy?: Partial<Policy>;
  readonly groups?: Readonly<Record<string, readonly string[] | null>>;
  readonly people?: Readonly<Record<string, Partial<Person> | null>>;
}

function ask(
  { policy = {}, groups = {}, people = {} }: Today,
  durationMs = HOUR,
  approved: AccessRequest = request,
) {
  const members: Today['groups'] = { S0DBA: ['U0BEN'], S0SEC: ['U0EVE'], ...groups };
  const unread = async (): Promise<never> => Promise.reject(new Error('Slack does not say'));
  const account = {
    ...{ member: true, email: null, emailUnread: null, tz: null },
    ...{ deactivated: false, bot: false, guest: false },
  };
  const deps = {
    config: { targets: new Map(), people: new Map([['U0TWIN', { login: 'ana', pagerduty: null }]]) },
    messenger: {
      person: async (id: string) =>
        people[id] === null ? unread() : { ...account, id, name: id.slice(2).toLowerCase(), ...people[id] },
      members: async (id: string) => {
        const those = members?.[id];
        return those == null ? unread() : new Set(those);
      },
    },
    inspectors: new Map(),
    logger: pino({ level: 'silent' }),
  };
  const role = { policy: aPolicy({ ...both, ...policy }), role: request.role, terms: { setRole: false } };
  // Only what it reads is there.
  return stillApproved(deps as never, approved, role as unknown as RoleConfig, durationMs);
}

it.each<[string, Today, object]>([
  ['as it was', {}, { answer: 'yes' }],
  [
    'one of the two left their group',
    { groups: { S0SEC: [] } },
    { answer: 'no', because: '@eve can no longer approve it' },
  ],
  [
    'both did',
    { groups: { S0SEC: [], S0DBA: [] } },
    { answer: 'no', because: '@ben and @eve can no longer approve it' },
  ],
  [
    'the group that counted moved on to the other',
    { groups: { S0SEC: ['U0BEN'], S0DBA: ['U0EVE'] } },
    { answer: 'yes' },
  ],
  [
    'an account was deactivated',
    { people: { U0EVE: { deactivated: true } } },
    { answer: 'no', because: '@eve can no longer approve it' },
  ],
  [
    'an account has the address of the requester by now',
    { people: { U0EVE: { email: 'ana@x.org' }, U0ANA: { email: 'ana+2@x.org' } } },
    { answer: 'no', because: '@eve can no longer approve it' },
  ],
  [
    'both accounts have one mailbox by now',
    { people: { U0EVE: { email: 'ben+2@x.org' }, U0BEN: { email: 'Ben@x.org' } } },
    { answer: 'no', because: 'its approvals are no longer enough under today’s policy and groups' },
  ],
  [
    'one of two accounts of one person left, and the other serves both',
    {
      policy: { approvals: [{ from: [DBA, SEC], count: 1 }] },
      groups: { S0SEC: [] },
      people: { U0EVE: { email: 'ben@x.org' }, U0BEN: { email: 'ben@x.org' } },
    },
    { answer: 'yes' },
  ],
  [
    'a group can’t be read that has nobody but the other account',
    {
      groups: { S0SEC: null },
      people: { U0EVE: { email: 'ben@x.org' }, U0BEN: { email: 'ben@x.org' } },
    },
    { answer: 'no', because: 'its approvals are no longer enough under today’s policy and groups' },
  ],
  [
    'a group can’t be read',
    { groups: { S0SEC: null } },
    { answer: 'unsure', why: expect.stringContaining('R-1042') },
  ],
  [
    'an account can’t be read',
    { people: { U0EVE: null } },
    { answer: 'unsure', why: expect.stringContaining('R-1042') },
  ],
  [
    'a group can’t be read that would change nothing',
    { groups: { S0SEC: null, S0DBA: [] } },
    { answer: 'no', because: 'its approvals are no longer enough under today’s policy and groups' },
  ],
  [
    'no rule is left',
    { policy: { approvals: [] } },
    { answer: 'no', because: '@ben and @eve can no longer approve it' },
  ],
  [
    'one approval more is needed',
    { policy: { approvals: [{ from: [DBA, SEC], count: 3 }] } },
    { answer: 'no', because: 'its approvals are no longer enough under today’s policy and groups' },
  ],
  [
    'a rule depends on what the role can do, which can’t be read',
    { policy: { more: [{ overMs: null, danger: 'admin', rule: { from: [DBA], count: 1 } }] } },
    { answer: 'unsure', why: expect.stringContaining('could not be read') },
  ],
])('%s', async (_, today, answer) => {
  expect(await ask(today)).toEqual(answer);
});

it('a longer request needs what longer ones need', async () => {
  const policy = { more: [{ overMs: HOUR, danger: null, rule: { from: [DBA], count: 1 } }] };
  expect(await ask({ policy })).toEqual({ answer: 'yes' });
  expect(await ask({ policy }, HOUR + 1)).toEqual({
    answer: 'no',
    because: 'its approvals are no longer enough under today’s policy and groups',
  });
});

it('who was asked because nobody answered counts, as long as the policy would ask them', async () => {
  const escalate = [{ afterMs: HOUR, remind: false, page: false, to: [{ id: 'S0SRE', name: 'sre' }] }];
  const approvals = [{ ...approval, via: 'sre', by: 'U0EVE', rule: 0 }];
  const told = anActive({ approvals, stepsTold: 1, decidedBy: 'U0EVE' });
  const policy = { approvals: [{ from: [DBA], count: 1 }], escalate };
  const groups = { S0SEC: [], S0SRE: ['U0EVE'] };
  expect(await ask({ policy, groups }, HOUR, told)).toEqual({ answer: 'yes' });
  for (const change of [
    { policy, groups: { ...groups, S0SRE: [] } },
    { policy: { ...policy, escalate: [] }, groups },
  ]) {
    expect(await ask(change, HOUR, told)).toEqual({
      answer: 'no',
      because: '@eve can no longer approve it',
    });
  }
});
