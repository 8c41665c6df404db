/** Each wrong file is refused with its place, its key, what is wrong and what would be right; all of it at once. */
import { expect, test } from 'vitest';
import { BASE, complaints, connected, target } from './files.js';

const SLACK = 'slack: { channel: C0123456789, operators_channel: C0123456780 }\n';
const VARIABLES = { PW: 'sesame', EMPTY: '' };
const LONG = 'r'.repeat(64);
const CLEAR = `secrets written in clear are refused; write "\${NAME}" and set that environment variable, or use password_file`;

/** One role, which begins at column 14 of line 6. */
const role = (settings: string) => connected(`roles: { r: ${settings} }`);

/** For each file the lines that are said of it, each after "hallpass.yaml:". */
const WRONG: Record<string, Record<string, string[]>> = {
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
      '4:21 policies.read.color: unknown key; known here: approvers, on_call, reason, durations, default_duration, max, pending_timeout, channel',
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
      '6:19 targets.shop.roles.r.on_call: names nobody; it needs schedules or escalation_policies',
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
      '6:107 targets.shop.roles.pg_read_server_files: can reach superuser, and is never lent',
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
    [connected('lend: no')]: ['6:11 targets.shop.lend: "no" is not known here; write true or false'],
    [connected('email_pattern: "{local}"')]: [
      '6:5 targets.shop.email_pattern: needs email_domains: the domains whose addresses may become logins',
    ],
    [connected('email_pattern: "{name}"\n    email_domains: [example]')]: [
      '6:20 targets.shop.email_pattern: "{name}" must hold {local} (what stands before the "@") or {email}, and no other braces',
      '7:21 targets.shop.email_domains[0]: "example" is not a domain like example.com',
    ],
  },
  connections: {
    [target('name: Shop')]: ['5:3 targets.shop: has no connection; write connect: or url:'],
    [connected('url: postgres://hallpass@db/shop')]: [
      '5:3 targets.shop: has both url and connect; write one of them',
    ],
    [target('connect: { host: db, port: x }')]: [
      '6:5 targets.shop.connect.database: is missing; write a name (in quotes, if it is really called null)',
      '6:5 targets.shop.connect.user: is missing; write a name (in quotes, if it is really called null)',
      '6:32 targets.shop.connect.port: "x" is not a whole number from 1 to 65535',
    ],
    [target('connect: { host: db, database: shop, user: hallpass, password: hunter2 }')]: [
      `6:68 targets.shop.connect.password: ${CLEAR}`,
    ],
    [target(`connect: { host: db, database: shop, user: hallpass, password: "hunter2\${PW}" }`)]: [
      `6:68 targets.shop.connect.password: ${CLEAR}`,
    ],
    [target(`connect: { host: db, database: shop, user: hallpass, password: "\${PW}", password_file: pw }`)]:
      ['6:14 targets.shop.connect: has both password and password_file; write one of them'],
    [target('url: postgres://hallpass:hunt@er2@db/shop')]: [`6:10 targets.shop.url: ${CLEAR}`],
    [target('url: postgres://hallpass@db/shop?password=hunter2')]: [
      '6:10 targets.shop.url: has a parameter other than sslmode',
    ],
    [target('url: mysql://hunter2@db/shop')]: [
      `6:10 targets.shop.url: is not a url like postgres://user:\${NAME}@host:5432/database, with special characters percent-encoded`,
    ],
    [target('url: postgres://hallpass@db:99999/shop')]: [
      '6:10 targets.shop.url: has a port that is not a whole number from 1 to 65535',
    ],
    [target('url: postgres://hallpass@db/shop?sslmode=prefer')]: [
      '6:10 targets.shop.url: has an unknown sslmode; write verify-full or verify-ca or require or disable',
    ],
    [target('url: postgres://hallpass@db/shop?sslmode=disable')]: [
      '6:10 targets.shop.url: switches TLS off; encrypt it, or write `connect:` with tls: off and tls_off_because',
    ],
    [target('connect: { host: db, database: shop, user: hallpass, tls: off }')]: [
      '6:63 targets.shop.connect.tls: is off, and db is not this machine; encrypt it, or say why not: tls_off_because',
    ],
    // Said once: that nothing is no url goes without saying.
    [target(`url: "\${NOPE}"`)]: ['6:10 targets.shop.url: the environment variable NOPE is not set'],
    [connected(`name: "\${EMPTY} \${not-good}"`)]: [
      '6:11 targets.shop.name: the environment variable EMPTY is not set',
      `6:11 targets.shop.name: "\${not-good}" is no \${NAME} of an environment variable; write $\${ for \${ itself`,
    ],
  },
};

for (const [what, files] of Object.entries(WRONG)) {
  for (const [file, lines] of Object.entries(files)) {
    test(`${what}: ${lines.join(' and ')}`, () => {
      expect(complaints(file, VARIABLES)).toEqual(lines.map((line) => `hallpass.yaml:${line}`));
    });
  }
}

test('a file that is not there', () => {
  expect(complaints({ 'other.yaml': '' })).toEqual([
    "hallpass.yaml can't be read: ENOENT: no such file or directory, open 'hallpass.yaml'",
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
