/** What `hallpass check` finds about rules that cannot be met. */
import { expect, test } from 'vitest';
import { describeEnough } from '../../src/access/check/slack/enough-approvers.js';
import type { Known } from '../../src/access/check/slack/people.js';
import type { Config, RoleConfig, TargetConfig } from '../../src/config/config.js';
import type { Policy, Principal } from '../../src/domain/policy/policy.js';
import { aPolicy } from '../domain/a-policy.js';
import { TERMS } from '../domain/a-request.js';

const HOUR = 3_600_000;
const DBA: Principal = { id: 'S0DBA', name: 'dba' };
const SECURITY: Principal = { id: 'S0SEC', name: 'security' };
const LEADS: Principal = { id: 'S0LEADS', name: null };
const WAITS = 'it waits until it lapses.';

const MEMBERS = { S0DBA: ['U0BEN', 'U0CORA'], S0SEC: ['U0CORA'], S0LEADS: [] };

function known(members: Readonly<Record<string, readonly string[]>> | null): Known {
  return {
    groups:
      members === null
        ? null
        : new Map(
            Object.entries(members).map(([id, ids]) => [
              id,
              { handle: id, isDisabled: false, members: [...ids], changedBy: null, changedAt: null },
            ]),
          ),
    account: (id) => (id === 'U0LEFT' ? 'deactivated' : 'fit'),
    email: (id) => (id.startsWith('U0TWIN') ? 'twin@example.com' : null),
    findings: [],
  };
}

function found(
  change: Partial<Policy>,
  members: Parameters<typeof known>[0] = MEMBERS,
  logins: readonly string[] = [],
): readonly string[] {
  const role = (name: string): RoleConfig => ({
    ...{ role: name, about: null, channel: 'C0', origins: [], terms: TERMS },
    policy: aPolicy({ maxMs: 8 * HOUR, ...change }),
  });
  const roles = new Map(['reads', 'writes'].map((name) => [name, role(name)]));
  const target: Pick<TargetConfig, 'key' | 'roles' | 'discover'> = { key: 'shop', roles, discover: [] };
  const config = {
    targets: new Map([['shop', target]]),
    people: new Map(logins.map((id) => [id, { login: id, pagerduty: null }])),
  } as unknown as Pick<Config, 'targets' | 'people'>;
  return describeEnough(config, known(members)).map(({ level, says }) => `${level}: ${says}`);
}

const rule = (from: Principal[], count = 1) => ({ from, count });

test.each<[string, Partial<Policy>, readonly string[]]>([
  ['one of two', {}, []],
  ['two of two', { approvals: [rule([DBA], 2)] }, []],
  ['two groups, one person in both', { approvals: [rule([SECURITY]), rule([DBA])] }, []],
  [
    'three of two',
    { approvals: [rule([DBA], 3)] },
    [
      `failure: A request for shop/reads, shop/writes needs 3 of dba (S0DBA), and only 2 of them can decide: ${WAITS}`,
    ],
  ],
  [
    'two of two, one of them twice',
    {
      approvals: [rule([DBA], 2)],
      quiet: [
        { id: 'U0TWIN1', name: null },
        { id: 'U0TWIN2', name: null },
      ],
    },
    [],
  ],
  [
    'two of one, by two accounts',
    {
      approvals: [
        rule(
          [
            { id: 'U0TWIN1', name: null },
            { id: 'U0TWIN2', name: null },
          ],
          2,
        ),
      ],
    },
    [
      `failure: A request for shop/reads, shop/writes needs 2 of U0TWIN1, U0TWIN2, and only 1 of them can decide: ${WAITS}`,
    ],
  ],
  [
    'an empty group beside one that is not',
    { approvals: [rule([DBA]), rule([LEADS])] },
    [
      `failure: A request for shop/reads, shop/writes needs 1 of S0LEADS, and none of them can decide: ${WAITS}`,
    ],
  ],
  [
    'no one at all',
    { approvals: [rule([LEADS])] },
    [`failure: Nobody can decide a request for shop/reads, shop/writes: ${WAITS}`],
  ],
  [
    'two rules, and people enough only for each alone',
    { approvals: [rule([DBA], 2), rule([SECURITY])] },
    [
      `failure: A request for shop/reads, shop/writes needs 2 of dba (S0DBA); 1 of security (S0SEC), each by different people, and only 2 people can decide: ${WAITS}`,
    ],
  ],
  [
    'one who is quiet serves either',
    { approvals: [rule([DBA], 2), rule([SECURITY])], quiet: [{ id: 'U0EVE', name: null }] },
    [],
  ],
  [
    'only longer requests',
    { more: [{ overMs: 4 * HOUR, danger: null, rule: rule([LEADS]) }] },
    [
      `failure: A request for shop/reads, shop/writes for longer than 4 hours needs 1 of S0LEADS, and none of them can decide: ${WAITS}`,
    ],
  ],
  [
    'only requests longer than can be',
    { more: [{ overMs: 8 * HOUR, danger: null, rule: rule([LEADS]) }] },
    [],
  ],
  [
    'only dangerous roles',
    { more: [{ overMs: null, danger: 'admin', rule: rule([DBA], 2) }] },
    [
      `failure: A request for shop/reads, shop/writes where it is of danger admin needs 1 of dba (S0DBA); 2 of dba (S0DBA), each by different people, and only 2 people can decide: ${WAITS}`,
    ],
  ],
  [
    'only roles more dangerous than can be',
    { maxDanger: 'write', more: [{ overMs: null, danger: 'admin', rule: rule([LEADS]) }] },
    [],
  ],
  [
    'each alone, and not both at once',
    {
      more: [
        { overMs: HOUR, danger: null, rule: rule([SECURITY]) },
        { overMs: null, danger: 'write', rule: rule([DBA]) },
      ],
    },
    [
      `failure: A request for shop/reads, shop/writes that is as long and as dangerous as can be needs 1 of dba (S0DBA); 1 of security (S0SEC); 1 of dba (S0DBA), each by different people, and only 2 people can decide: ${WAITS}`,
    ],
  ],
])('%s', (_, policy, says) => {
  expect(found(policy)).toEqual(says);
});

test('what Slack does not say is no failure', () => {
  expect(found({ approvals: [rule([DBA], 3), rule([LEADS])] }, null)).toEqual([]);
});

test('who is needed for each request can have none of their own', () => {
  expect(found({ approvals: [rule([SECURITY])] }, MEMBERS, ['U0BEN', 'U0CORA'])).toEqual([
    'note: Only U0CORA can decide a request for shop/reads, shop/writes, and nobody can decide theirs: nobody decides on their own request.',
  ]);
  expect(found({ approvals: [rule([DBA]), rule([SECURITY])] }, MEMBERS, ['U0BEN', 'U0ANA'])).toEqual([
    'note: A request of U0BEN for shop/reads, shop/writes can’t have all of 1 of dba (S0DBA); 1 of security (S0SEC): nobody decides on their own request.',
  ]);
});

test('a group of thousands is looked at in no time', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `U${i}`);
  const started = performance.now();
  expect(found({ approvals: [rule([DBA], 3), rule([SECURITY], 2)] }, { S0DBA: many, S0SEC: many })).toEqual(
    [],
  );
  expect(performance.now() - started).toBeLessThan(2_000);
});
