/**
 * kill -9 and restart in every state of a request, seen from outside: by SQL as the login, in Slack and in the ledger.
 * The tests beside this one kill Hallpass at a certain line.
 */

import { describe, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { type SeenMessage, wordsOf } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import {
  card,
  cardNow,
  click,
  clickAndHear,
  deny,
  fillForm,
  messagesOf,
  openDenial,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused, untilRefused } from '../support/access.js';
import { freeze, holdTable, startSecond, untilPast, waitsForLock } from '../support/disturb.js';
import { buttons, expectRung } from '../support/messages.js';
import {
  approved,
  expectSettled,
  inLedger,
  LONG,
  obtain,
  untilAllSent,
  untilInLedger,
} from '../support/requests.js';
import { waitFor } from '../support/wait-for.js';
import { CANCELLED, EXPIRED, FAILED, GRANTED, RELINQUISHED, WAITING } from '../support/words.js';
import { openCrashStage } from './stage.js';

const stage = await openCrashStage('Postgres', false);
const { slack, server, hallpass, restart } = stage;

const NOT_CONFIRMED = /Being revoked, not yet confirmed/;

/** Kills Hallpass while no message is under way: the tests of crash points kill it then. */
async function kill(): Promise<void> {
  await untilAllSent(stage);
  await hallpass().kill();
}

describe('pending', () => {
  test('a click while no Hallpass runs fails visibly, and works after the restart', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    const asked = await card(slack, id, /Waiting for approval/);
    await kill();
    expect(await slack.as(CAST.cora).click(asked, 'Approve')).toMatchObject({ outcome: 'not connected' });
    await restart();
    expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);

    await click(slack, 'cora', asked, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    await expectReads(stage, 'ana', 'orders_read');
    expect(buttons(await card(slack, id, /Granted/))).toEqual(['Extend', 'End access']);
    expect(await clickAndHear(slack, 'cora', asked, 'Deny')).toMatch(/already approved by you/);

    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, RELINQUISHED]);
    // The first post calls the approvers; the edits after it don't.
    await expectRung(stage, 'cora', id, [WAITING]);
  });

  test('the deadline passes while no Hallpass runs: the request lapses at the start, and an old card does nothing', async () => {
    const id = await request(slack, 'ben', { role: 'orders_read', ...LONG });
    const asked = await card(slack, id, /Waiting for approval/);
    await kill();
    await runSql(stage.ledgerUrl, `update requests set pending_until = now() where ended_at is null`);
    await restart();
    await told(slack, 'ben', id, /Lapsed: nobody decided/);
    expect(await clickAndHear(slack, 'cora', asked, 'Approve')).toMatch(/Too late/);
    expect(buttons(await card(slack, id, /Lapsed/))).toEqual([]);
    expect(await granted(stage)).toEqual([]);
  });

  test('killed while a form is being stored, too late to answer it: sent again, it is the same request', async () => {
    await fillForm(slack, 'dan', { role: 'orders_read', ...LONG });
    const held = await holdTable(stage.ledgerUrl, 'requests');
    const dan = slack.as(CAST.dan);
    expect(await dan.submit()).toMatchObject({ outcome: 'errors', by: 'app' });
    await hallpass().kill();
    // What waits in the ledger's server is written all the same.
    await held.release();
    const requests = () =>
      runSql<{ id: number }>(stage.ledgerUrl, 'select from requests where ended_at is null');
    await waitFor(async () => (await requests()).length === 1, { what: 'the request to be written' });
    await restart();
    expect(await dan.submit()).toMatchObject({ outcome: 'closed' });
    expect(await requests()).toHaveLength(1);
    const status = await slack.waitFor(() =>
      messagesOf(slack, 'dan').findLast(({ text }) => /Waiting/.test(text)),
    );
    await click(slack, 'dan', status, 'Cancel request');
  });
});

describe('granting', () => {
  test('the target is down: the next process keeps trying, and the clock starts at the GRANT', async () => {
    await server.stop();
    const id = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
    const waiting = await card(slack, id, /not granted yet[\s\S]*Hallpass keeps trying/);
    expect(buttons(waiting)).toEqual(['End access']);
    await kill();
    await restart();
    expect(await inLedger(stage, id)).toMatchObject({ state: 'granting', expires_at: null });
    const back = Date.now();
    await server.start();
    const note = await told(slack, 'ben', id, /psql/);
    await expectReads(stage, 'ben', 'orders_read');
    const { granted_at, expires_at } = await inLedger(stage, id);
    expect(Number(granted_at)).toBeGreaterThan(back);
    expect(Number(expires_at) - Number(granted_at)).toBe(15 * 60_000);
    await click(slack, 'ben', note, 'Relinquish');
    await told(slack, 'ben', id, /Ended: relinquished/);
    await expectRung(stage, 'ben', id, [WAITING, GRANTED, RELINQUISHED]);
  });
});

describe('active', () => {
  test('a restart before the expiry changes nothing, and older buttons still work', async () => {
    const { id, note } = await obtain(stage, 'dan', { role: 'orders_read', ...LONG });
    const before = await inLedger(stage, id);
    await kill();
    await restart();
    expect(await inLedger(stage, id)).toEqual(before);
    await expectReads(stage, 'dan', 'orders_read');
    await click(slack, 'dan', note, 'Relinquish');
    await told(slack, 'dan', id, /Ended: relinquished by you/);
    expect(await isRefused(stage, 'dan', 'orders_read')).toBe(true);
    await expectRung(stage, 'dan', id, [WAITING, GRANTED, RELINQUISHED]);
  });

  test('the expiry passes while no Hallpass runs: revoked at the start', async () => {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '2s' });
    await kill();
    await untilPast((await inLedger(stage, id)).expires_at);
    await expectReads(stage, 'ana', 'orders_read');
    await restart();
    await told(slack, 'ana', id, /Ended: its time was up/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect(buttons(await card(slack, id, /Ended: its time was up/))).toEqual([]);
    expect(await clickAndHear(slack, 'ana', note, 'Relinquish')).toMatch(/Nothing is granted/);
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
  });
});

describe('ending', () => {
  test('the target is down: "not yet confirmed" survives a restart, until absence is proved', async () => {
    const { id, note } = await obtain(stage, 'ben', { role: 'orders_write', ...LONG });
    await server.stop();
    await click(slack, 'ben', note, 'Relinquish');
    expect(buttons(await card(slack, id, /not yet confirmed[\s\S]*nothing listens there/))).toEqual([]);
    await kill();
    await restart();
    expect(cardNow(slack, id, NOT_CONFIRMED)).toBeDefined();
    expect(await inLedger(stage, id)).toMatchObject({ state: 'ending', ended_at: null });
    await server.start();
    await told(slack, 'ben', id, /Ended: relinquished by you/);
    expect(await isRefused(stage, 'ben', 'orders_write')).toBe(true);
    expect(buttons(await card(slack, id, /Ended: relinquished[\s\S]*Confirmed gone/))).toEqual([]);
    await expectRung(stage, 'ben', id, [WAITING, GRANTED, RELINQUISHED]);
  });
});

test('an outcome is told once, however often Hallpass starts', async () => {
  const denied = await request(slack, 'ana', { role: 'orders_write', ...LONG });
  await deny(slack, 'cora', await card(slack, denied, /Waiting/));
  const withdrawn = await request(slack, 'ben', { role: 'orders_read', ...LONG });
  await click(slack, 'ben', await told(slack, 'ben', withdrawn, /Waiting/), 'Cancel request');
  const failed = await request(slack, 'dan', { role: 'payments_read', ...LONG });
  const asked = await card(slack, failed, /Waiting/);
  await server.query('alter role dan nologin');
  await click(slack, 'cora', asked, 'Approve');
  await told(slack, 'dan', failed, /Failed/);
  await server.query('alter role dan login');
  await expectSettled(stage);
  const everything = () =>
    (['ana', 'ben', 'dan', 'cora'] as const).flatMap((name) => messagesOf(slack, name));
  const before = everything();

  for (let start = 0; start < 2; start++) {
    await kill();
    await restart();
  }
  // It passes through the same outbox, after all that would have been told again.
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended/);
  expect(everything().filter((message) => !JSON.stringify(message).includes(id))).toEqual(before);
  await expectRung(stage, 'ana', denied, [WAITING, `Denied by <@${CAST.cora}>`]);
  await expectRung(stage, 'ben', withdrawn, [WAITING, CANCELLED]);
  await expectRung(stage, 'dan', failed, [WAITING, FAILED]);
});

test('SIGTERM while the target is frozen: Hallpass doesn’t wait for it, and revokes when it answers again', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '2s' });
  const { expires_at } = await inLedger(stage, id);
  const sessions = await server.query<{ pid: number }>(
    `select pid from pg_stat_activity where usename = 'hallpass'`,
  );
  const frozen = [server.pid, ...sessions.map(({ pid }) => pid)].map(freeze);
  await untilPast(expires_at);
  const asked = performance.now();
  await hallpass().stop();
  // After 9.5 s; a call to the target would give up after 15 s.
  expect(performance.now() - asked).toBeLessThan(14_000);
  await restart();
  for (const { thaw } of frozen) thaw();
  await untilRefused(stage, 'ana', 'orders_read', expires_at);
  await told(slack, 'ana', id, /Ended: its time was up/);
});

/** Everyone whose requests Cora can approve, with every role they may request. */
const ALL = [
  ['ana', 'orders_read'],
  ['ana', 'orders_write'],
  ['ana', 'payments_read'],
  ['ben', 'orders_read'],
  ['ben', 'orders_write'],
  ['dan', 'orders_read'],
  ['dan', 'payments_read'],
] as const;

interface Asked {
  readonly id: string;
  readonly card: SeenMessage;
}

async function askForAll(otherDuration: string): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (const [name, role] of ALL) {
    const id = await request(slack, name, { role, otherDuration });
    asked.push({ id, card: await card(slack, id, /Waiting for approval/) });
  }
  return asked;
}

/** Clicks Approve on those that are still pending, and answers when all are past that. */
async function approveTheRest(asked: readonly Asked[]): Promise<void> {
  for (const each of asked) {
    const { state } = await inLedger(stage, each.id);
    if (state === 'pending') await click(slack, 'cora', each.card, 'Approve');
  }
}

test('SIGTERM in the middle of many clicks loses none that was acknowledged', async () => {
  const asked = await askForAll('15m');
  const cora = slack.as(CAST.cora);
  const twice = ({ card: shown }: Asked) => [cora.click(shown, 'Approve'), cora.click(shown, 'Approve')];
  const first = asked.slice(0, 3).flatMap(twice);
  await Promise.race(first);
  const ended = hallpass().stop();
  const outcomes = await Promise.all([...first, ...asked.slice(3).flatMap(twice)]);
  expect(await ended).toBe(0);
  const acknowledged = asked.filter((_, i) =>
    outcomes.slice(2 * i, 2 * i + 2).some(({ outcome }) => outcome === 'ok'),
  );
  expect(acknowledged).not.toEqual([]);
  for (const { id } of acknowledged) expect((await inLedger(stage, id)).state).not.toBe('pending');

  await restart();
  await approveTheRest(asked);
  for (const { id } of asked) await untilInLedger(stage, id, 'active');
  expect(await granted(stage)).toHaveLength(ALL.length);
  for (const { id } of asked) {
    await click(slack, 'olga', await card(slack, id, /Granted/, 'olga'), 'End access');
  }
});

describe('two processes on one ledger', () => {
  test('approved on one, which is killed: expires on the other', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '4s' });
    await startSecond(stage);
    await kill();
    const { expires_at } = await inLedger(stage, id);
    expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeGreaterThanOrEqual(0);
    await told(slack, 'ana', id, /Ended: its time was up/);
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
    await restart();
  });

  test('opposite clicks at once: one decision per request, and the late click is told', async () => {
    await startSecond(stage);
    const cora = slack.as(CAST.cora);
    const asked = await askForAll('15m');
    const private_ = () => cora.messages('db-access').filter(({ ephemeral }) => ephemeral).length;
    let before = private_();
    for (const each of asked) {
      await openDenial(slack, 'cora', each.card);
      const [{ outcome }, denial] = await Promise.all([cora.click(each.card, 'Approve'), cora.submit()]);
      expect(outcome).toBe('ok');
      if (denial.outcome === 'updated') {
        expect(wordsOf(denial.view.blocks)).toMatch(/already approved by you/);
        await cora.closeView();
      } else {
        expect(denial.outcome).toBe('closed');
        before += 1;
        await slack.waitFor(() => private_() === before);
      }
    }
    const rows = await runSql<{ decisions: number; state: string }>(
      stage.ledgerUrl,
      `select r.state, count(d)::int as decisions from requests r left join decisions d on d.request_id = r.id
         where r.id = any($1) group by r.id`,
      [asked.map(({ id }) => id.slice(2))],
    );
    expect(rows.map(({ decisions }) => decisions)).toEqual(asked.map(() => 1));
    for (const { id } of asked) {
      const shown = await card(slack, id, /Granted|Denied/, 'olga');
      if (buttons(shown).includes('End access')) await click(slack, 'olga', shown, 'End access');
    }
    await expectSettled(stage);
  });

  test('one is frozen in the middle of a GRANT: the other takes over, and the GRANT never arrives', async () => {
    const due = await obtain(stage, 'ana', { role: 'payments_read', otherDuration: '5s' });
    const target = await holdTable(server.url, 'pg_auth_members');
    const id = await approved(stage, 'dan', { role: 'orders_read', ...LONG });
    const status = await told(slack, 'dan', id, /not granted yet[\s\S]*holds a lock/);
    // It waits for a second, and tries again after a second: what has just begun lasts long enough.
    await waitFor(async () => !(await waitsForLock(stage)), { what: 'an attempt to be over' });
    await waitFor(() => waitsForLock(stage), { what: 'the next one to begin' });
    await click(slack, 'dan', status, 'Relinquish');
    await untilInLedger(stage, id, 'ending');
    await untilAllSent(stage, id);
    const { thaw } = freeze(hallpass().pid);
    await target.release();
    await waitFor(
      async () => {
        const leases = await runSql(stage.ledgerUrl, 'select from leases where until > now()');
        return leases.length === 0;
      },
      { what: 'the lease of the frozen process to have run out' },
    );
    await startSecond(stage);
    await untilInLedger(stage, id, 'ended');
    await untilInLedger(stage, due.id, 'ended');
    expect(await granted(stage)).toEqual([]);
    // Absence was proved only when the server had ended the transaction of that GRANT: it can't be committed now.
    const lines = stage.log.length;
    thaw();
    await waitFor(() => stage.log.length > lines, { what: 'the frozen process to go on' });
    expect(await granted(stage)).toEqual([]);
    await expectRung(stage, 'dan', id, [WAITING, RELINQUISHED]);
  });
});
