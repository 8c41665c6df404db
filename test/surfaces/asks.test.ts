/** What the form says of who will be asked. */
import { expect, test } from 'vitest';
import type { Policy, Principal } from '../../src/domain/policy/policy.js';
import type { Danger } from '../../src/domain/postgres/danger.js';
import { asks } from '../../src/surfaces/forms/who-is-asked.js';
import { aPolicy } from '../domain/a-policy.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const group = (name: string): Principal => ({ id: `S0${name.toUpperCase()}`, name });
const rule = (name: string, count = 1) => ({ from: [group(name)], count });
const DBA = '<!subteam^S0DBA>';
const SECURITY = '<!subteam^S0SECURITY>';
const hours = {
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
  from: 8 * 60,
  to: 18 * 60,
  zone: 'Europe/Berlin',
} as const;
const automatic = { maxMs: 30 * MINUTE, maxDanger: 'read', hours } as const;
const onCall = {
  ...{ schedules: ['P1'], escalationPolicies: [], slackGroups: [], maxMs: HOUR, maxDanger: null },
};
const more = [
  { overMs: 4 * HOUR, danger: null, rule: rule('leads') },
  { overMs: null, danger: 'admin' as const, rule: rule('security') },
];

test.each<[string, Partial<Policy>, Danger | null, readonly string[]]>([
  ['one approver', {}, 'read', [`Asked to decide: ${DBA}`]],
  [
    'two',
    { approvals: [rule('dba'), rule('security')] },
    'read',
    [`Needs 1 of ${DBA} and 1 of ${SECURITY}.`],
  ],
  [
    'who is quiet is not named',
    { approvals: [{ from: [group('dba'), group('cto')], count: 2 }], quiet: [group('cto')] },
    'read',
    [`Needs 2 of ${DBA}.`],
  ],
  [
    'a longer request',
    { more },
    'write',
    [`Asked to decide: ${DBA}`, 'Longer than 4 hours it also needs 1 of <!subteam^S0LEADS>.'],
  ],
  [
    'a dangerous role',
    { more },
    'admin',
    [`Needs 1 of ${DBA} and 1 of ${SECURITY}.`, 'Longer than 4 hours it also needs 1 of <!subteam^S0LEADS>.'],
  ],
  [
    'a role of which nothing is known yet',
    { more },
    null,
    [
      `Asked to decide: ${DBA}`,
      `Longer than 4 hours it also needs 1 of <!subteam^S0LEADS>.\nWhere its danger is “admin” or more, or can’t be read, it also needs 1 of ${SECURITY}.`,
    ],
  ],
  [
    'a rule for requests that are longer than can be',
    { more, maxMs: 4 * HOUR },
    'read',
    [`Asked to decide: ${DBA}`],
  ],
  [
    'on call',
    { onCall },
    'admin',
    ['At once if you are on call, for up to 1 hour.', `Asked to decide: ${DBA}`],
  ],
  [
    'on call, for less than this',
    { onCall: { ...onCall, maxDanger: 'read' } },
    'write',
    [`Asked to decide: ${DBA}`],
  ],
  [
    'on call by a group, for admin',
    { onCall: { ...onCall, schedules: [], slackGroups: [group('oncall')] } },
    'admin',
    [`Asked to decide: ${DBA}`],
  ],
  [
    'automatic',
    { automatic },
    'read',
    ['At once up to 30 minutes, Mon-Fri 08:00-18:00 Europe/Berlin.', `Asked to decide: ${DBA}`],
  ],
  ['automatic, for less than this', { automatic }, 'write', [`Asked to decide: ${DBA}`]],
  [
    'automatic, as long as nothing is known',
    { automatic: { ...automatic, hours: null } },
    null,
    ['At once up to 30 minutes, if its danger is “read” at most.', `Asked to decide: ${DBA}`],
  ],
])('%s', (_, policy, danger, lines) => {
  expect(asks(aPolicy({ maxMs: 8 * HOUR, ...policy }), danger)).toEqual(lines);
});
