/** A revocation that is not proved in time: who hears of it, how often, and how the target is asked meanwhile. */
import { createServer } from 'node:net';
import pg from 'pg';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click } from '../../sandbox/stage/people.js';
import { untilRefused } from '../support/access.js';
import { metric } from '../support/ops-port.js';
import { expectSettled, LONG, obtain, untilAllSent } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack, server, pagerduty } = stage;
let hallpass = await stage.startHallpass();

const OVERDUE = 'hallpass_overdue_revocations{target="shop"}';

afterEach(() => expectSettled(stage));

const notes = (): readonly SeenMessage[] =>
  slack
    .as(CAST.olga)
    .messages(CHANNELS.operators)
    .filter(({ text }) => /overdue/i.test(text));
const noteSays = (text: RegExp, count: number) =>
  waitFor(() => notes().length === count && text.test(notes().at(-1)?.text ?? ''), {
    what: `the operators to be told ${text}`,
  });
const incidents = () =>
  pagerduty.incidents
    .filter(({ dedupKey }) => dedupKey.endsWith('/overdue/shop'))
    .map(({ status }) => status);
const pageIs = (expected: readonly string[]) =>
  waitFor(() => JSON.stringify(incidents()) === JSON.stringify(expected), {
    what: `incidents ${expected}, and not ${incidents()}`,
  });

/** As if all that is out had been due for nearly a minute. */
async function becomeLate(): Promise<void> {
  await runSql(
    stage.ledgerUrl,
    `update requests set ending_at = ending_at - interval '58 s',
       expires_at = case when state = 'active' then now() - interval '58 s' else expires_at end where ended_at is null`,
  );
}

/** Stands in for a target that is down, and counts who asks for it. */
async function countAttempts(): Promise<{ count(): number; close(): Promise<void> }> {
  let count = 0;
  const listener = createServer((socket) => {
    count += 1;
    socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => listener.listen(server.port, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => listener.close(() => resolve()));
  onTestFinished(close);
  return { count: () => count, close };
}

test('is told once per target by channel, gauge and page while it lasts, and is resolved', async () => {
  await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const { id, note } = await obtain(stage, 'dan', { role: 'orders_read', ...LONG });
  await untilAllSent(stage);
  await server.stop();
  const down = await countAttempts();
  await click(slack, 'dan', note, 'Relinquish');
  await card(slack, id, /not yet confirmed/);
  expect(await metric(stage.env, OVERDUE)).toBe(0);
  await becomeLate();

  await noteSays(/^Overdue: 2 revocations on Shop[\s\S]*hallpass check shop/, 1);
  await pageIs(['triggered']);
  expect(pagerduty.incidents[0]).toMatchObject({
    severity: 'critical',
    summary: 'Hallpass: 2 revocations overdue on Shop',
    details: { target: 'shop', overdue: 2, reason: expect.stringContaining('connection') },
  });
  expect(await metric(stage.env, OVERDUE)).toBe(2);
  expect(await metric(stage.env, 'hallpass_overdue_oldest_seconds{target="shop"}')).toBeGreaterThan(58);

  // Each second, and no more than that; the full look of each heartbeat comes on top.
  const before = down.count();
  await waitFor(() => down.count() >= before + 5, { what: 'the target to be asked again and again' });
  const began = performance.now();
  const since = down.count();
  await waitFor(() => performance.now() - began > 3_000, { what: 'three seconds to pass' });
  expect(down.count() - since).toBeLessThan(30);

  const other = { OPS_PORT: String(await freePort()) };
  const second = await stage.startHallpass(other);
  expect(await metric(other, OVERDUE)).toBe(2);
  await hallpass.kill();
  await down.close();
  await server.start();
  // The one that is left finds it at its heartbeat at the latest.
  await untilRefused(stage, 'ana', 'orders_read', new Date());
  await noteSays(/^Resolved: nothing is overdue on Shop/, 1);
  await pageIs(['resolved']);
  expect(await metric(other, OVERDUE)).toBe(0);
  expect(pagerduty.incidents).toHaveLength(1);
  expect(pagerduty.incidents[0]).toMatchObject({ triggers: 1 });
  await second.stop();
  hallpass = await stage.startHallpass();
});

test('a new time is a new message and a new incident, though PagerDuty is down and Hallpass is killed', async () => {
  await obtain(stage, 'ben', { role: 'orders_read', ...LONG });
  await untilAllSent(stage);
  await server.stop();
  pagerduty.faults.order('/v2/enqueue', { kind: 'status', status: 502 });
  pagerduty.faults.order('/v2/enqueue', { kind: 'hang' });
  const calls = pagerduty.calls.length;
  await becomeLate();
  await noteSays(/^Overdue: 1 revocation on Shop/, 2);
  await waitFor(() => pagerduty.calls.slice(calls).some(({ fault }) => fault === 'hang'), {
    what: 'a page to be under way',
  });
  await hallpass.kill();
  expect(incidents()).toEqual(['resolved']);
  hallpass = await stage.startHallpass();
  await pageIs(['resolved', 'triggered']);
  await server.start();
  await untilRefused(stage, 'ben', 'orders_read', new Date());
  await noteSays(/^Resolved/, 2);
  await pageIs(['resolved', 'resolved']);
});

test('of sessions alone, nobody is told to REVOKE what is revoked', async () => {
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const session = new pg.Client(stage.samples.people.ana.url);
  session.on('error', () => undefined);
  await session.connect();
  onTestFinished(() => session.end());
  await session.query('begin');
  await session.query('select id from orders.orders');
  await server.query(`revoke pg_signal_backend from ${HALLPASS}`);
  const told = notes().length;
  await click(slack, 'ana', note, 'Relinquish');
  const shown = await card(slack, id, /not confirmed[\s\S]*may not end 1 session|may not end 1 session/);
  expect(all(shown)).toContain('The role is gone');
  await becomeLate();
  await noteSays(/The roles are revoked, but sessions that had them are still open/, told + 1);
  expect(all(notes().at(-1) as SeenMessage)).not.toContain('REVOKE by hand');
  await server.query(`grant pg_signal_backend to ${HALLPASS} with inherit true, set false`);
  await noteSays(/^Resolved/, told + 1);
});
