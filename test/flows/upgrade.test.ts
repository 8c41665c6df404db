/**
 * A rolling upgrade from release 0.1.0 with access that is out: what it left is gone on with, and while it still runs
 * both work on one ledger. docs/decisions/0012-rolling-upgrade.md has the rule.
 */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { card, cardNow, click, clickAndHear, deny, told } from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused, untilRefused } from '../support/access.js';
import { expectSettled, inLedger, untilAllSent, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { WAITING } from '../support/words.js';
import { type Known, OldRelease } from './upgrade/old-release.js';

const stage = await openStage();
const { slack } = stage;

const posted = z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() });

const BUTTONS = { request_approve: 'Approve', grant_end: 'End access' } as const;

/** Posts as release 0.1.0 did; its buttons carry these names for as long as its messages stand. */
async function post(id: number, text: string, action: keyof typeof BUTTONS) {
  const button = {
    type: 'button',
    text: { type: 'plain_text', text: BUTTONS[action] },
    action_id: action,
    value: `R-${id}`,
  };
  const response = await fetch(`${stage.env.SLACK_API_URL}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      channel: CHANNELS.access,
      text: `R-${id} ${text}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `R-${id} ${text}` } },
        { type: 'actions', elements: [button] },
      ],
    }),
  });
  return posted.parse(await response.json());
}

interface Column {
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
  readonly is_nullable: string;
  readonly optional: boolean;
}

/** By table and name. */
async function columns(): Promise<ReadonlyMap<string, Column>> {
  const rows = await runSql<Column>(
    stage.ledgerUrl,
    `select table_name::text, column_name::text, data_type::text, is_nullable::text,
            is_nullable = 'YES' or column_default is not null or is_identity = 'YES' as optional
       from information_schema.columns where table_schema = 'public'`,
  );
  return new Map(rows.map((row) => [`${row.table_name}.${row.column_name}`, row]));
}

/** "R-1042" */
const nameOf = ({ id }: Known) => `R-${id}`;

test('what the previous release left, and what it still does, goes on', async () => {
  const old = await OldRelease.install(stage);
  const before = await columns();

  const ask = (role: string, login: 'ana' | 'ben' | 'dan') =>
    old.submit({ role, login, requester: CAST[login] });
  const approved = async (request: Known) => old.approve(request, CAST.cora);
  const due = await old.grant(await approved(await ask('orders_read', 'ana')), -60_000);
  const ending = await old.grant(await approved(await ask('orders_write', 'ana')), 600_000);
  await old.write(
    ending,
    'relinquished',
    { state: 'ending', why: 'relinquished', ended_by: CAST.ana },
    { actor: CAST.ana },
  );
  const granting = await approved(await ask('orders_read', 'dan'));
  const onCall = await old.approveOnCall(await ask('orders_write', 'dan'), 'Shop, primary');
  const held = await old.grant(await approved(await ask('payments_read', 'ana')), 600_000);
  const pending = await ask('payments_read', 'dan');
  const unwanted = await ask('payments_read', 'ben');
  // The last one, because its end is waited for: it still holds when the new release has started.
  const active = await old.grant(await approved(await ask('orders_read', 'ben')), 60_000);
  // Claimed by a process that was then killed; and two cards that are as they were wanted.
  await old.say('claimDeliveries', [100, 1_000]);
  const shown = new Map<number, string>();
  for (const [request, text, action] of [
    [active, 'Granted', 'grant_end'],
    [pending, WAITING, 'request_approve'],
  ] as const) {
    const { channel, ts } = await post(request.id, text, action);
    await old.say('recordSent', [`card:${request.id}`, request.version, channel, ts]);
    shown.set(request.id, ts);
  }

  const hallpass = await stage.startHallpass();
  await expectReads(stage, 'ben', 'orders_read');

  // A column that is there stays, as it is; a new one must not be asked for by who doesn't know it.
  const after = await columns();
  for (const [name, { data_type, is_nullable }] of before) {
    expect(after.get(name), name).toMatchObject({ data_type, is_nullable });
  }
  for (const [name, { table_name, optional }] of after) {
    const isOld = [...before.values()].some((column) => column.table_name === table_name);
    if (isOld && !before.has(name)) expect(optional, name).toBe(true);
  }

  await untilRefused(stage, 'ana', 'orders_read', new Date());
  await untilRefused(stage, 'ana', 'orders_write', new Date());
  await told(slack, 'dan', nameOf(granting), /psql/);
  await expectReads(stage, 'dan', 'orders_read');
  expect(await untilInLedger(stage, nameOf(due), 'ended')).toMatchObject({ why: 'expired' });
  expect(await untilInLedger(stage, nameOf(ending), 'ended')).toMatchObject({ why: 'relinquished' });
  await told(slack, 'ana', nameOf(due), /Ended: its time was up/);

  // The old card's button is understood, and the card itself is edited.
  const waiting = await card(slack, nameOf(pending), /Waiting for approval/);
  expect(waiting.ts).toBe(shown.get(pending.id));
  expect(await clickAndHear(slack, 'eve', waiting, 'Approve')).toContain(`can't decide ${nameOf(pending)}`);
  await click(slack, 'cora', waiting, 'Approve');
  await told(slack, 'dan', nameOf(pending), /psql/);
  expect((await card(slack, nameOf(pending), /Granted/)).ts).toBe(shown.get(pending.id));
  await deny(slack, 'cora', await card(slack, nameOf(unwanted), /Waiting for approval/), 'not today');
  await told(slack, 'ben', nameOf(unwanted), /Denied by <@U0CORA>[\s\S]*not today/);

  // Whom the on-call rule had approved is granted, and still on call.
  await told(slack, 'dan', nameOf(onCall), /psql/);
  await card(slack, nameOf(onCall), /Granted \(on call\)[\s\S]*by the on-call rule \(Shop, primary\)/);

  // What it had granted can be extended as what is granted today.
  await click(slack, 'ana', await told(slack, 'ana', nameOf(held), /^Granted until/), 'Extend');
  expect((await inLedger(stage, nameOf(held))).expires_at).toEqual(held.expires_at);
  // The message in its thread says so, too, and may come first.
  const asked = await card(slack, nameOf(held), /Granted until[\s\S]*asked .* to extend it/);
  await click(slack, 'cora', asked, 'Approve extension');
  await told(slack, 'ana', nameOf(held), /^Extended until/);

  // A process of the previous release still runs, and even starts again.
  await old.startAgain();
  const late = await ask('orders_write', 'ben');
  // Its own process is said to be killed before it posts: another one does, within a HEARTBEAT.
  await slack.waitFor(() => cardNow(slack, nameOf(late), /Waiting for approval/));
  // Each wrote by the version that it had read, and read again when the other was quicker.
  const againAndAgain = (write: () => Promise<Known>) =>
    waitFor(write, { what: 'the previous release to write what the new one wrote' });
  await againAndAgain(async () => approved(await old.read(late.id)));
  await untilInLedger(stage, nameOf(late), 'active');
  await expectReads(stage, 'ben', 'orders_write');
  await againAndAgain(async () =>
    old.write(
      await old.read(late.id),
      'relinquished',
      { state: 'ending', why: 'relinquished', ended_by: CAST.ben },
      { actor: CAST.ben },
    ),
  );
  expect(await untilInLedger(stage, nameOf(late), 'ended')).toMatchObject({ why: 'relinquished' });
  expect(await isRefused(stage, 'ben', 'orders_write')).toBe(true);
  const theirs = [due, active, ending, granting, onCall, held, pending, unwanted, late];
  for (const { id } of theirs) await old.read(id);
  await restOf(old, late);

  // What is out keeps its end.
  const { expires_at } = await inLedger(stage, nameOf(active));
  expect(expires_at).toEqual(active.expires_at);
  await untilRefused(stage, 'ben', 'orders_read', expires_at);
  expect((await card(slack, nameOf(active), /Ended: its time was up/)).ts).toBe(shown.get(active.id));
  for (const request of [granting, onCall, pending]) {
    await click(slack, 'dan', await told(slack, 'dan', nameOf(request), /psql/), 'Relinquish');
  }
  await click(slack, 'ana', await told(slack, 'ana', nameOf(held), /^Extended until/), 'Relinquish');
  await expectSettled(stage);
  await untilAllSent(stage);
  expect(await granted(stage)).toEqual([]);
  // What both wrote fits together; it exits with 1 when anything doesn't.
  expect(await stage.run('audit', 'verify')).toContain('Every request is what its events make of it.');
  expect(await hallpass.stop()).toBe(0);
}, 300_000);

/** Every other statement that it writes with. */
async function restOf(old: OldRelease, { id }: Known): Promise<void> {
  const { server } = await stageServer();
  await old.say('recordChecked', ['shop', 'old/1', server]);
  await old.say('forgetChecked', ['shop']);
  expect(await old.say('readTarget', ['shop'])).toMatchObject([{ server }]);
  await old.say('readDue', ['shop', 500, []]);
  await old.say('insertEvent', [id, 'leftover_taken_back', null, JSON.stringify({})]);
  await old.say('releaseDeliveries', [id]);
  await old.say('recordUnsent', [`card:${id}`, 'Slack was away', 1]);
  await old.say('insertOperatorNote', [
    'old:1',
    CHANNELS.operators,
    JSON.stringify({ text: 'old', blocks: [] }),
  ]);
  await old.say('rewriteOperatorNote', ['old:1', JSON.stringify({ text: 'older', blocks: [] })]);
  await old.say('forgetPosted', ['old:1']);
  const [orphan] = await old.say('recordOrphans', ['attic', '1', [10], [11], ['r'], ['u']]);
  expect(await old.say('settleOrphan', [orphan?.id, CAST.olga])).toBeDefined();
}

async function stageServer(): Promise<{ readonly server: string }> {
  const [row] = await stage.server.query<{ server: string }>(
    'select system_identifier::text as server from pg_control_system()',
  );
  if (row === undefined) throw new Error('the server has no identifier');
  return row;
}
