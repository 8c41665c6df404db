import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainRole } from '../../src/config/explain.js';
import { loadConfig } from '../../src/config/load.js';
import { HallpassError } from '../../src/errors.js';
import { aPolicy } from '../domain/a-policy.js';
import { BASE, connected, folderWith, load, target } from './files.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DBA = { id: 'S0123456789', name: 'dba' };

const role = (config: ReturnType<typeof load>, name: string) => config.targets.get('shop')?.roles.get(name);

test('what nobody says has a default', () => {
  const config = load(connected('roles: { r: }'));
  expect(config.slack.command).toBe('/request');
  expect(config.operators).toEqual([]);
  expect(config.targets.get('shop')).toMatchObject({
    key: 'shop',
    name: 'shop',
    environment: null,
    grant: true,
    mode: 'direct',
    kind: 'self-managed',
    replicas: [],
    orphans: 'report',
    discover: [],
    emailRule: null,
  });
  expect(role(config, 'r')).toMatchObject({
    role: 'r',
    about: null,
    channel: 'C0123456789',
    terms: { sessions: 'auto', setRole: false, graceMs: 10_000, idleMs: null },
  });
  // What it doesn't say is as it was before there was a key for it.
  expect(role(config, 'r')?.policy).toEqual(
    aPolicy({
      approvals: [{ from: [DBA], count: 1 }],
      durationsMs: [30 * MINUTE, HOUR, 4 * HOUR],
      maxMs: 4 * HOUR,
      pendingTimeoutMs: 8 * HOUR,
    }),
  );
});

test('the nearest wins, maps merge by key, lists are replaced whole', () => {
  const config = load(`
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789, pay: [S0123456787, U0123456786] }
operators: [pay, U0123456786, W0123456785]
defaults: { approvers: dba, max: 8h, reason: optional, on_call: { schedules: [PAAAAAA], max: 20m } }
policies:
  write: { max: 2h, approvers: [pay], on_call: { schedules: PBBBBBB, escalation_policies: { id: PCCCCCC, levels: 1 } } }
targets:
  shop:
    url: postgres://hallpass@db/shop
    max: 6h
    channel: C0123456781
    roles:
      plain: {}
      policy: write
      own: { policy: write, max: 45m, channel: C0123456782, on_call: null }
`);
  // A person named twice is one principal; the name of the group is kept.
  expect(config.operators).toEqual([
    { id: 'S0123456787', name: 'pay' },
    { id: 'U0123456786', name: 'pay' },
    { id: 'W0123456785', name: null },
  ]);
  expect(role(config, 'plain')).toMatchObject({
    channel: 'C0123456781',
    policy: {
      approvals: [{ from: [DBA], count: 1 }],
      maxMs: 6 * HOUR,
      reasonRequired: false,
      onCall: { schedules: ['PAAAAAA'], escalationPolicies: [], maxMs: 20 * MINUTE },
    },
  });
  expect(role(config, 'policy')?.policy).toMatchObject({
    approvals: [{ from: [{ id: 'S0123456787' }, { id: 'U0123456786' }], count: 1 }],
    maxMs: 2 * HOUR,
    durationsMs: [30 * MINUTE, HOUR],
    onCall: {
      schedules: ['PBBBBBB'],
      escalationPolicies: [{ id: 'PCCCCCC', levels: [1] }],
      maxMs: 20 * MINUTE,
    },
  });
  expect(role(config, 'own')).toMatchObject({
    channel: 'C0123456782',
    policy: {
      maxMs: 45 * MINUTE,
      durationsMs: [30 * MINUTE, 45 * MINUTE],
      defaultDurationMs: 45 * MINUTE,
      onCall: null,
    },
  });
});

test('scope and granting come from the nearest layer, too', () => {
  const config = load(`
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789, dev: S0123456788 }
defaults: { approvers: dba, sessions: all, grace: 1s, max_danger: read }
policies:
  write: { max_danger: write, grace: 5m, requesters: [dev, U0123456786] }
targets:
  shop:
    url: postgres://hallpass@db/shop
    mode: guarded
    kind: aurora
    orphans: revoke
    allow_set_role: true
    requesters: dba
    channels: [C0123456781, C0123456782]
    roles:
      plain: {}
      policy: write
      own: { policy: write, max_danger: admin, sessions: leave, allow_set_role: false, channels: C0123456783 }
`);
  expect(config.targets.get('shop')).toMatchObject({ mode: 'guarded', kind: 'aurora', orphans: 'revoke' });
  const scope = (name: string) => {
    const { policy, terms } = role(config, name) ?? {};
    return [policy?.requesters?.map(({ id }) => id), policy?.channels, policy?.maxDanger, terms];
  };
  expect(scope('plain')).toEqual([
    ['S0123456789'],
    ['C0123456781', 'C0123456782'],
    'read',
    { sessions: 'all', setRole: true, graceMs: 1_000, idleMs: null },
  ]);
  expect(scope('policy')).toEqual([
    ['S0123456788', 'U0123456786'],
    ['C0123456781', 'C0123456782'],
    'write',
    { sessions: 'all', setRole: true, graceMs: 5 * MINUTE, idleMs: null },
  ]);
  expect(scope('own')).toEqual([
    ['S0123456788', 'U0123456786'],
    ['C0123456783'],
    'admin',
    { sessions: 'leave', setRole: false, graceMs: 5 * MINUTE, idleMs: null },
  ]);
});

test('names and ids are strings, whatever they look like', () => {
  const config = load(
    connected(`people: { U0123456784: 007, U0123456785: null, U0123456786: "null", U0123456787: on }
    roles: { 007: , null: , 1e5: , on: , 0x1F: , "quoted": , constructor: }`),
  );
  expect([...(config.targets.get('shop')?.roles.keys() ?? [])].sort()).toEqual([
    '007',
    '0x1F',
    '1e5',
    'constructor',
    'null',
    'on',
    'quoted',
  ]);
  expect(Object.fromEntries(config.targets.get('shop')?.people ?? [])).toEqual({
    U0123456784: '007',
    U0123456785: null,
    U0123456786: 'null',
    U0123456787: 'on',
  });
});

test('files are included by pattern', () => {
  const folder = folderWith({
    'hallpass.yaml': `${BASE}include: [conf.d/*/shop-*.yaml, '*.yaml', books.yaml]\n`,
    'conf.d/eu/shop-1.yaml': 'targets: { shop: { url: postgres://hallpass@db/shop } }\n',
    'books.yaml': 'targets: { books: { url: postgres://hallpass@db/books } }\n',
    'conf.d/eu/.shop-2.yaml': 'not: read\n',
    'conf.d/eu/books.yaml': 'not: read\n',
  });
  const { targets } = loadConfig(join(folder, 'hallpass.yaml'), {});
  expect([...targets.keys()]).toEqual(['books', 'shop']);
});

test('$${ is ${, and what a variable holds is not read again', () => {
  const name = load(connected(`name: "$\${A} \${A} $A"`), { A: `\${B}` }).targets.get('shop')?.name;
  expect(name).toBe(`\${A} \${B} $A`);
});

test('anchors stand for what they name', () => {
  const config = load(connected('roles: { a: &short { max: 30m }, b: *short }'));
  expect(role(config, 'b')?.policy.maxMs).toBe(30 * MINUTE);
});

test('the hash follows the meaning, not the layout, and holds no password', () => {
  const hash = (keys: string, variables = {}) => load(target(keys), variables).hash;
  const url = `url: postgres://hallpass:\${PW}@db/shop`;
  const one = hash(`${url}\n    roles: { a: { max: 1h }, b: { about: x } }`, { PW: 'one' });
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(hash(`roles: { b: { about: x }, a: { max: 60m } }\n\n    ${url}`, { PW: 'two' })).toBe(one);
  expect(hash(`${url}\n    roles: { a: { max: 1h }, b: { about: y } }`, { PW: 'one' })).not.toBe(one);
  expect(hash(`${url}\n    roles: { a: { max: 2h }, b: { about: x } }`, { PW: 'one' })).not.toBe(one);
});

test('each effective value is explained by its file and line', () => {
  const folder = folderWith({
    'hallpass.yaml': `${BASE}policies:\n  write: { max: 2h }\ninclude: shop.yaml\n`,
    'shop.yaml': `targets:
  shop:
    url: postgres://hallpass:\${PW}@db/shop
    roles:
      r:
        policy: write
        max: 30m
`,
  });
  const config = loadConfig(join(folder, 'hallpass.yaml'), { PW: 'sesame' });
  expect(
    explainRole(config, 'shop/r')
      .replaceAll(`${folder}/`, '')
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['policy', 'write', 'shop.yaml:6'],
    ['about', 'none', 'default'],
    ['approvers', 'dba (S0123456789)', 'hallpass.yaml:3'],
    ['more', 'none', 'default'],
    ['quiet', 'none', 'default'],
    ['notify', 'channel', 'default'],
    ['on_call', 'none', 'default'],
    ['automatic', 'none', 'default'],
    ['repeat', 'none', 'default'],
    ['extend.times', 'no limit', 'default'],
    ['extend.total', 'no limit', 'default'],
    ['escalate', 'none', 'default'],
    ['break_glass', 'none', 'default'],
    ['reason', 'required', 'default'],
    ['reason.pattern', 'none', 'default'],
    ['deny_reason', 'optional', 'default'],
    ['durations', '30m', 'default'],
    ['default_duration', '30m', 'shop.yaml:7'],
    ['max', '30m', 'shop.yaml:7'],
    ['pending_timeout', '8h', 'default'],
    ['requesters', 'everybody', 'default'],
    ['channels', 'anywhere', 'default'],
    ['max_danger', 'none', 'default'],
    ['sessions', 'auto', 'default'],
    ['allow_set_role', 'false', 'default'],
    ['grace', '10s', 'default'],
    ['idle', 'never', 'default'],
    ['channel', 'C0123456789', 'hallpass.yaml:1'],
    ['name', 'shop', 'default'],
    ['environment', 'none', 'default'],
    ['grant', 'true', 'default'],
    ['mode', 'direct', 'default'],
    ['kind', 'self-managed', 'default'],
    ['orphans', 'report', 'default'],
    ['connect.host', 'db', 'shop.yaml:3'],
    ['connect.port', '5432', 'default'],
    ['connect.database', 'shop', 'shop.yaml:3'],
    ['connect.user', 'hallpass', 'shop.yaml:3'],
    ['connect.password', 'set', 'shop.yaml:3'],
    ['connect.tls', 'verify-full', 'default'],
    ['connect.ca', 'none', 'default'],
    ['connect.cert', 'none', 'default'],
    ['connect.key', 'none', 'default'],
    ['connect.ssh', 'none', 'default'],
    ['replicas', 'none', 'default'],
    ['email_pattern', 'none', 'default'],
    ['limits.pending_per_person', '10', 'default'],
    ['limits.requests_per_minute', '10', 'default'],
  ]);
  const message = (place: string) => {
    try {
      return explainRole(config, place);
    } catch (error) {
      return error instanceof HallpassError ? error.message : error;
    }
  };
  expect(message('shpo/r')).toBe('there is no target "shpo"; did you mean "shop"?');
  expect(message('shop/x')).toBe('there is no role "x"; did you mean "r"?');
  expect(message('shop')).toBe('"shop" names no role');
});

test('50 servers with 1,000 roles each', () => {
  const roles = Array.from({ length: 1_000 }, (_, i) => `      role_${i}: read\n`).join('');
  const targets = Array.from(
    { length: 50 },
    (_, i) => `  server-${i}:\n    url: postgres://hallpass@db${i}/shop\n    roles:\n${roles}`,
  ).join('');
  const file = `${BASE}policies: { read: { max: 8h } }\ntargets:\n${targets}`;
  const before = performance.now();
  const config = load(file);
  // Under a second where it was measured.
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(config.targets.size).toBe(50);
  expect(config.targets.get('server-49')?.roles.get('role_999')?.policy.maxMs).toBe(8 * HOUR);
});
