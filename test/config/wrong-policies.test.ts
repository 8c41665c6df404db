/** A rule of the wrong shape is refused, so that it never means "nobody needs to be asked". */
import { BASE, connected } from './files.js';
import { eachIsRefused, type WrongFiles } from './refused.js';

const SLACK = 'slack: { channel: C0123456789, operators_channel: C0123456780 }\n';
const [ANA, BEN] = ['U0123456781', 'U0123456782'];

/** One role, which begins at column 14 of line 6; its first key stands at column 19. */
const role = (settings: string) => connected(`roles: { r: { ${settings} } }`);
const at = (column: number, said: string) => `6:${column} targets.shop.roles.r.${said}`;
/** What `role` says before its first key's value. */
const value = (key: string) => 19 + key.length + 2;

const WRONG: WrongFiles = {
  approvals: {
    [role('approvals: ')]: [at(31, 'approvals: is empty; write a rule like { from: [dba], count: 1 }')],
    [role('approvals: []')]: [at(value('approvals'), 'approvals: is an empty list; name at least one')],
    [role('approvals: dba')]: [at(value('approvals'), 'approvals: must be a map; its keys are from, count')],
    [role('approvals: { from: [] }')]: [at(38, 'approvals.from: is an empty list; name at least one')],
    [role('approvals: { from: }')]: [
      at(38, 'approvals.from: is empty; write the name of a group or a Slack id'),
    ],
    [role('approvals: [{ count: 2 }]')]: [
      at(31, 'approvals[0].from: is missing; write the name of a group or a Slack id'),
    ],
    [role('approvals: [{ from: dab, cuont: 2 }, { from: dba, count: 0 }]')]: [
      at(39, 'approvals[0].from: "dab" is neither a group nor a Slack id; did you mean "dba"?'),
      at(44, 'approvals[0].cuont: unknown key; did you mean "count"?'),
      at(76, 'approvals[1].count: "0" is not a whole number from 1 to 20'),
    ],
    [role(`approvals: { from: [${ANA}, ${BEN}], count: 3 }`)]: [
      at(73, 'approvals.count: asks for 3 people, and from names 2; name more, or write count: 2'),
    ],
    [role('approvers: dba, approvals: { from: dba }')]: [
      at(
        value('approvers'),
        'approvers: is short for approvals, which stands beside it; write one of the two',
      ),
    ],
    [`${BASE}policies: { unused: { approvers: dba, approvals: { from: dba } } }\n`]: [
      '4:34 policies.unused.approvers: is short for approvals, which stands beside it; write one of the two',
    ],
    [role(`approvals: [{ from: ${ANA} }, { from: ${ANA} }]`)]: [
      at(
        value('approvals'),
        'approvals: can never be met: each person counts once, and these rules name too few people; name more, or a group',
      ),
    ],
    [role(`approvers: ${ANA}, more: { over: 2h, from: ${ANA} }`)]: [
      at(
        49,
        'more: can never be met: each person counts once, and these rules name too few people; name more, or a group',
      ),
    ],
  },
  more: {
    [role('more: ')]: [at(26, 'more: is empty; write a rule like { over: 4h, from: [dba] }, or none')],
    [role('more: []')]: [at(value('more'), 'more: is an empty list; name at least one')],
    [role('more: { from: dba }')]: [
      at(value('more'), 'more: says not when it is added; write over: 4h, danger: admin, or both'),
    ],
    [role('more: { over: soon, danger: superuser, from: dba }')]: [
      at(33, 'more.over: "soon" is not a duration; write it like 30m, 1h, 2d'),
      at(47, 'more.danger: "superuser" is not known here; write read or write or admin'),
    ],
  },
  'how they are asked': {
    [role('quiet: [], notify: everybody')]: [
      at(26, 'quiet: is an empty list; name at least one'),
      at(38, 'notify: "everybody" is not known here; write channel or approvers'),
    ],
    [role('escalate: { after: 10m }')]: [
      at(29, 'escalate: does nothing; write one of remind: true, to: [a group], page: true'),
    ],
    [role('escalate: { after: 10m, remind: true, page: true }')]: [
      at(29, 'escalate: has remind and page; write a step for each, with the same after'),
    ],
    [role('escalate: [{ remind: false }, { after: 1h, to: [] }]')]: [
      at(30, 'escalate[0].after: is missing; write a duration like 30m, 1h, 2d'),
      at(40, 'escalate[0].remind: "false" is not known here; write true'),
      at(66, 'escalate[1].to: is an empty list; name at least one'),
    ],
    [role('escalate: [{ after: 30m, page: true }, { after: 10m, remind: true }]')]: [
      at(67, 'escalate[1].after: comes before the step above it; write the steps in the order of time'),
    ],
    [role(`escalate: [${Array(21).fill('{ after: 1h, page: true }').join(', ')}]`)]: [
      at(29, 'escalate: has more than 20 entries'),
    ],
    [role('escalate: { after: 8h, page: true }')]: [
      at(
        38,
        'escalate.after: 8h is too late: the request lapses by pending_timeout, which is 8h where nothing else is written; write an earlier step, or a longer pending_timeout',
      ),
    ],
    [role('escalate: { after: 1h, page: true }, pending_timeout: 30m')]: [
      at(
        38,
        'escalate.after: 1h is too late: the request lapses by pending_timeout, which is 30m; write an earlier step, or a longer pending_timeout',
      ),
    ],
    [role('pending_timeout: 30m').replace(
      'approvers: dba',
      'approvers: dba, escalate: { after: 1h, page: true }',
    )]: [
      at(
        36,
        'pending_timeout: the last step of escalate comes after 1h, when the request has lapsed; write a longer pending_timeout, or earlier steps',
      ),
    ],
  },
  'what is granted without an approver': {
    [role(`on_call: { slack: [dba, ${ANA}] }`)]: [
      at(
        37,
        `on_call.slack: ${ANA} is a user; name only Slack user groups (S…) that follow an on-call schedule`,
      ),
    ],
    [role('on_call: { slack: pay }').replace('dba: S0123456789', `dba: S0123456789, pay: [${ANA}]`)]: [
      at(
        37,
        `on_call.slack: pay holds ${ANA}, which is a user; name only Slack user groups (S…) that follow an on-call schedule`,
      ),
    ],
    [role('on_call: { slack: dba, max: 2h, max_danger: admin }')]: [
      at(47, 'on_call.max: "2h" is too long; 1h at most'),
    ],
    [role('on_call: { slack: dba, max_danger: admin }')]: [
      at(
        54,
        'on_call.max_danger: a Slack user group approves no role of danger admin; write read or write, or take out slack',
      ),
    ],
    [role('automatic: { max: 30m }')]: [
      at(19, 'automatic: lacks max_danger, what such a role can do at most; write read or write'),
    ],
    [role('automatic: { max_danger: read }')]: [
      at(19, 'automatic: lacks max, the longest grant that needs no approver; write one like max: 30m'),
    ],
    [role('automatic: { max: 5h, max_danger: admin, hours: always }')]: [
      at(53, 'automatic.max_danger: "admin" is not known here; write read or write'),
      at(67, 'automatic.hours: "always" is no time of the week; write "Mon-Fri 08:00-18:00 Europe/Berlin"'),
    ],
    [role('automatic: { max: 30m, max_danger: read, hours: "Mon-Fri 08:00-18:00 Berlin" }')]: [
      at(
        67,
        'automatic.hours: "Mon-Fri 08:00-18:00 Berlin" "Berlin" is no time zone; write one like Europe/Berlin or UTC',
      ),
    ],
    [role('automatic: { max: 5h, max_danger: read }')]: [
      at(
        37,
        "automatic.max: 5h is longer than the role's own max, which is 4h where nothing else is written; write a shorter one",
      ),
    ],
    [role('max: 30m, break_glass: { who: dba, review: dba, max: 1h }')]: [
      at(72, "break_glass.max: 1h is longer than the role's own max, which is 30m; write a shorter one"),
    ],
    [role('break_glass: { who: dba }')]: [
      at(19, 'break_glass: lacks review, the people who judge it afterwards; write review: [a group]'),
    ],
    [role('break_glass: { review: dba }')]: [
      at(19, 'break_glass: lacks who, the people who may use it; write who: [a group]'),
    ],
    [role(`break_glass: { who: [${ANA}, ${BEN}], review: ${ANA} }`)]: [
      at(
        75,
        `break_glass.review: names only ${ANA}, who may use it too and can't judge that themselves; name someone else`,
      ),
    ],
    [role('break_glass: { who: [], rewiev: dba }')]: [
      at(39, 'break_glass.who: is an empty list; name at least one'),
      at(43, 'break_glass.rewiev: unknown key; did you mean "review"?'),
    ],
    [role('repeat: 31d, extend: { times: -1, total: 31d, max: 1h }')]: [
      at(27, 'repeat: "31d" is too long; 30d at most'),
      at(49, 'extend.times: "-1" is not a whole number from 0 to 100'),
      at(60, 'extend.total: "31d" is too long; 30d at most'),
      at(65, 'extend.max: unknown key; known here: times, total'),
    ],
  },
  reasons: {
    [role('reason: maybe, deny_reason: true')]: [
      at(27, 'reason: "maybe" is not known here; write required or optional'),
      at(47, 'deny_reason: "true" is not known here; write required or optional'),
    ],
    [role('reason: ')]: [at(28, 'reason: is empty; write required or optional')],
    [role('reason: { patern: x }')]: [at(29, 'reason.patern: unknown key; did you mean "pattern"?')],
    [role('reason: { pattern: "[A-Z" }')]: [
      at(
        38,
        'reason.pattern: "[A-Z" is no regular expression that RE2 knows (missing closing ]: `[A-Z`); it has no lookaround and no backreferences',
      ),
    ],
    [role('reason: { pattern: ".*" }')]: [
      at(38, 'reason.pattern: ".*" matches an empty reason, and so any; write what must stand in it'),
    ],
    [role(`reason: { pattern: ${'a'.repeat(201)} }`)]: [
      at(38, 'reason.pattern: has 201 characters; 200 at most'),
    ],
    [role('reason: { hint: a ticket }')]: [at(29, 'reason.hint: needs pattern: what a reason must hold')],
    [role('reason: { pattern: a, link: "http://tickets.example.com/{0}" }')]: [
      at(
        47,
        'reason.link: "http://tickets.example.com/{0}" is not an https:// link; write one like "https://tickets.example.com/browse/{0}"',
      ),
    ],
    [role('reason: { pattern: a, link: "https://tickets.example.com/" }')]: [
      at(
        47,
        'reason.link: "https://tickets.example.com/" lacks {0}, which stands for what the pattern matches',
      ),
    ],
    [role('reason: { pattern: a, link: "https://{0}.example.com/" }')]: [
      at(
        47,
        'reason.link: "https://{0}.example.com/" has {0} in its host; write it after, like "https://tickets.example.com/browse/{0}"',
      ),
    ],
  },
  'nobody decides': {
    [`${SLACK}targets: { shop: { url: postgres://hallpass@db/shop, quiet: ${ANA}, roles: { a: } } }\n`]: [
      '2:83 targets.shop.roles.a: has no approvers; name them here, in its policy, its target or in defaults',
    ],
  },
};

eachIsRefused(WRONG);
