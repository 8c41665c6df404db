/** A grant is made longer by an approver: never shorter, never taken back for it, and a guarded server knows. */
import { afterAll, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf } from '../../sandbox/slack/index.js';
import { all, card, click, clickAndHear, told } from '../../sandbox/stage/people.js';
import { startStage } from '../../sandbox/stage/stage.js';
import {
  approved,
  borrow,
  expectReads,
  expectRung,
  inLedger,
  untilPast,
  untilRefused,
} from './crash-stage.js';
import { CLI } from './world.js';

const stage = await startStage({ cli: CLI, ledgerApart: true, vault: true });
afterAll(() => stage.close());
const { slack } = stage;
await stage.startHallpass();

/** As if it were lent for so long already. */
const passed = (id: string, interval: string) =>
  runSql(stage.ledgerUrl, 'update requests set expires_at = expires_at - $2::interval where id = $1', [
    id.slice(2),
    interval,
  ]);

test('an approver extends it on the card: it lasts longer, twice is once, and it ends', async () => {
  const { id } = await borrow(stage, 'ana', { role: 'orders_read', otherDuration: '8s' });
  const before = await inLedger(stage, id);
  const shown = await card(slack, id, /Granted until/);
  expect(buttonsOf(shown.blocks)).toEqual(['Extend', 'End access']);
  await untilPast(new Date((before.granted_at?.getTime() ?? 0) + 1_000));
  expect(await clickAndHear(slack, 'eve', shown, 'Extend')).toMatch(new RegExp(`can't decide ${id}`));
  expect(await clickAndHear(slack, 'ana', shown, 'Extend')).toContain('your own request');
  expect((await inLedger(stage, id)).expires_at).toEqual(before.expires_at);

  slack.faults.duplicateNext();
  await click(slack, 'cora', shown, 'Extend');
  await told(slack, 'ana', id, /^Extended until/);
  const extended = await card(slack, id, /Extended by <@U0CORA> <!date[^>]*>\./);
  expect(await clickAndHear(slack, 'cora', extended, 'Extend')).toContain("can't be lent for longer");
  const { expires_at } = await inLedger(stage, id);
  expect(expires_at?.getTime()).toBeGreaterThan(before.expires_at?.getTime() ?? Number.POSITIVE_INFINITY);
  const events = await runSql(
    stage.ledgerUrl,
    "select kind, actor from events where request_id = $1 and kind like 'exten%' order by id",
    [id.slice(2)],
  );
  expect(events).toEqual([
    { kind: 'extended', actor: 'U0CORA' },
    { kind: 'extension_confirmed', actor: null },
  ]);

  await untilPast(before.expires_at);
  await expectReads(stage, 'ana', 'orders_read');
  expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeGreaterThanOrEqual(0);
  await expectRung(stage, 'ana', id, [
    'Waiting for approval',
    'Granted until …',
    'Extended until …',
    'Ended: its time was up',
  ]);
  expect(await clickAndHear(slack, 'cora', extended, 'Extend')).toContain('Nothing is lent under');
});

test('a guarded server is told, and what it does not take is not so', async () => {
  const onServer = async () => {
    const rows = await stage.vault?.query<{ expires_at: Date }>(
      'select expires_at from hallpass.grants where ended_at is null',
      [],
      'hallpass',
    );
    return rows?.[0]?.expires_at.getTime() ?? 0;
  };
  const id = await approved(stage, 'ana', { target: 'vault', role: 'vault_read', duration: '15 minutes' });
  await told(slack, 'ana', id, /psql/);
  const first = await onServer();
  await passed(id, '5 minutes');
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  await card(slack, id, /Extended by <@U0CORA> <!date[^>]*>\./);
  const { expires_at } = await inLedger(stage, id);
  // A backstop of a minute after the ledger's own.
  expect(await onServer()).toBeGreaterThan(expires_at?.getTime() ?? Number.POSITIVE_INFINITY);
  expect(await onServer()).toBeGreaterThan(first);

  await stage.vault?.query("update hallpass.config set longest = interval '10 minutes'", [], 'hallpass');
  await passed(id, '5 minutes');
  const old = (await inLedger(stage, id)).expires_at;
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  const note = await told(slack, 'ana', id, /^Not extended: you have it until/);
  expect(all(note)).toContain('the end before holds');
  expect((await inLedger(stage, id)).expires_at).toEqual(old);
  expect(await stage.sqlAs('ana', 'select * from keys.keys', 'vault')).toHaveLength(7);
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /^Ended: relinquished by you/);
});
