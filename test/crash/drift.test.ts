/**
 * Killed while a target is compared with the ledger: at memberships that no open request explains, at a GRANT that came too
 * late, and while the operators are told of what is overdue.
 */

import { expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, clickAndHear, request, told } from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused } from '../support/access.js';
import { isAlive, startSecond } from '../support/disturb.js';
import { expectRung, operatorsHear } from '../support/messages.js';
import { inLedger, obtain, untilAllSent, untilInLedger } from '../support/requests.js';
import { waitFor } from '../support/wait-for.js';
import { FAILED, GRANTED, RELINQUISHED, WAITING } from '../support/words.js';
import { openCrashStage, openTransaction } from './stage.js';

const stage = await openCrashStage('Postgres');
const { slack, server, arm, untilKilled, untilReached, restart } = stage;
const WISH = { otherDuration: '15m' };

/** A message that the dying process posts and can't record would be posted twice: it posts none. */
const losePosts = () => slack.faults.order('chat.postMessage', { kind: 'hang' }, 10);

/** As someone with Hallpass's own login would. */
const byHand = (sql: string) => runSql(stage.samples.hallpass.url, sql);

/**
 * Has all memberships compared at the end of the sweep that grants Ben something; that request stays open.
 * @param prepare makes what the comparison finds, and arms. By then only the approval is missing: a comparison that
 *   comes of itself, as it does every 30 s after a start, must not find it earlier.
 */
async function compareAndDie(prepare: () => Promise<unknown>): Promise<string> {
  const id = await request(slack, 'ben', { role: 'orders_write', ...WISH });
  const asked = await card(slack, id, /Waiting/);
  await untilAllSent(stage, id);
  await prepare();
  losePosts();
  await runSql(stage.ledgerUrl, "update targets set checked_at = null where name = 'shop'");
  await slack.as(CAST.cora).click(asked, 'Approve');
  await untilKilled();
  return id;
}

/** Another sweep may have died before the click arrived: then Cora clicks again. */
async function untilGranted(id: string): Promise<SeenMessage> {
  const { state } = await inLedger(stage, id);
  if (state === 'pending') await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
  return told(slack, 'ben', id, /psql/);
}

async function relinquish(id: string): Promise<void> {
  await click(slack, 'ben', await untilGranted(id), 'Relinquish');
  await told(slack, 'ben', id, /Ended: relinquished/);
}

const eventsOf = (kind: string, id: string | null = null) =>
  runSql<{ actor: string | null }>(
    stage.ledgerUrl,
    "select actor from events where kind = $1 and ($2::text is null or 'R-' || request_id = $2)",
    [kind, id],
  );

/** Killed between the comparison that finds it and the record of its end: the next process continues from there. */
test.each([
  { point: 'after-leftover-found-before-revoked', has: true },
  { point: 'before-revoke', has: true },
  { point: 'after-revoke-before-sessions', has: false },
  { point: 'after-sessions-before-ended', has: false },
])(
  'a membership that came back, $point: it goes with its sessions, and people hear of it once',
  async ({ point, has }) => {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...WISH });
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    await untilAllSent(stage);
    const before = await inLedger(stage, id);
    const transaction = await openTransaction(stage, 'ana');
    const other = await compareAndDie(async () => {
      await byHand('grant orders_read to ana with inherit true, set false');
      arm(point);
    });
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(!has);
    expect(await eventsOf('leftover_found', id)).toHaveLength(1);
    expect(await eventsOf('leftover_taken_back', id)).toHaveLength(0);
    await restart();
    await untilGranted(other);
    await waitFor(transaction.isEnded, { what: 'the open transaction to be ended' });
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    await expectReads(stage, 'ben', 'orders_write');
    await relinquish(other);
    await operatorsHear(stage, new RegExp(`${id} came back and was revoked on Shop`));
    expect(await eventsOf('leftover_taken_back', id)).toHaveLength(1);
    expect(await inLedger(stage, id)).toEqual(before);
    await card(slack, id, /Ended: relinquished[\s\S]*came back on the server/);
    await expectRung(stage, 'ana', id, [
      WAITING,
      GRANTED,
      RELINQUISHED,
      expect.stringMatching(new RegExp(`^${id} came back and (is being|was) revoked$`)),
    ]);
  },
);

test('an unexplained membership: operators hear of it once, and an operator has it revoked', async () => {
  const other = await compareAndDie(async () => {
    await byHand('grant orders_read to cora with inherit true, set false');
    arm('after-orphan-before-told');
  });
  await restart();
  const report = await operatorsHear(stage, /Unexplained membership/);
  await relinquish(other);
  expect(await granted(stage)).toEqual(['orders_read cora']);
  const transaction = await openTransaction(stage, 'cora');
  await untilAllSent(stage);

  arm('after-orphan-asked-before-revoked');
  await slack.as(CAST.olga).click(report, 'Revoke');
  await untilKilled();
  expect(await eventsOf('orphan_take_asked')).toEqual([{ actor: CAST.olga }]);

  arm('after-revoke-before-sessions');
  // It may get there before it is ready.
  await restart().catch(() => undefined);
  await untilKilled();
  expect(await isRefused(stage, 'cora', 'orders_read')).toBe(true);
  expect(transaction.isEnded()).toBe(false);
  expect(await eventsOf('orphan_taken_back')).toEqual([]);
  await restart();
  await waitFor(transaction.isEnded, { what: 'the open transaction to be ended' });
  expect(buttonsOf((await operatorsHear(stage, /Unexplained membership revoked/)).blocks)).toEqual([]);
  expect(await eventsOf('orphan_taken_back')).toEqual([{ actor: CAST.olga }]);
  expect(await clickAndHear(slack, 'olga', report, 'Revoke')).toContain('already revoked');
  const reports = slack
    .as(CAST.olga)
    .messages(CHANNELS.operators)
    .filter((message) => !message.ephemeral && /unexplained membership/i.test(all(message)));
  expect(reports).toHaveLength(1);
});

test('a GRANT that came too late, and its process dies: the next one revokes it', async () => {
  const id = await request(slack, 'dan', { role: 'payments_read', ...WISH });
  const asked = await card(slack, id, /Waiting/);
  await untilAllSent(stage, id);
  arm('after-intend-before-grant', 'SIGSTOP');
  await slack.as(CAST.cora).click(asked, 'Approve');
  await stage.untilReached();
  // The lease of a process that says nothing runs out; the time for the GRANT passes.
  await runSql(stage.ledgerUrl, 'update leases set until = now()');
  await runSql(stage.ledgerUrl, "update requests set decided_at = now() - interval '16 min' where id = $1", [
    id.slice(2),
  ]);
  const late = stage.hallpass();
  await startSecond(stage);
  await untilInLedger(stage, id, 'failed');
  // By the second process: the late one has nothing more to say.
  await untilAllSent(stage);

  // Before the GRANT is there: the second process may be quick to revoke it.
  const transaction = await openTransaction(stage, 'dan');
  arm('after-late-grant-before-taken-back');
  losePosts();
  if (late.pid !== undefined) process.kill(late.pid, 'SIGCONT');
  await untilReached();
  await waitFor(() => !isAlive(late.pid), { what: 'the late process to be dead' });
  slack.faults.clear();
  // Within one HEARTBEAT.
  await waitFor(async () => (await granted(stage)).length === 0, {
    what: 'the late membership to be revoked',
  });
  await waitFor(transaction.isEnded, { what: 'the open transaction to be ended' });
  await operatorsHear(stage, new RegExp(`${id} was granted late and was revoked on Shop`));
  await card(slack, id, /Failed: nothing was granted[\s\S]*Its GRANT arrived late[\s\S]*ended 1 session/);
  await expectRung(stage, 'dan', id, [
    WAITING,
    FAILED,
    expect.stringMatching(new RegExp(`^${id} was granted late and (is being|was) revoked$`)),
  ]);
});

test('what is overdue is paged and told once, and resolved once', async () => {
  const { id, note } = await obtain(stage, 'dan', { role: 'orders_read', ...WISH });
  await untilAllSent(stage, id);
  await server.stop();
  await click(slack, 'dan', note, 'Relinquish');
  await card(slack, id, /not yet confirmed/);
  // The page must not come before the message is recorded: a kill before that would post it twice.
  stage.pagerduty.faults.order('/v2/enqueue', { kind: 'hang' }, 100);
  await runSql(
    stage.ledgerUrl,
    "update requests set ending_at = now() - interval '61 s' where ended_at is null",
  );
  await operatorsHear(stage, /^Overdue: 1 revocation on Shop/);
  await untilAllSent(stage);
  arm('after-page-before-record');
  stage.pagerduty.faults.clear();
  await untilKilled();
  await restart();

  arm('after-overdue-before-told');
  await server.start();
  await untilKilled();
  await restart();
  await told(slack, 'dan', id, /Ended: relinquished/);
  const notes = () =>
    slack
      .as(CAST.olga)
      .messages(CHANNELS.operators)
      .filter(({ text }) => /overdue/i.test(text));
  await slack.waitFor(() => /^Resolved/.test(notes().at(-1)?.text ?? ''));
  expect(notes()).toHaveLength(1);
  await waitFor(() => stage.pagerduty.incidents.every(({ status }) => status === 'resolved'), {
    what: 'the incident to be resolved',
  });
  expect(stage.pagerduty.incidents).toHaveLength(1);
});

// Last, because it skips request ids.
test('a ledger that doesn’t match the target’s anchor: operators hear of it once', async () => {
  // An older anchor of this ledger's own, still to be written, would take its place.
  const leaveForeignAnchor = async () => {
    await waitFor(
      async () => {
        const [head] = await runSql<{ seq: string }>(stage.ledgerUrl, 'select seq from audit_head');
        const [role] = await server.query<{ rolconfig: string[] | null }>(
          "select rolconfig from pg_roles where rolname = 'hallpass'",
        );
        return role?.rolconfig?.[0]?.includes(`hp2:${Number(head?.seq).toString(36)}:`) === true;
      },
      { what: 'the newest anchor' },
    );
    // As for a ledger that has never signed one: it can't know that this one is not of its own past.
    await runSql(stage.ledgerUrl, 'update targets set anchored = false');
    await server.query(
      "alter role hallpass set application_name = 'hallpass-ledger:999999:0123456789abcdef:5000'",
    );
  };
  const id = await compareAndDie(async () => {
    await leaveForeignAnchor();
    arm('after-doubt-before-told');
  });
  await restart();
  await operatorsHear(stage, /The ledger is not as Shop remembers it/);
  await server.query('alter role hallpass reset application_name');
  await relinquish(id);
  const reports = slack
    .as(CAST.olga)
    .messages(CHANNELS.operators)
    .filter((message) => all(message).includes('remembers'));
  expect(reports).toHaveLength(1);
});
