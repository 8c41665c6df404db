import { card, clickAndHear, deny, request, submitRequest, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { plain } from './plain.js';
import { isRefused, ORDERS, PAYMENTS, reads } from './postgres.js';
import type { Report } from './report.js';
import { approve, headline, linesOf, obtain, relinquish } from './story.js';
import { WORDS } from './words.js';

export async function askAndApprove(stage: Stage, report: Report): Promise<void> {
  const { slack } = stage;
  report.say('\nAsk, approve, use, relinquish');
  await report.step('refused', WORDS.refused, () => isRefused(stage, 'ana', ORDERS));
  const id = await report.step('request', WORDS.request, () =>
    request(slack, 'ana', {
      role: 'orders_read',
      duration: '15 minutes',
      reason: 'ticket 812: a stuck order',
    }),
  );
  await report.step('preview', 'Before anybody clicks, the card says what that is', async () =>
    linesOf(await card(slack, id, /\*Access:\*/), /^\*(Access|New for|Danger)\b/),
  );
  const asked = await card(slack, id, /Approve/);
  await report.step('stranger', 'Eve, who may not decide, clicks Approve', async () =>
    plain(await clickAndHear(slack, 'eve', asked, 'Approve')),
  );
  await report.step('approve', WORDS.approve, async () => (await approve(stage, id)).said);
  await report.step('reads', WORDS.reads, () => reads(stage, 'ana', ORDERS));
  await report.step('relinquish', 'Ana clicks Relinquish, and is told', () => relinquish(stage, id));
  await report.step('refused-again', WORDS.refusedAgain, () => isRefused(stage, 'ana', ORDERS));
}

/** @returns the id of what Dan has granted, until somebody ends it. */
export async function deniedAndOnCall(stage: Stage, report: Report): Promise<string> {
  const { slack } = stage;
  report.say('\nDenied, and on call');
  await report.step('deny', 'Ana asks for payments_read; Cora denies', async () => {
    const denied = await request(slack, 'ana', { role: 'payments_read', duration: '1 hour' });
    await deny(slack, 'cora', await card(slack, denied, /Approve/));
    return headline(await told(slack, 'ana', denied, /denied/i));
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
      return `${headline(message)}; ${await reads(stage, 'dan', ORDERS)}`;
    },
  );
  return urgent;
}

export async function heldForGood(stage: Stage, report: Report): Promise<void> {
  const { slack } = stage;
  report.say('\nHeld for good');
  await report.step('permanent', 'Ben holds payments_read for good, and asks for it', async () => {
    const errors = await submitRequest(slack, 'ben', { role: 'payments_read', duration: '15 minutes' });
    if (errors === null) throw new Error('he was not told');
    return Object.values(errors).join(' ');
  });
  await report.step(
    'permanent-made',
    'Ana is granted payments_read for 5 s; meanwhile the DBA gives it to her for good',
    async () => {
      const { id } = await obtain(stage, { role: 'payments_read', duration: '5 seconds' });
      await stage.server.query('grant payments_read to ana');
      await told(slack, 'ana', id, /Ended: its time was up/);
      return `Hallpass revoked its own; ${await reads(stage, 'ana', PAYMENTS)}, ${await reads(stage, 'ben', PAYMENTS)}`;
    },
  );
}
