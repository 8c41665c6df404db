import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HallpassError } from '../../src/errors.js';
import { ACTIONS } from '../../src/surfaces/kit/ids.js';
import { waitFor } from '../support/wait-for.js';
import { ANA, build, openSlack, postCard, start } from './harness.js';

const OPEN = 'apps.connections.open';

describe('Socket Mode', () => {
  it('loses no click while one of its two connections is refreshed or cut', async () => {
    const bench = await start('socket');
    const { slack, app } = bench;
    await slack.waitFor(() => slack.sockets.count === 2);
    const card = await postCard(bench);
    for (const lose of [
      () => slack.sockets.disconnect('refresh_requested', 'one'),
      () => slack.sockets.drop('one'),
    ]) {
      lose();
      const clicks = await Promise.all(
        Array.from({ length: 10 }, () => slack.as(ANA).click(card, ACTIONS.approve)),
      );
      expect(clicks.every(({ outcome }) => outcome === 'ok')).toBe(true);
      expect(app.ready()).toBe(true);
      await slack.waitFor(() => slack.sockets.count === 2);
    }
    expect(bench.uses).toHaveLength(20);
    expect(slack.problems).toEqual([]);
  });

  it('comes back after an outage of any kind, and says meanwhile that it is not ready', async () => {
    const { slack, app, fatal } = await start('socket');
    await slack.waitFor(() => slack.sockets.count === 2);
    slack.faults.order(OPEN, { kind: 'status', status: 503 });
    slack.faults.order(OPEN, { kind: 'reset' });
    slack.faults.order(OPEN, { kind: 'rate_limited', retryAfter: 1 });
    slack.faults.order(OPEN, { kind: 'error', error: 'internal_error' });
    slack.sockets.drop();
    await waitFor(() => !app.ready(), { what: 'not ready' });
    await waitFor(() => app.ready(), { what: 'ready again' });
    await slack.waitFor(() => slack.sockets.count === 2, 30_000);
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'ok' });
    expect(fatal).toEqual([]);
  });

  it('reports once that the token was refused after it had worked, and ends at once when it never did', async () => {
    const { slack, app, fatal } = await start('socket');
    await slack.waitFor(() => slack.sockets.count === 2);
    slack.faults.order(OPEN, { kind: 'error', error: 'token_revoked' }, 2);
    slack.sockets.drop();
    await waitFor(() => fatal.length > 0, { what: 'the report' });
    expect(fatal[0]).toMatchObject({ passing: false, nextStep: expect.stringContaining('SLACK_APP_TOKEN') });
    // It asks again, so restoring the app's rights is enough.
    await slack.waitFor(() => slack.sockets.count === 2, 50_000);
    await waitFor(() => app.ready(), { what: 'ready again' });
    await app.stop();
    expect(fatal).toHaveLength(1);
    slack.faults.order(OPEN, { kind: 'error', error: 'token_revoked' }, 2);

    const refused = await build('socket', { slack });
    await expect(refused.app.start()).rejects.toMatchObject({ passing: false });
    expect(refused.fatal).toEqual([]);
  });

  it('ignores frames that are no messages', async () => {
    const { slack, app, log } = await start('socket');
    await slack.waitFor(() => slack.sockets.count === 2);
    const frames = ['null', '7', '"hello"', '{', '', '{}', '[]', '{"type":"events_api"}', '{"type":"error"}'];
    for (const frame of [...frames, '{"type":"ws_message"}', Buffer.from([0, 255])]) {
      slack.sockets.sendRaw(frame);
    }
    await waitFor(() => log().split('no message was ignored').length > 2, { what: 'the frames to be read' });
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'ok' });
    expect(app.ready()).toBe(true);
    expect(slack.sockets.count).toBe(2);
  });

  it('gives up a connection that is not answered, or hears no hello', async () => {
    const { slack, app } = await build('socket');
    slack.sockets.muteNext(2);
    slack.sockets.closeNext(2);
    await app.start();
    expect(app.ready()).toBe(true);
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'ok' });
    await slack.waitFor(() => slack.sockets.count === 2, 30_000);
  });

  it('survives a storm of refreshes and cuts', async () => {
    const { slack, app, fatal } = await start('socket');
    for (let i = 0; i < 8; i++) {
      await slack.waitFor(() => slack.sockets.count > 0, 40_000);
      slack.sockets.disconnect(i % 2 === 0 ? 'refresh_requested' : 'warning');
      slack.sockets.drop();
    }
    await slack.waitFor(() => slack.sockets.count === 2, 60_000);
    await waitFor(() => app.ready(), { what: 'ready again' });
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'ok' });
    expect(fatal).toEqual([]);
  });

  it('four replicas and one that is being rolled out hold all ten connections; another waits for its turn', async () => {
    const first = await start('socket');
    const { slack } = first;
    const others = await Promise.all(Array.from({ length: 4 }, () => start('socket', { slack })));
    await slack.waitFor(() => slack.sockets.count === 10);
    slack.sockets.disconnect('refresh_requested');
    await slack.waitFor(() => slack.sockets.count === 10, 30_000);

    const sixth = await build('socket', { slack });
    const started = sixth.app.start();
    await waitFor(() => sixth.log().includes('not connected, trying again') || slack.sockets.count > 10, {
      what: 'the sixth to be turned away',
    });
    expect([sixth.app.ready(), slack.sockets.count]).toEqual([false, 10]);
    expect([first, ...others].map(({ app }) => app.ready())).toEqual(Array(5).fill(true));
    await first.app.stop();
    await started;
    expect(sixth.app.ready()).toBe(true);
  });

  it('stops while Slack leaves it hanging', async () => {
    const { slack, app, log } = await build('socket');
    slack.faults.order(OPEN, { kind: 'hang' }, 2);
    const started = app.start();
    await slack.waitFor(() => slack.log.filter(({ method }) => method === OPEN).length === 2);
    await app.stop();
    await started;
    expect(log()).not.toContain('stopped while something');
    expect(slack.sockets.count).toBe(0);
  });
});

describe('HTTP', () => {
  it('refuses a forged and a stale signature', async () => {
    const { slack, uses, log } = await start('http');
    for (const forgery of ['signature', 'stale'] as const) {
      slack.faults.forgeNext(forgery);
      expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'refused' });
    }
    expect(uses).toEqual([]);
    expect(log()).toContain('Failed to parse and verify the request');
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'ok' });
  });

  it('says that its port is taken', async () => {
    const bench = await build('http');
    const other = createServer().listen(Number(new URL(bench.url).port));
    onTestFinished(() => void other.close());
    await waitFor(() => other.listening, { what: 'the other server' });
    const error: unknown = await bench.app.start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HallpassError);
    expect(error).toMatchObject({ passing: false, nextStep: expect.stringContaining('PORT') });
    expect(bench.app.ready()).toBe(false);
  });
});

it('waits for a Slack that is down when it starts, and ends when the bot token is refused', async () => {
  const slack = await openSlack();
  const patient = await build('socket', { slack });
  // One more than the tries of one call: the next try is Hallpass's own.
  slack.faults.order('auth.test', { kind: 'status', status: 503 }, 3);
  await patient.app.start();
  expect(patient.app.ready()).toBe(true);

  slack.faults.order('auth.test', { kind: 'error', error: 'invalid_auth' });
  const refused = await build('socket', { slack });
  await expect(refused.app.start()).rejects.toMatchObject({
    code: 'invalid_auth',
    nextStep: expect.stringContaining('SLACK_BOT_TOKEN'),
  });
});
