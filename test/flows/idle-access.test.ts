/** Access that nobody uses: its holder is told, and where the policy says so it ends; never while a session is open, or unseen. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../sandbox/postgres/proxy.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, card, click, messagesOf, type Name, told } from '../../sandbox/stage/people.js';
import { isRefused } from '../support/access.js';
import { buttons } from '../support/messages.js';
import { changeInLedger, inLedger, obtain, untilAllSent } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { startStandby } from '../support/standby.js';
import { idleKinds, timePassed, untilInUse, untilSeenUnused, useOf } from '../support/unused.js';
import { waitFor } from '../support/wait-for.js';

/** Two heartbeats, and what a look takes. */
const LOOKS_MS = 33_000;
const WISH = { role: 'orders_read', otherDuration: '3h' } as const;

describe.each(KINDS)('by $transport', async (kind) => {
  const to = { host: '127.0.0.1', port: 0 };
  const proxy = await startProxy(to);
  const stage = await openStage({
    ...kind,
    configure: (yaml) =>
      yaml
        .replace('    roles:\n', `    replicas: [{ host: 127.0.0.1, port: ${proxy.port} }]\n    roles:\n`)
        .replace('orders_read: { policy: read,', 'orders_read: { policy: read, idle: 30m,'),
  });
  const { slack, ledgerUrl } = stage;
  let standbyUrl = '';
  beforeAll(async () => {
    const standby = await startStandby(stage.server);
    to.port = standby.port;
    const url = new URL(stage.samples.people.ana.url);
    url.port = String(standby.port);
    standbyUrl = url.href;
    await stage.startHallpass({ LOG_LEVEL: 'debug' });
    return async () => {
      await standby.stop();
      await proxy.close();
    };
  });

  const passed = (id: string, minutes: number) => timePassed(stage, id, minutes);
  const kinds = (id: string) => idleKinds(stage, id);

  async function open(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  /** The messages about a request that have buttons. */
  const withButtons = (id: string): readonly SeenMessage[] =>
    messagesOf(slack, 'ana').filter((message) => all(message).includes(id) && buttons(message).length > 0);

  async function askAgain(name: Name, message: SeenMessage) {
    const person = slack.as(CAST[name]);
    const before = person.openedView()?.id;
    await click(slack, name, message, 'Ask again');
    return slack.waitFor(() => {
      const view = person.openedView();
      return view?.id === before ? undefined : view;
    });
  }

  test('it is told of, announced, kept by a session, and ended; one message at a time has the buttons', async () => {
    const { id } = await obtain(stage, 'ana', { ...WISH, reason: 'stuck order, ticket 812' });
    await untilSeenUnused(stage, id);
    await passed(id, 21);
    const unused = await told(slack, 'ana', id, /^You haven’t used your access for 20 minutes/);
    expect(buttons(unused)).toEqual(['Relinquish', 'Extend']);
    await untilAllSent(stage, id);
    expect(withButtons(id)).toHaveLength(1);

    await passed(id, 6);
    const announced = await told(slack, 'ana', id, /^Your access ends .* unless you use it/);
    expect(all(announced)).toContain('ends after 30 minutes without a session of `ana`');
    await untilAllSent(stage, id);
    expect(withButtons(id).map(({ ts }) => ts)).toEqual([announced.ts]);

    const session = await open(stage.samples.people.ana.url);
    await untilInUse(stage, id, true);
    await slack.waitFor(() => withButtons(id).find((each) => /^Granted until/.test(each.text)));
    expect(await kinds(id)).toEqual(['unused', 'idle_announced', 'idle_called_off']);
    // However long it does nothing: it is open.
    await passed(id, 90);
    await waitFor(async () => Number((await useOf(stage, id))?.session_ms) > 0, { what: 'it to be counted' });
    expect((await inLedger(stage, id)).state).toBe('active');

    await session.end();
    await untilInUse(stage, id, false);
    await passed(id, 26);
    await told(slack, 'ana', id, /^Your access ends .* unless you use it/);
    expect((await inLedger(stage, id)).state).toBe('active');
    await passed(id, 6);
    const over = await told(slack, 'ana', id, /^Ended: not used for 30 minutes/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect(await card(slack, id, /Ended: not used for 30 minutes/)).toBeDefined();
    expect((await kinds(id)).slice(3)).toEqual(['idle_announced', 'ended_idle']);
    expect(await stage.run('show', id)).toContain('Hallpass ended it: no session could use it since');
    expect(await stage.run('report', '--format', 'jsonl')).toContain('"why":"idle"');
    expect(await stage.run('audit', 'verify')).toContain('Every request is what its events make of it.');

    await untilAllSent(stage, id);
    expect(withButtons(id).map(buttons)).toEqual([['Ask again']]);
    const form = await askAgain('ana', over);
    expect(JSON.stringify(form.blocks)).toContain('stuck order, ticket 812');
    expect((await slack.as(CAST.ana).submit()).outcome).toBe('closed');
    await slack.waitFor(() =>
      messagesOf(slack, 'ana').find((each) => /^Waiting for approval/.test(each.text)),
    );
  });

  // What follows is the same by each transport.
  if (kind.transport === 'http') return;
  test('a session on the standby counts, and nothing ends while the standby is not seen', async () => {
    const { id } = await obtain(stage, 'ana', { ...WISH, role: 'payments_read' });
    await changeInLedger(stage, id, 'idle_ms = 1800000');
    await untilSeenUnused(stage, id);
    await passed(id, 26);
    await told(slack, 'ana', id, /^Your access ends .* unless you use it/);
    const there = await open(standbyUrl);
    await untilInUse(stage, id, true);
    await there.end();
    await untilInUse(stage, id, false);
    await passed(id, 26);
    await told(slack, 'ana', id, /^Your access ends .* unless you use it/);

    const { toClient } = proxy;
    proxy.toClient = () => null;
    onTestFinished(() => {
      proxy.toClient = toClient;
    });
    await passed(id, 6);
    await sleep(LOOKS_MS);
    expect((await inLedger(stage, id)).state).toBe('active');
    // As if it had been so for longer: what was there meanwhile nobody knows.
    await runSql(ledgerUrl, "update targets set watched_at = watched_at - interval '3 minutes'");
    proxy.toClient = toClient;
    proxy.cut();
    await waitFor(async () => (await kinds(id)).at(-1) === 'idle_called_off', {
      what: 'it to be called off',
    });
    expect((await inLedger(stage, id)).state).toBe('active');
    await click(slack, 'ana', await told(slack, 'ana', id, /^Granted until/), 'Relinquish');
    await told(slack, 'ana', id, /^Ended: relinquished by you/);
  });

  test('the notice before the end says what is open, and after the end one click asks again', async () => {
    const { id } = await obtain(stage, 'ana', { ...WISH, role: 'payments_read' });
    const session = await open(stage.samples.people.ana.url);
    await session.query('begin');
    await session.query('select id from payments.payments limit 1');
    await untilInUse(stage, id, true);
    await changeInLedger(stage, id, "warn_at = now(), expires_at = now() + interval '5 minutes'");
    const notice = await told(slack, 'ana', id, /^Your access ends/);
    expect(all(notice)).toMatch(/1 session is open, in a transaction since <!date/);
    await changeInLedger(stage, id, 'expires_at = now()');
    const over = await told(slack, 'ana', id, /^Ended: its time was up/);
    expect(all(over)).toMatch(/You had it for .*, with a session open for/);
    const form = await askAgain('ana', over);
    expect(JSON.stringify(form.blocks)).toMatch(/payments_read.*ticket 812/);
    await slack.as(CAST.ana).closeView();
  });
});
