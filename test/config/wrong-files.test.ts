/** Each wrong file is refused with its place, its key, what is wrong and what would be right; all of it at once. */
import { expect, test } from 'vitest';
import { BASE, complaints, connected, target } from './files.js';
import { eachIsRefused, type WrongFiles } from './refused.js';

const SLACK = 'slack: { channel: C0123456789, operators_channel: C0123456780 }\n';
const LONG = 'r'.repeat(64);

/** One role, which begins at column 14 of line 6. */
const role = (settings: string) => connected(`roles: { r: ${settings} }`);

const WRONG: WrongFiles = {
  'the file as such': {
    '': [
      '1:1 slack.channel: is missing; write the id of a Slack channel (C…)',
      '1:1 slack.operators_channel: is missing; write the id of a Slack channel (C…)',
    ],
    '- a\n': ['1:1 must hold keys with values, like `slack:` and `targets:`'],
    [`${BASE}people:\n\tx: y\n`]: ['5:1 is not valid YAML: Tabs are not allowed as indentation'],
    [`${BASE}---\na: 1\n`]: [
      '4:1 a second document begins here; write one document a file, without "---" between',
    ],
    [SLACK + SLACK]: ['2:1 slack: already stands on line 1; write it once'],
    [`${BASE}targets: { __proto__: {} }\n`]: [
      '4:12 targets: holds a key that is no name; a key is plain text, like `shop-prod:`',
    ],
    [role('*nope')]: ['6:17 targets.shop.roles.r: there is no anchor &nope above this alias'],
    [`${BASE}targets: [shop]\n`]: ['4:10 targets: must be a map'],
    [`${BASE}include: nope/*.yaml\n`]: ['4:10 include: "nope/*.yaml" matches no file'],
  },
  'unknown keys': {
    [`${BASE}polices: {}\n`]: ['4:1 polices: unknown key; did you mean "policies"?'],
    [`${BASE}policies: { read: { color: red } }\n`]: [
      '4:21 policies.read.color: unknown key; known here: approvers, approvals, more, quiet, notify, on_call, automatic, repeat, extend, escalate, break_glass, reason, deny_reason, durations, default_duration, max, pending_timeout, requesters, channels, max_danger, sessions, allow_set_role, grace, idle, channel',
    ],
    [role('{ maxx: 1h, abuot: x }')]: [
      '6:19 targets.shop.roles.r.maxx: unknown key; did you mean "max"?',
      '6:29 targets.shop.roles.r.abuot: unknown key; did you mean "about"?',
    ],
  },
  durations: {
    [role('{ max: 1x }')]: [
      '6:24 targets.shop.roles.r.max: "1x" is not a duration; write it like 30m, 1h, 2d',
    ],
    [role('{ max: 0s }')]: [
      '6:24 targets.shop.roles.r.max: "0s" is not a duration; write it like 30m, 1h, 2d',
    ],
    [role('{ max: 31d }')]: ['6:24 targets.shop.roles.r.max: "31d" is too long; 30d at most'],
    [role('{ max: }')]: ['6:24 targets.shop.roles.r.max: is empty; write a duration like 30m, 1h, 2d'],
    [role('{ durations: [30m, soon] }')]: [
      '6:36 targets.shop.roles.r.durations[1]: "soon" is not a duration; write it like 30m, 1h, 2d',
    ],
    // What a variable stands for may be a secret.
    [role(`{ max: "\${PW}" }`)]: [
      `6:24 targets.shop.roles.r.max: "\${PW}" is not a duration; write it like 30m, 1h, 2d`,
    ],
  },
  'durations that can’t be asked for': {
    [role('{ durations: [30m, 8h], max: 4h }')]: [
      '6:36 targets.shop.roles.r.durations[1]: 8h is longer than max, which is 4h; leave it out, or write a longer max',
    ],
    [role('{ durations: [1h, 5h] }')]: [
      '6:35 targets.shop.roles.r.durations[1]: 5h is longer than max, which is 4h where nothing else is written; leave it out, or write a longer max',
    ],
    [role('{ max: 30m, default_duration: 1h }')]: [
      '6:47 targets.shop.roles.r.default_duration: 1h is longer than max, which is 30m; write a shorter one',
    ],
    [role('{ durations: [10m, 20m], default_duration: 30m }')]: [
      '6:60 targets.shop.roles.r.default_duration: 30m is none of durations (10m, 20m); write one of them',
    ],
    // However many roles rest on it.
    [connected('roles: { a: , b: { about: x } }').replace('approvers: dba', 'approvers: dba, durations: 9h')]:
      [
        '3:40 defaults.durations: 9h is longer than max, which is 4h where nothing else is written; leave it out, or write a longer max',
      ],
  },
  'who decides': {
    [`${SLACK}targets: { shop: { url: postgres://hallpass@db/shop, roles: { a: , b: } } }\n`]: [
      '2:63 targets.shop.roles.a: has no approvers; name them here, in its policy, its target or in defaults',
    ],
    [role('{ approvers: [dab] }')]: [
      '6:31 targets.shop.roles.r.approvers[0]: "dab" is neither a group nor a Slack id; did you mean "dba"?',
    ],
    [`${BASE}operators: everybody\n`]: [
      '4:12 operators: "everybody" is neither a group nor a Slack id; groups: dba',
    ],
    [role('{ approvers: [] }')]: ['6:30 targets.shop.roles.r.approvers: is an empty list; name at least one'],
    [`${SLACK}groups: { x: dba, U0123456789: S0123456788, e: [] }\n`]: [
      '2:14 groups.x: "dba" is not the id of a Slack user (U…, W…) or user group (S…)',
      '2:19 groups.U0123456789: a group must not be called like a Slack id; use lower case',
      '2:48 groups.e: is an empty list; name at least one',
    ],
    [role('{ on_call: { max: 30m } }')]: [
      '6:19 targets.shop.roles.r.on_call: names nobody; it needs schedules, escalation_policies or slack',
    ],
    [role('{ on_call: { schedules: nightly, max: 2h } }')]: [
      '6:41 targets.shop.roles.r.on_call.schedules: "nightly" is not a PagerDuty id (like PABC123)',
      '6:55 targets.shop.roles.r.on_call.max: "2h" is too long; 1h at most',
    ],
    [role('{ on_call: { escalation_policies: [{ id: PABC123, levels: [0] }] } }')]: [
      '6:76 targets.shop.roles.r.on_call.escalation_policies[0].levels[0]: "0" is not a whole number from 1 to 20',
    ],
    [role('reed').replace('targets:', 'policies: { read: {} }\ntargets:')]: [
      '7:17 targets.shop.roles.r: "reed" is no policy; did you mean "read"?',
    ],
    // A policy that is wrong is known all the same.
    [role('read').replace('targets:', 'policies: { read: { max: 1x } }\ntargets:')]: [
      '4:26 policies.read.max: "1x" is not a duration; write it like 30m, 1h, 2d',
    ],
  },
  'names and ids': {
    [connected(`roles: { ${LONG}: {}, "a\`b": {}, "a\\0b": {}, pg_read_server_files: {} }`)]: [
      `6:14 targets.shop.roles.${LONG}: the name has 64 bytes; Postgres allows 63 at most`,
      '6:84 targets.shop.roles.a`b: the name holds a control character or a backtick; rename it in Postgres',
      '6:95 targets.shop.roles."a\\u0000b": the name holds a control character or a backtick; rename it in Postgres',
      '6:107 targets.shop.roles.pg_read_server_files: can reach superuser, and is never granted',
    ],
    [connected(`people: { ana: x, U0123456785: ${LONG} }`)]: [
      '6:15 targets.shop.people.ana: "ana" is not the id of a Slack user (U…, W…)',
      '6:36 targets.shop.people.U0123456785: the name has 64 bytes; Postgres allows 63 at most',
    ],
    [`${BASE}people: { U0123456785: { login: null }, U0123456786: ana }\n`]: [
      '4:33 people.U0123456785.login: is empty; write a name (in quotes, if it is really called null)',
      '4:54 people.U0123456786: must be a map; its keys are login, pagerduty',
    ],
    'slack: { channel: general, operators_channel: C0123456780, command: Request }\n': [
      '1:19 slack.channel: "general" is not the id of a Slack channel (C…)',
      '1:69 slack.command: "Request" is not a slash command like /request',
    ],
    [`${BASE}targets: { Shop Prod: { url: postgres://hallpass@db/shop } }\n`]: [
      '4:12 targets."Shop Prod": a target\'s key has 1 to 40 of a-z, 0-9, ".", "_", "-" and begins with a letter or digit; `name:` may hold anything',
    ],
    [role(`{ about: ${'a'.repeat(151)} }`)]: [
      '6:26 targets.shop.roles.r.about: has 151 characters; 150 at most',
    ],
    [role('{ about: "a\\nb" }')]: [
      '6:26 targets.shop.roles.r.about: holds a line break or a control character; write one line',
    ],
    [connected('grant: no')]: ['6:12 targets.shop.grant: "no" is not known here; write true or false'],
    [connected('email_pattern: "{local}"')]: [
      '6:5 targets.shop.email_pattern: needs email_domains: the domains whose addresses may become logins',
    ],
    [connected('email_pattern: "{local}"\n    email_domains: [example.com, example.org]')]: [
      '6:5 targets.shop.email_pattern: gives one login to everyone with that name in any of example.com, example.org; write {email}, or one domain',
    ],
    [connected('email_pattern: "{name}"\n    email_domains: [example]')]: [
      '6:20 targets.shop.email_pattern: "{name}" must hold {local} (what stands before the "@") or {email}, and no other braces',
      '7:21 targets.shop.email_domains[0]: "example" is not a domain like example.com',
    ],
  },
  variables: {
    // Said once: that nothing is no url goes without saying.
    [target(`url: "\${NOPE}"`)]: ['6:10 targets.shop.url: the environment variable NOPE is not set'],
    [connected(`name: "\${EMPTY} \${not-good}"`)]: [
      '6:11 targets.shop.name: the environment variable EMPTY is not set',
      `6:11 targets.shop.name: "\${not-good}" is no \${NAME} of an environment variable; write $\${ for \${ itself`,
    ],
  },
  'what a target grants, and how': {
    [connected('mode: guarder\n    kind: heroku\n    orphans: yes')]: [
      '6:11 targets.shop.mode: "guarder" is not known here; write direct or guarded',
      '7:11 targets.shop.kind: "heroku" is not known here; write self-managed or rds or aurora or cloud-sql or azure or neon or supabase',
      '8:14 targets.shop.orphans: "yes" is not known here; write report or revoke',
    ],
    [role('{ sessions: none, allow_set_role: 1, max_danger: superuser }')]: [
      '6:29 targets.shop.roles.r.sessions: "none" is not known here; write auto or all or leave',
      '6:51 targets.shop.roles.r.allow_set_role: "1" is not known here; write true or false',
      '6:66 targets.shop.roles.r.max_danger: "superuser" is not known here; write read or write or admin',
    ],
    [role('{ grace: 0s }')]: [
      '6:26 targets.shop.roles.r.grace: "0s" is not a duration; write it like 10s, 1m',
    ],
    [role('{ idle: 9m }')]: ['6:25 targets.shop.roles.r.idle: "9m" is too short; 10m at least'],
    [role('{ grace: 6m }')]: ['6:26 targets.shop.roles.r.grace: "6m" is too long; 5m at most'],
    // Nothing must not stand for everybody.
    [connected('requesters:\n    channels:')]: [
      '6:16 targets.shop.requesters: is empty; write the name of a group or a Slack id',
      '7:14 targets.shop.channels: is empty; write the id of a Slack channel (C…)',
    ],
    [role('{ requesters: [dab], channels: general }')]: [
      '6:32 targets.shop.roles.r.requesters[0]: "dab" is neither a group nor a Slack id; did you mean "dba"?',
      '6:48 targets.shop.roles.r.channels: "general" is not the id of a Slack channel (C…)',
    ],
    [connected(
      'discover: [{ policy: reed }, { match: pg_read_server_files }, { match: a, about: x }]',
    ).replace('targets:', 'policies: { read: {} }\ntargets:')]: [
      '7:16 targets.shop.discover[0].match: is missing; write the name of a role, in which * stands for any characters',
      '7:26 targets.shop.discover[0].policy: "reed" is no policy; did you mean "read"?',
      '7:43 targets.shop.discover[1].match: can reach superuser, and is never granted',
      '7:79 targets.shop.discover[2].about: unknown key; known here: match, policy, approvers, approvals, more, quiet, notify, on_call, automatic, repeat, extend, escalate, break_glass, reason, deny_reason, durations, default_duration, max, pending_timeout, requesters, channels, max_danger, sessions, allow_set_role, grace, idle, channel',
    ],
    // One thing may stand where a list does; its keys have their own places.
    [connected('discover:\n      match: app_*\n      grace: soon')]: [
      '8:14 targets.shop.discover.grace: "soon" is not a duration; write it like 10s, 1m',
    ],
  },
};

eachIsRefused(WRONG);

test('a file that is not there is named, with the example and the variable', () => {
  expect(complaints({ 'other.yaml': '' })).toEqual([
    'hallpass.yaml there is no such file; copy hallpass.example.yaml to hallpass.yaml and fill it in, or set HALLPASS_CONFIG to the path of yours',
  ]);
});

test('the same target in two files, and what an included file may hold', () => {
  const files = {
    'hallpass.yaml': `include: [targets/*.yaml]\n${connected('name: Shop')}`,
    'targets/a.yaml': 'targets: { books: { url: postgres://hallpass@db/books } }\n',
    'targets/b.yaml': 'targets:\n  books: { url: postgres://hallpass@db/books }\n  shop: {}\ndefaults: {}\n',
  };
  expect(complaints(files)).toEqual([
    'targets/b.yaml:2:3 targets.books: is the same target as in targets/a.yaml:1; write it once',
    'targets/b.yaml:3:3 targets.shop: is the same target as in hallpass.yaml:6; write it once',
    'targets/b.yaml:4:1 defaults: unknown key; known here: targets',
  ]);
});
