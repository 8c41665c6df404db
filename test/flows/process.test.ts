/** How processes of Hallpass end, heal or go on, seen from outside. */

import { afterEach, describe, expect, test } from 'vitest';
import { told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { untilRefused } from '../support/access.js';
import { freeze, untilPast } from '../support/disturb.js';
import { expectRung } from '../support/messages.js';
import { metric, readiness } from '../support/ops-port.js';
import { expectSettled, inLedger, obtain, untilAllSent } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { EXPIRED, GRANTED, WAITING } from '../support/words.js';

const stage = await openStage();
const { slack, ledger, pagerduty } = stage;
let hallpass = await stage.startHallpass();

const RUNG = [WAITING, GRANTED, EXPIRED];

/** What runs in Hallpass's own process at SIGUSR2. */
const atSignal = (code: string) =>
  `--import data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${code} })`)}`;

async function restart(changes: Readonly<Record<string, string>> = {}): Promise<void> {
  await hallpass.kill();
  hallpass = await stage.startHallpass(changes);
}

/** Signals the process, and answers how it ended, and after how long, milliseconds. */
async function provoke({
  pid,
  ended,
}: HallpassProcess): Promise<Awaited<HallpassProcess['ended']> & { ms: number }> {
  if (pid === undefined) throw new Error('it did not start');
  const began = performance.now();
  process.kill(pid, 'SIGUSR2');
  return { ...(await ended), ms: performance.now() - began };
}

const isReady = (ready: boolean) =>
  waitFor(async () => ((await readiness(stage.env)).status === 200) === ready, {
    what: `readyz to be ${ready ? 'green' : 'red'}`,
  });

afterEach(() => expectSettled(stage));

test('a worker, which has no ear for Slack, revokes and tells what a killed replica granted', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '2s' });
  await untilAllSent(stage);
  await hallpass.kill();
  const worker = await stage.startHallpass({ SLACK_APP_TOKEN: '' }, 'worker');
  expect(slack.sockets.count).toBe(0);
  await untilRefused(stage, 'ana', 'orders_read', (await inLedger(stage, id)).expires_at);
  await told(slack, 'ana', id, /Ended: its time was up/);
  await expectRung(stage, 'ana', id, RUNG);
  expect(await worker.stop()).toBe(0);
  hallpass = await stage.startHallpass();
});

describe('a fault of its own', () => {
  test.each([
    ['an exception that nobody caught', 'throw new Error("a fault")'],
    ['a rejection that nobody handled', 'void Promise.reject(new Error("a fault"))'],
  ])('%s: it says so and ends with 1', async (_, code) => {
    await restart({ NODE_OPTIONS: atSignal(code) });
    const lines = stage.log.length;
    expect(await provoke(hallpass)).toMatchObject({ code: 1, signal: null });
    const said = stage.log.slice(lines).join('\n');
    expect(said).toMatch(/"message":"a fault"[\s\S]*Hallpass ends/);
    expect(said).toContain('Hallpass has ended');
    hallpass = await stage.startHallpass();
  });

  test('is red at once and ends in time though something hangs, and the next revokes what is due', async () => {
    await restart({ NODE_OPTIONS: atSignal('throw new Error("a fault")') });
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '4s' });
    await untilAllSent(stage);
    const silent = await ledger.query<{ pid: number }>(
      `select pid from pg_stat_activity where usename = 'hallpass_app'`,
    );
    const frozen = silent.map(({ pid }) => freeze(pid));
    const ends = provoke(hallpass);
    await waitFor(async () => (await readiness(stage.env)).missing.join().includes('ending'), {
      what: 'readyz to say that it is ending',
    });
    const { code, ms } = await ends;
    expect(code).toBe(1);
    // After 9.5 s.
    expect(ms).toBeLessThan(20_000);
    for (const { thaw } of frozen) thaw();
    hallpass = await stage.startHallpass();
    await untilRefused(stage, 'ana', 'orders_read', (await inLedger(stage, id)).expires_at);
    await expectRung(stage, 'ana', id, RUNG);
  });

  test('out of memory: V8 aborts, and the next revokes what is due', async () => {
    const leak =
      'const kept = []; setInterval(() => { for (let i = 0; i < 40; i++) kept.push(Array(1e4).fill().map(() => ({}))); })';
    await restart({ NODE_OPTIONS: `--max-old-space-size=96 ${atSignal(leak)}` });
    const { id } = await obtain(stage, 'ben', { role: 'orders_read', otherDuration: '4s' });
    await untilAllSent(stage);
    const lines = stage.log.length;
    expect(await provoke(hallpass)).toMatchObject({ code: null, signal: 'SIGABRT' });
    expect(stage.log.slice(lines).join('\n')).toContain('JavaScript heap out of memory');
    await untilPast((await inLedger(stage, id)).expires_at);
    hallpass = await stage.startHallpass();
    await untilRefused(stage, 'ben', 'orders_read', (await inLedger(stage, id)).expires_at);
    await expectRung(stage, 'ben', id, RUNG);
  });

  test('a process that stands still is seen: healthz does not answer', async () => {
    const healthz = () =>
      fetch(`http://127.0.0.1:${stage.env.OPS_PORT}/healthz`, { signal: AbortSignal.timeout(1_000) });
    expect((await healthz()).status).toBe(200);
    const { thaw } = freeze(hallpass.pid);
    await expect(healthz()).rejects.toThrow(/timeout/);
    thaw();
    await waitFor(async () => (await healthz()).ok, { what: 'healthz to answer again' });
  });
});

test('the bot token is lost: red with the reason, paged, and revoked; and it heals', async () => {
  const { id } = await obtain(stage, 'dan', { role: 'orders_read', otherDuration: '4s' });
  await untilAllSent(stage);
  const refused = 'hallpass_slack_token_refused{token="bot"}';
  expect(await metric(stage.env, refused)).toBe(0);
  slack.faults.order('*', { kind: 'error', error: 'token_revoked' }, 10_000);
  await isReady(false);
  expect((await readiness(stage.env)).missing.join()).toContain('The bot token was revoked.');
  expect(await metric(stage.env, refused)).toBe(1);
  const page = () => pagerduty.incidents.find(({ dedupKey }) => dedupKey.endsWith('/slack/bot'));
  await waitFor(() => page()?.status === 'triggered', { what: 'the page' });
  expect(page()?.summary).toContain('Slack refuses the bot token');
  await untilRefused(stage, 'dan', 'orders_read', (await inLedger(stage, id)).expires_at);
  await waitFor(async () => ((await metric(stage.env, 'hallpass_messages_failing')) ?? 0) > 0, {
    what: 'the metrics to show what Slack did not take',
  });
  slack.faults.clear();
  await isReady(true);
  await waitFor(() => page()?.status === 'resolved', {
    what: 'the page to be resolved',
  });
  expect(await metric(stage.env, refused)).toBe(0);
  await expectRung(stage, 'dan', id, RUNG);
});
