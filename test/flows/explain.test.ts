/** `hallpass explain`: what would happen to a request, as an operator reads it. Hallpass itself doesn't run. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, GROUPS } from '../../sandbox/stage/cast.js';
import { card, click, request, told } from '../../sandbox/stage/people.js';
import { changedConfiguration, runHallpass } from '../support/commands.js';
import { openStage } from '../support/stage.js';

const POLICIES = `policies:
  two:
    approvals: [{ from: [dba] }, { from: [sre] }]
    more: [{ danger: write, from: [leads] }, { over: 2h, from: [leads] }]
    quiet: [${CAST.eve}]
    extend: { times: 2, total: 8h }
    escalate: [{ after: 10m, remind: true }, { after: 30m, to: [leads] }, { after: 1h, page: true }]
    break_glass: { who: [${CAST.ana}], max: 1h, review: [leads] }
    repeat: 7d
  easy: { automatic: { max: 30m, max_danger: read, hours: "Mon-Fri 08:00-18:00 Europe/Berlin" } }
  shift: { on_call: { schedules: [PSCHED] } }
  kept: { requesters: [sre] }
`;

const configure = (yaml: string) =>
  yaml
    .replace('groups: { ', 'groups: { leads: S0LEADS, ')
    .replace('policies:\n', POLICIES)
    .replace('orders_read: { policy: read', 'orders_read: { policy: two')
    .replace('orders_write: { policy: urgent', 'orders_write: { policy: shift')
    .replace('payments_read: { policy: read', 'payments_read: { policy: easy')
    .replace(/( +)payments_read: .*\n/, '$&$1orders_admin: { policy: kept }\n');
const stage = await openStage({ configure });
const { slack } = stage;
slack.workspace.addGroup({ id: 'S0LEADS', handle: 'leads', members: [CAST.ben, CAST.ana] });

// No ledger is needed.
const ALONE = { DATABASE_URL: '', DATABASE_OWNER_URL: '' };
const explain = (args: string, changes = ALONE) =>
  runHallpass(stage, ['explain', ...args.split(' ')], changes);

/** What it says, line by line without the breaks that the terminal's width makes. */
const linesOf = (said: string) =>
  said
    .trim()
    .replace(/\n {4}/g, ' ')
    .split('\n');

test('who is asked and why, what happens while no one decides, and what comes after', async () => {
  const { code, said } = await explain(
    `shop/orders_read --person ${CAST.ana} --for 4h --at 2026-11-02T10:00+01:00`,
  );
  expect(linesOf(said)).toEqual([
    '@ana (U0ANA) asks for orders_read on shop for 4 hours at 2026-11-02T09:00:00Z.',
    'Login: ana. Danger: read: the role can read 3 tables.',
    '',
    'Approvers are asked.',
    '  Needs 1 of @dba, 1 of @sre and 1 of @leads',
    '  1 of @dba: 2 people can decide.',
    '  1 of @sre: 2 people can decide.',
    '  1 of @leads, because it is longer than 2 hours: 2 people can decide.',
    '  In Slack: @dba has 1 person, @sre has 1 person, @leads has 2 people.',
    '  Can’t decide: U0ANA asks for it, and nobody decides on their own request.',
    '  May decide too, and is not mentioned: U0EVE.',
    '',
    'If no one decides:',
    '  2026-11-02T09:10:00Z  Hallpass reminds those whose approval is missing',
    '  2026-11-02T09:30:00Z  Hallpass also asks @leads',
    '  2026-11-02T10:00:00Z  Hallpass alerts its operators',
    '  2026-11-02T17:00:00Z  it lapses',
    '',
    'Approvers may approve it for less: 5 seconds, 15 minutes and 1 hour.',
    'Its holder may have it extended 2 times, by up to 4 hours each time, to 8 hours in all.',
    'Approvers may then approve the same again for up to 7 days.',
    'In an emergency @ana can have it at once for up to 1 hour; @leads can judge it afterwards.',
    '',
    'Whether the same is approved for longer then can’t be foretold.',
  ]);
  expect(code).toBe(0);
});

describe('the answer, and the exit code', () => {
  test.each<[string, number, RegExp]>([
    [`shop/orders_read --person ${CAST.ana}`, 0, /Longer than 2 hours it also needs 1 of @leads\./],
    [
      `shop/orders_write --person ${CAST.dan} --for 4h`,
      0,
      /^Granted at once for 1 hour, not 4 hours: approved by the on-call rule \(schedule [\s\S]*PSCHED/m,
    ],
    [
      `shop/orders_write --person ${CAST.dan} --at 2026-11-02T09:00Z`,
      0,
      /^Approvers are asked\.[\s\S]*Who is on call then can’t be foretold/m,
    ],
    [
      `shop/payments_read --person ${CAST.ana} --for 15m --at 2026-11-02T09:00Z`,
      0,
      /^Granted at once for 15 minutes: approved by an automatic rule \(up to 30 minutes/m,
    ],
    [
      `shop/payments_read --person ${CAST.ana} --for 15m --at 2026-11-01T09:00Z`,
      0,
      /^Approvers are asked\.\n {2}Asked to decide: @dba$/m,
    ],
    [
      `shop/payments_read --person ${CAST.cora}`,
      1,
      /not enough people can decide[\s\S]*In the way: @dba has no one but @cora, and nobody decides on their own request\./,
    ],
    [
      `shop/payments_read --person ${CAST.ana} --for 9h`,
      1,
      /^Refused[^\n]*\n {2}This role is granted for 4 hours/m,
    ],
    [`shop/payments_read --person ${CAST.olga}`, 1, /No login on Shop is known for you/],
    [`shop/orders_admin --person ${CAST.ana}`, 1, /Only “sre” can request “orders_admin”/],
    [`shop/nothing --person ${CAST.ana}`, 1, /“nothing” isn’t a role you can request on “Shop”/],
    ['shop/payments_read --person U0NOBODY', 1, /^Refused\.[\s\S]*This Slack user does not exist/m],
    ['shop/payments_read', 2, /required option '--person <id>' not specified/],
    [`shop --person ${CAST.ana}`, 2, /"shop" names no role\nWrite TARGET\/ROLE/],
    [`shpo/payments_read --person ${CAST.ana}`, 2, /there is no target shpo/],
    ['shop/payments_read --person ana', 2, /"ana" is no Slack user id/],
    [`shop/payments_read --person ${CAST.ana} --for ever`, 2, /--for ever is no duration/],
    [`shop/payments_read --person ${CAST.ana} --at 30m`, 2, /--at: "30m" is no time/],
    [`shop/payments_read --person ${CAST.ana} --at tomorrow`, 2, /--at: "tomorrow" is no time/],
  ])('%s', async (args, code, says) => {
    const answered = await explain(args);
    expect(answered.said.replace(/\n {4}/g, ' ')).toMatch(says);
    expect(answered.code).toBe(code);
  });
});

test('for programs', async () => {
  const { code, said } = await explain(
    `shop/orders_read --person ${CAST.ana} --for 15m --at 2026-11-02T09:00Z --json`,
  );
  expect(code).toBe(0);
  expect(JSON.parse(said)).toMatchObject({
    ...{ person: CAST.ana, target: 'shop', role: 'orders_read', login: 'ana', seconds: 900 },
    ...{ verdict: 'ask', ok: true, danger: 'read', enough: 'yes', inEmergency: true },
    needs: [
      { count: 1, can: 2, because: [] },
      { count: 1, can: 2, because: [] },
    ],
    steps: [{ at: '2026-11-02T09:10:00.000Z', remind: true }, { to: [{ id: 'S0LEADS' }] }, { page: true }],
    lapsesAt: '2026-11-02T17:00:00.000Z',
    shorterSeconds: [5],
    extend: { times: 2, totalSeconds: 28_800 },
  });
});

describe('what can’t be read is said, and is no yes', () => {
  test('PagerDuty', async () => {
    onTestFinished(() => stage.pagerduty.faults.clear());
    stage.pagerduty.faults.order('*', { kind: 'status', status: 500 }, 100);
    const { code, said } = await explain(`shop/orders_write --person ${CAST.dan}`);
    expect(said).toMatch(/^Approvers are asked\.[\s\S]*^Not known, so no yes: PagerDuty/m);
    expect(code).toBe(0);
  });

  test('who is in a group', async () => {
    onTestFinished(() => slack.faults.clear());
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
    const approvers = await explain(`shop/payments_read --person ${CAST.ana}`);
    expect(approvers.said).toMatch(
      /^Approvers are asked\. Whether enough people can decide could not be read\./m,
    );
    expect(approvers.said).toContain('Not counted, because Slack did not say: @dba.');
    expect(approvers.code).toBe(1);
    const requesters = await explain(`shop/orders_admin --person ${CAST.ana}`);
    expect(requesters.said).toMatch(
      /^Refused[\s\S]*Slack did not say who is in “sre”, so Hallpass can’t tell/m,
    );
    expect(requesters.code).toBe(1);
  });

  test('the server', async () => {
    const port = await freePort();
    const gone = await changedConfiguration(stage, (yaml) =>
      configure(yaml)
        .replace(`port: ${stage.server.port}`, `port: ${port}`)
        .replace('orders_read: { policy: two', 'orders_read: { policy: two, max_danger: write'),
    );
    const dangerous = await explain(`shop/orders_read --person ${CAST.ana}`, { ...ALONE, ...gone });
    expect(dangerous.said).toMatch(/^Refused for now, because it can’t be read:/m);
    expect(dangerous.code).toBe(1);
    const automatic = await explain(
      `shop/payments_read --person ${CAST.ana} --for 15m --at 2026-11-02T09:00Z`,
      { ...ALONE, ...gone },
    );
    expect(automatic.said).toMatch(/What the role can do could not be read, which counts as the worst/);
    expect(automatic.said).toMatch(
      /^Approvers are asked\.[\s\S]*^Not known, so no yes: what payments_read can do/m,
    );
  });
});

test('with a ledger it knows what is approved again, and a pause; it writes nothing', async () => {
  const { DATABASE_URL = '', DATABASE_OWNER_URL = '' } = stage.env;
  const known = (args: string) => explain(args, { DATABASE_URL, DATABASE_OWNER_URL });
  const hallpass = await stage.startHallpass();
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await click(slack, 'cora', await card(slack, id, /Needs 1 of/), 'Approve');
  await click(slack, 'olga', await card(slack, id, /1 of 2/), 'Approve');
  await slack
    .as(CAST.olga)
    .choose('repeat_make', 'The same again this week', await card(slack, id, /Granted until/));
  await card(slack, id, /The same again is approved until/);
  await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
  await card(slack, id, /Ended/);
  await hallpass.stop();
  const written = () =>
    runSql(
      stage.ledgerUrl,
      'select (select count(*) from events), (select count(*) from repeats where ended_at is null)',
    );
  const before = await written();
  const again = `shop/orders_read --person ${CAST.ana} --for 15m`;
  expect((await known(again)).said).toMatch(
    /^Granted at once for 15 minutes: approved by an earlier approval \(/m,
  );
  slack.workspace.setGroup(GROUPS.dba, { members: [CAST.dan] });
  onTestFinished(() => slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora] }));
  expect((await known(again)).said).toMatch(/^Approvers are asked\./m);
  expect(await written()).toEqual(before);
  await runHallpass(stage, ['pause', 'shop', '--because', 'maintenance']);
  expect((await known(again)).said).toMatch(/^Granting is paused on “shop”/m);
});
