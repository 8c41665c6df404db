/** The story of Hallpass, played by itself: each line is printed after it was seen, in Slack or by SQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { all, card, click, clickAndHear, request, submitRequest, told } from '../stage/people.js';
import type { HallpassProcess } from '../stage/process.js';
import type { Stage } from '../stage/stage.js';
import type { Vault } from '../stage/vault.js';
import { playGuarded } from './guarded.js';
import { playInsight } from './insight.js';
import { plain } from './plain.js';
import { isRefused, ORDERS, PAYMENTS, reads, untilRefused } from './postgres.js';
import { receipt } from './receipt.js';
import type { Report } from './report.js';
import { playSession } from './session.js';

/** A revocation is due within a heartbeat, 15 s; the tour allows a slow machine some more, milliseconds. */
const LIMIT_MS = 30_000;
const EXPIRY = /<!date\^(\d+)\^/;

export async function playTour(
  stage: Stage,
  vault: Vault,
  first: HallpassProcess,
  report: Report,
): Promise<void> {
  const { slack } = stage;

  report.say('\nAsk, approve, use, relinquish');
  await report.step('refused', 'The database refuses', () => isRefused(stage, 'ana', ORDERS));
  const id = await report.step('request', 'Ana asks in Slack for orders_read', () =>
    request(slack, 'ana', {
      role: 'orders_read',
      duration: '15 minutes',
      reason: 'ticket 812: a stuck order',
    }),
  );
  const asked = await card(slack, id, /Approve/);
  await report.step('stranger', 'Eve, who may not decide, clicks Approve', async () =>
    plain(await clickAndHear(slack, 'eve', asked, 'Approve')),
  );
  await report.step('approve', 'Cora approves, and Ana is told', async () => {
    await click(slack, 'cora', asked, 'Approve');
    return headline(all(await told(slack, 'ana', id, /psql/)));
  });
  await report.step('reads', 'The database lets her', () => reads(stage, 'ana', ORDERS));
  await report.step('relinquish', 'Ana clicks Relinquish, and is told', async () => {
    await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
    return headline(all(await told(slack, 'ana', id, /Ended: relinquished/)));
  });
  await report.step('refused-again', 'The database refuses again', () => isRefused(stage, 'ana', ORDERS));

  report.say('\nDenied, on call, held for good');
  await report.step('deny', 'Ana asks for payments_read; Cora denies', async () => {
    const denied = await request(slack, 'ana', { role: 'payments_read', duration: '1 hour' });
    await click(slack, 'cora', await card(slack, denied, /Approve/), 'Deny');
    return headline(all(await told(slack, 'ana', denied, /denied/i)));
  });
  const urgent = await report.step('on-call', 'Dan, who is on call, asks for 4 hours', () =>
    request(slack, 'dan', { role: 'orders_write', duration: '4 hours', reason: 'pager: orders are stuck' }),
  );
  await report.step(
    'on-call-granted',
    'He is approved at once, for 1 hour, and the channel sees it',
    async () => {
      const message = await told(slack, 'dan', urgent, /psql/);
      await card(slack, urgent, /on call[\s\S]*shortened to 1 hour/i);
      return `${headline(all(message))}; ${await reads(stage, 'dan', ORDERS)}`;
    },
  );
  await report.step('permanent', 'Ben holds payments_read for good, and asks for it', async () => {
    const errors = await submitRequest(slack, 'ben', { role: 'payments_read', duration: '15 minutes' });
    if (errors === null) throw new Error('he was not told');
    return Object.values(errors).join(' ');
  });
  await report.step(
    'permanent-made',
    'Ana borrows payments_read for 5 s; meanwhile the DBA gives it to her for good',
    async () => {
      const short = await request(slack, 'ana', { role: 'payments_read', duration: '5 seconds' });
      await click(slack, 'cora', await card(slack, short, /Approve/), 'Approve');
      await told(slack, 'ana', short, /psql/);
      await stage.server.query('grant payments_read to ana');
      await told(slack, 'ana', short, /Ended: its time was up/);
      return `Hallpass took its own back; ${await reads(stage, 'ana', PAYMENTS)}, ${await reads(stage, 'ben', PAYMENTS)}`;
    },
  );

  await playInsight(stage, report);
  await playSession(stage, report);

  report.say('\nTime is up');
  await report.step('expiry', 'Ana borrows orders_read for 5 s', async () => {
    const short = await borrow(stage, '5 seconds');
    const late = await untilRefused(stage, 'ana', ORDERS, LIMIT_MS);
    await told(slack, 'ana', short.id, /Ended: its time was up/);
    return `refused after ${late} ms, and told so`;
  });

  report.say('\nHallpass is killed (kill -9) with a grant out');
  let second = first;
  const killed = await borrow(stage, '5 seconds');
  await report.step('killed', 'kill -9 with 3 s left; nobody runs now', async () => {
    await sleep(Math.max(0, killed.expiresAt - 3_000 - Date.now()));
    await first.kill();
    return 'the process is gone';
  });
  await report.step('still-reads', 'A second past the expiry, with Hallpass dead', async () => {
    await sleep(Math.max(0, killed.expiresAt + 1_000 - Date.now()));
    return `${await reads(stage, 'ana', ORDERS)}: nothing takes it away while Hallpass is down`;
  });
  await report.step('restart', 'Hallpass starts again', async () => {
    const began = performance.now();
    const gone = untilRefused(stage, 'ana', ORDERS, LIMIT_MS);
    const [hallpass] = await Promise.all([stage.startHallpass(), gone]);
    second = hallpass;
    await told(slack, 'ana', killed.id, /Ended: its time was up/);
    return `permission denied ${await gone} ms after the start, ready after ${Math.round(performance.now() - began)} ms`;
  });

  await playGuarded(stage, vault, second, report);

  report.say('\nReceipt');
  await report.step('give-back', "Olga, an operator, ends Dan's access", async () => {
    await click(slack, 'olga', await card(slack, urgent, /End access/, 'olga'), 'End access');
    await untilRefused(stage, 'dan', ORDERS, LIMIT_MS);
    return headline(all(await told(slack, 'dan', urgent, /^Ended by/)));
  });
  await report.step('receipt', 'pg_auth_members and the ledger say', () => receipt(stage, vault));
}

async function borrow(stage: Stage, duration: string): Promise<{ id: string; expiresAt: number }> {
  const { slack } = stage;
  const id = await request(slack, 'ana', { role: 'orders_read', duration });
  await click(slack, 'cora', await card(slack, id, /Approve/), 'Approve');
  const message = all(await told(slack, 'ana', id, /psql/));
  await reads(stage, 'ana', ORDERS);
  return { id, expiresAt: Number(EXPIRY.exec(message)?.[1]) * 1000 };
}

function headline(words: string): string {
  return plain(words.split('\n')[0] ?? '');
}
