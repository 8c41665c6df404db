/** What Hallpass lives among fails: the target, the ledger, Slack, Redis, PagerDuty. Its promises are kept. */

import { appendFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import { buildSamples } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  clickAndHear,
  fillForm,
  messagesOf,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused, untilRefused } from '../support/access.js';
import { endSessions, isAlive, untilPast } from '../support/disturb.js';
import { buttons, expectRung } from '../support/messages.js';
import { describeOwnRedis, startRedis, type TestRedis } from '../support/redis.js';
import {
  approved,
  expectSettled,
  inLedger,
  LONG,
  obtain,
  untilAllSent,
  untilInLedger,
} from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { CANCELLED, EXPIRED, GRANTED, RELINQUISHED, WAITING } from '../support/words.js';

const stage = await openStage();
const { slack, server, ledger, pagerduty } = stage;
const DEPOT_PASSWORD = 'depot';
await addDepot();
let hallpass = await stage.startHallpass({ DEPOT_PASSWORD });

const SHORT = { otherDuration: '3s' };
const OVERDUE = /Time is up, being revoked, not yet confirmed/;

/** A second target, on the server of the ledger. */
async function addDepot(): Promise<void> {
  await ledger.query(`
    create role stock_read; create role ana login password '${DEPOT_PASSWORD}';
    create role hallpass login password '${DEPOT_PASSWORD}';
    grant stock_read to hallpass with admin true, inherit false, set false`);
  await appendFile(
    stage.env.HALLPASS_CONFIG ?? '',
    `  depot:
    name: Depot
    connect: { host: ${ledger.host}, port: ${ledger.port}, database: postgres, user: hallpass, password: "\${DEPOT_PASSWORD}" }
    roles: { stock_read: { policy: read } }
`,
  );
}

async function restart(changes: Readonly<Record<string, string>> = {}): Promise<void> {
  await hallpass.stop();
  hallpass = await stage.startHallpass({ DEPOT_PASSWORD, ...changes });
}

async function readiness(): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${stage.env.OPS_PORT}/readyz`);
  return { status: answer.status, body: await answer.json() };
}

function cardsOf(id: string): readonly SeenMessage[] {
  const messages = slack.as(CAST.cora).messages(CHANNELS.access);
  return messages.filter((message) => !message.ephemeral && all(message).includes(`${id} ·`));
}

afterEach(() => expectSettled(stage));

describe('the target', () => {
  test('is down at the approval: the card says why, others go on, and it is granted when it is back', async () => {
    await server.stop();
    const id = await approved(stage, 'ana', { role: 'orders_read', ...LONG });
    await card(slack, id, /not granted yet[\s\S]*Hallpass keeps trying:[\s\S]*nothing listens there/);

    const other = await approved(stage, 'ana', { target: 'depot', role: 'stock_read', ...SHORT });
    await told(slack, 'ana', other, /psql/);
    expect(await granted({ server: ledger })).toEqual(['stock_read ana']);
    await told(slack, 'ana', other, /Ended: its time was up/);
    expect(await granted({ server: ledger })).toEqual([]);

    await server.start();
    const note = await told(slack, 'ana', id, /psql/);
    await expectReads(stage, 'ana', 'orders_read');
    await click(slack, 'ana', note, 'Relinquish');
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, RELINQUISHED]);
  });

  test('crashes before the expiry: not yet confirmed, and gone within seconds of its return', async () => {
    const { id } = await obtain(stage, 'ben', { role: 'orders_read', ...SHORT });
    await server.kill();
    await untilPast((await inLedger(stage, id)).expires_at);
    expect(buttons(await card(slack, id, OVERDUE))).toEqual([]);
    await told(slack, 'ben', id, OVERDUE);
    expect(await inLedger(stage, id)).toMatchObject({ ended_at: null });
    await server.start();
    // A retry comes each second.
    expect(await untilRefused(stage, 'ben', 'orders_read', new Date())).toBeLessThan(20_000);
    await expectRung(stage, 'ben', id, [WAITING, GRANTED, EXPIRED]);
  });

  test('is read-only by default for a while, as for a full disk: roles are granted and revoked all the same', async () => {
    const readOnly = async (is: boolean) => {
      await server.query(`alter system set default_transaction_read_only = ${is}`);
      await server.query('select pg_reload_conf()');
    };
    onTestFinished(() => readOnly(false));
    const due = await obtain(stage, 'ben', { role: 'orders_read', ...SHORT });
    await readOnly(true);
    const id = await approved(stage, 'ana', { role: 'orders_read', ...LONG });
    const note = await told(slack, 'ana', id, /psql/);
    await expectRung(stage, 'ben', due.id, [WAITING, GRANTED, EXPIRED]);
    expect(await isRefused(stage, 'ben', 'orders_read')).toBe(true);
    await click(slack, 'ana', note, 'Relinquish');
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, RELINQUISHED]);
  });

  test('has its connections cut between all steps, and the ledger too', async () => {
    const cut = async () => {
      await endSessions(server, 'hallpass');
      await endSessions(ledger, 'hallpass_app');
    };
    const id = await request(slack, 'dan', { role: 'orders_read', ...LONG });
    const asked = await card(slack, id, /Waiting/);
    await cut();
    await click(slack, 'cora', asked, 'Approve');
    const note = await told(slack, 'dan', id, /psql/);
    await expectReads(stage, 'dan', 'orders_read');
    await cut();
    await click(slack, 'dan', note, 'Relinquish');
    await expectRung(stage, 'dan', id, [WAITING, GRANTED, RELINQUISHED]);
  });

  test('has its connections cut all the time: granted and revoked in the gaps', async () => {
    let storm = true;
    const cutting = (async () => {
      while (storm) await endSessions(server, 'hallpass');
    })();
    const id = await approved(stage, 'dan', { role: 'payments_read', ...SHORT });
    await card(slack, id, /Granted|keeps trying/);
    await untilPast(new Date(Date.now() + 1_000));
    storm = false;
    await cutting;
    await untilInLedger(stage, id, 'ended');
    await expectRung(stage, 'dan', id, [WAITING, GRANTED, EXPIRED]);
  });

  test('is another server at the same address: it proves nothing, is granted nothing, and the operators hear', async () => {
    const due = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
    const given = await obtain(stage, 'dan', { role: 'orders_read', ...LONG });
    const asked = await request(slack, 'ben', { role: 'orders_write', ...LONG });
    await server.stop();
    const other = await startCluster({ name: 'another', port: server.port });
    onTestFinished(() => other.close());
    await buildSamples(other);
    const { password } = stage.samples.hallpass;
    await other.query(
      `alter role hallpass password '${password}'; set role hallpass; grant orders_read to ana`,
    );
    const untouched = ['orders_read ana'];

    await card(slack, due.id, /Time is up[\s\S]*another server/);
    await click(slack, 'dan', given.note, 'Relinquish');
    await card(slack, given.id, /not yet confirmed[\s\S]*another server/);
    const warnings = () =>
      slack
        .as(CAST.olga)
        .messages(CHANNELS.operators)
        .filter((message) => all(message).includes('Another server answers'));
    await slack.waitFor(() => warnings().length > 0);
    await click(slack, 'cora', await card(slack, asked, /Waiting/), 'Approve');
    await card(slack, asked, /not granted yet[\s\S]*another server/);

    await restart();
    const sweeps = async () =>
      (
        await runSql<{ n: number }>(
          stage.ledgerUrl,
          `select wake_seq::int as n from targets where name = 'shop'`,
        )
      )[0]?.n ?? 0;
    const before = await sweeps();
    await untilPast(new Date(Date.now() + 1_500));
    expect(await sweeps()).toBeLessThan(before + 20);
    for (const id of [due.id, given.id, asked]) {
      expect(await inLedger(stage, id)).toMatchObject({ ended_at: null });
    }
    expect(await granted({ server: other })).toEqual(untouched);
    expect(warnings()).toHaveLength(1);

    await other.close();
    await server.start();
    await untilRefused(stage, 'ana', 'orders_read', new Date());
    await untilRefused(stage, 'dan', 'orders_read', new Date());
    await click(slack, 'ben', await told(slack, 'ben', asked, /psql/), 'Relinquish');
    await expectRung(stage, 'ana', due.id, [WAITING, GRANTED, EXPIRED]);
    await expectRung(stage, 'dan', given.id, [WAITING, GRANTED, RELINQUISHED]);
  });
});

test('the ledger crashes and comes back: not ready meanwhile, and nothing is lost', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
  const pending = await request(slack, 'ben', { role: 'orders_read', ...LONG });
  const asked = await card(slack, pending, /Waiting/);
  const { expires_at } = await inLedger(stage, id);
  await ledger.kill();
  await waitFor(async () => (await readiness()).status === 503, { what: 'readyz to be red' });
  expect(await readiness()).toMatchObject({ body: { missing: ['the ledger'] } });
  expect(await clickAndHear(slack, 'cora', asked, 'Approve')).toMatch(/went wrong/);
  await untilPast(expires_at);
  await expectReads(stage, 'ana', 'orders_read');
  await ledger.start();
  await waitFor(async () => (await readiness()).status === 200, { what: 'readyz to be green' });
  await untilRefused(stage, 'ana', 'orders_read', expires_at);
  expect(isAlive(hallpass.pid)).toBe(true);
  await click(slack, 'cora', asked, 'Approve');
  await click(slack, 'ben', await told(slack, 'ben', pending, /psql/), 'Relinquish');
  await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
  await expectRung(stage, 'ben', pending, [WAITING, GRANTED, RELINQUISHED]);
});

describe('Slack', () => {
  afterEach(() => slack.faults.clear());

  test('takes no message: nothing waits for it, and in the end all is right', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', ...SHORT });
    const asked = await card(slack, id, /Waiting/);
    await untilAllSent(stage);
    for (const method of ['chat.postMessage', 'chat.update']) {
      slack.faults.order(method, { kind: 'hang' }, 2);
      slack.faults.order(method, { kind: 'rate_limited', retryAfter: 1 }, 2);
      slack.faults.order(method, { kind: 'status', status: 500 }, 2);
      slack.faults.order(method, { kind: 'reset' }, 1_000);
    }
    const clicked = Date.now();
    await click(slack, 'cora', asked, 'Approve');
    const { granted_at, expires_at } = await untilInLedger(stage, id, 'active');
    // Sooner than a call to Slack gives up.
    expect(Number(granted_at) - clicked).toBeLessThan(5_000);
    await expectReads(stage, 'ana', 'orders_read');
    expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeLessThan(5_000);
    slack.faults.clear();
    // What was never said while it was true is not said any more.
    await expectRung(stage, 'ana', id, [WAITING, EXPIRED]);
    expect(cardsOf(id)).toHaveLength(1);
    await card(slack, id, /Ended: its time was up/);
  });

  test('loses the answer to a first post: of two cards either works, and the older one goes', async () => {
    slack.faults.order('chat.postMessage', { kind: 'lost' }, 1, CHANNELS.access);
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    const [older] = await slack.waitFor(() => cardsOf(id).length === 2 && cardsOf(id));
    if (older === undefined) throw new Error('there is no card');
    await untilAllSent(stage);
    slack.faults.order('chat.update', { kind: 'lost' }, 2);
    await click(slack, 'cora', older, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    await slack.waitFor(() => cardsOf(id).length === 1);
    expect(cardsOf(id)[0]?.ts).not.toBe(older.ts);
    expect(buttons(await card(slack, id, /Granted/))).toEqual(['Extend', 'End access']);
    await click(slack, 'ana', note, 'Relinquish');
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, RELINQUISHED]);
    await card(slack, id, /Ended: relinquished/);
  });

  test('loses the answer to a direct message, and the app may not look for it: the copy that is not kept up to date goes when it is clicked', async () => {
    const scopes = [...slack.workspace.scopes];
    onTestFinished(() => slack.workspace.setScopes(scopes));
    slack.workspace.setScopes(scopes.filter((scope) => scope !== 'im:history'));
    slack.faults.order('chat.postMessage', { kind: 'lost' }, 1, CAST.ana);
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    const offers = () => messagesOf(slack, 'ana').filter((message) => all(message).includes(`${id} ·`));
    const [older, newer] = await slack.waitFor(() => offers().length === 2 && offers());
    if (older === undefined || newer === undefined) throw new Error('there are no two of them');
    await untilAllSent(stage);
    await click(slack, 'ana', older, 'Cancel request');
    await slack.waitFor(() => offers().every(({ ts }) => ts !== older.ts));
    await expectRung(stage, 'ana', id, [WAITING, WAITING, CANCELLED]);
    expect(offers().map(buttons)).toEqual([[], ['Ask again']]);
  });

  test('loses the answer, and the card is clicked before it is posted again: it is the card', async () => {
    slack.faults.order('chat.postMessage', { kind: 'lost' }, 1, CHANNELS.access);
    const id = await request(slack, 'ben', { role: 'orders_read', ...LONG });
    const asked = await card(slack, id, /Waiting/);
    await click(slack, 'cora', asked, 'Approve');
    const note = await told(slack, 'ben', id, /psql/);
    await click(slack, 'ben', note, 'Relinquish');
    await told(slack, 'ben', id, /Ended: relinquished/);
    await untilAllSent(stage);
    expect(cardsOf(id).map(({ ts }) => ts)).toEqual([asked.ts]);
  });

  test('is down when Hallpass starts: what is due is revoked before it answers', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
    await untilAllSent(stage);
    await hallpass.kill();
    const { expires_at } = await inLedger(stage, id);
    await untilPast(expires_at);
    slack.faults.order('*', { kind: 'status', status: 503 }, 10_000);
    const gone = untilRefused(stage, 'ana', 'orders_read', expires_at).finally(() => slack.faults.clear());
    const [started] = await Promise.all([stage.startHallpass({ DEPOT_PASSWORD }), gone]);
    hallpass = started;
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
  });

  test('refuses the bot token when Hallpass starts: it ends, and has revoked what was due', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
    await untilAllSent(stage);
    await hallpass.kill();
    await untilPast((await inLedger(stage, id)).expires_at);
    slack.faults.order('*', { kind: 'error', error: 'token_revoked' }, 10_000);
    await expect(stage.startHallpass({ DEPOT_PASSWORD })).rejects.toThrow(/bot token was revoked/);
    expect(await granted(stage)).toEqual([]);
    slack.faults.clear();
    hallpass = await stage.startHallpass({ DEPOT_PASSWORD });
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
  });

  test('refuses the app-level token while Hallpass runs: not ready, and it goes on revoking', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
    slack.faults.order('apps.connections.open', { kind: 'error', error: 'token_revoked' }, 10_000);
    slack.sockets.disconnect('link_disabled');
    await waitFor(async () => (await readiness()).status === 503, { what: 'readyz to be red' });
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
    expect(await granted(stage)).toEqual([]);
    slack.faults.clear();
    await restart();
  });

  test('refreshes one connection, then drops both', async () => {
    slack.sockets.disconnect('refresh_requested', 'one');
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
    await slack.waitFor(() => slack.sockets.count === 2);
    slack.sockets.drop();
    await slack.waitFor(() => slack.sockets.count === 0);
    await slack.waitFor(() => slack.sockets.count === 2);
    await click(slack, 'ana', note, 'Relinquish');
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, RELINQUISHED]);
  });
});

test('PagerDuty says nothing: the request goes its ordinary way at once, and the card says why', async () => {
  pagerduty.faults.order('*', { kind: 'hang' }, 100);
  onTestFinished(() => pagerduty.faults.clear());
  await fillForm(slack, 'dan', { role: 'orders_write', ...LONG });
  const began = performance.now();
  expect(await slack.as(CAST.dan).submit()).toEqual({ outcome: 'closed' });
  // Before Hallpass gives up on PagerDuty, after 2 s.
  expect(performance.now() - began).toBeLessThan(2_000);
  const [{ id: number } = { id: '' }] = await runSql<{ id: string }>(
    stage.ledgerUrl,
    'select max(id) as id from requests',
  );
  const id = `R-${number}`;
  const asked = await card(slack, id, /Not approved by on call:[\s\S]*PagerDuty did not answer/);
  await click(slack, 'cora', asked, 'Approve');
  await click(slack, 'dan', await told(slack, 'dan', id, /psql/), 'Relinquish');
  await expectRung(stage, 'dan', id, [WAITING, GRANTED, RELINQUISHED]);
});

describeOwnRedis('Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
    await redis.stop();
    await restart({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await restart();
    await redis.stop();
  });

  /** A heartbeat of 15 s, and twice as much for a slow machine. */
  const BOUND_MS = 45_000;

  test('is down from the start: granted and relinquished at once, revoked by the plain timer', async () => {
    const expiring = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
    const { id, note } = await obtain(stage, 'ben', { role: 'orders_read', ...LONG });
    await click(slack, 'ben', note, 'Relinquish');
    await expectRung(stage, 'ben', id, [WAITING, GRANTED, RELINQUISHED]);
    const { expires_at } = await inLedger(stage, expiring.id);
    expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeLessThan(BOUND_MS);
    await expectRung(stage, 'ana', expiring.id, [WAITING, GRANTED, EXPIRED]);
  });

  test('is back, and wiped with an alarm in it: revoked by the plain timer', async () => {
    await redis.start();
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
    await waitFor(async () => (await client.keys('hallpass-*:delayed')).length > 0, { what: 'the alarm' });
    await client.flushall();
    const { expires_at } = await inLedger(stage, id);
    expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeLessThan(BOUND_MS);
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
  });

  test('rings at the expiry again, wiped and restarted as it was', async () => {
    await redis.stop();
    await redis.start();
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '5s' });
    const { expires_at } = await inLedger(stage, id);
    // By an alarm, not by the heartbeat.
    expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeLessThan(12_000);
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXPIRED]);
  });
});
