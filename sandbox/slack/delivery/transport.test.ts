import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Slack, startSlack } from '../index.js';
import { isObject, type JsonObject, parseJson } from '../json.js';
import { type Running, startApp } from '../testing/bolt-app.js';

const ANA = 'U0ANA00000';

let slack: Slack;
let running: Running[];
let heard: string[];

beforeEach(async () => {
  slack = await startSlack({ people: [{ id: ANA, name: 'ana' }], eventRetries: [0, 10, 10] });
  running = [];
  heard = [];
});
afterEach(async () => {
  await Promise.all(running.map((app) => app.stop()));
  await slack.close();
});

/** An app that writes down what it hears, under a name of its own. */
async function start(
  transport: 'socket' | 'http',
  name = 'app',
  events: (app: App) => void = () => undefined,
) {
  running.push(
    await startApp(slack, transport, (app) => {
      app.command('/request', ({ ack, body }) => {
        heard.push(`${name} ${body.text}`);
        return ack();
      });
      events(app);
    }),
  );
}

async function connect(): Promise<{ socket: WebSocket; next: () => Promise<JsonObject> }> {
  const client = new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl });
  const { url } = await client.apps.connections.open();
  return listen(new WebSocket(String(url)));
}

function listen(socket: WebSocket) {
  const messages: JsonObject[] = [];
  const waiting: ((message: JsonObject) => void)[] = [];
  socket.on('message', (data) => {
    const message = parseJson(data.toString());
    if (!isObject(message)) return;
    const next = waiting.shift();
    if (next) next(message);
    else messages.push(message);
  });
  return {
    socket,
    next: () =>
      new Promise<JsonObject>((resolve) => {
        const message = messages.shift();
        if (message) resolve(message);
        else waiting.push(resolve);
      }),
  };
}

const closed = (socket: WebSocket) => new Promise((resolve) => socket.once('close', resolve));

describe('Socket Mode', () => {
  it('greets, and takes a ticket once', async () => {
    const first = await connect();
    expect(await first.next()).toMatchObject({
      type: 'hello',
      num_connections: 1,
      connection_info: { app_id: slack.appId },
    });
    const again = new WebSocket(first.socket.url);
    const refused = await new Promise<Error>((resolve) => again.once('error', resolve));
    expect(refused.message).toContain('401');
    first.socket.close();
  });

  it('pings, so that a client notices a dead line', async () => {
    const { socket } = await connect();
    await new Promise((resolve) => socket.once('ping', resolve));
    socket.close();
  });

  it('takes ten connections', async () => {
    const ten = await Promise.all(Array.from({ length: 10 }, connect));
    await slack.waitFor(() => slack.sockets.count === 10);
    const eleventh = await connect();
    expect(await eleventh.next()).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    await closed(eleventh.socket);
    expect(slack.sockets.count).toBe(10);
    for (const { socket } of ten) socket.terminate();
  });

  it('sends each payload to one connection, whichever', async () => {
    await start('socket', 'one');
    await start('socket', 'two');
    const ana = slack.as(ANA);
    for (let n = 0; n < 40; n += 1) await ana.command('/request', String(n));
    expect(heard).toHaveLength(40);
    expect(new Set(heard.map((line) => line.split(' ')[0]))).toEqual(new Set(['one', 'two']));
  });

  it('delivers a payload twice when told to', async () => {
    await start('socket');
    slack.faults.duplicateNext();
    expect(await slack.as(ANA).command('/request', 'x')).toMatchObject({ outcome: 'ok' });
    expect(heard).toEqual(['app x', 'app x']);
  });

  it('says why it disconnects, and after a warning leaves the closing to the client', async () => {
    const { socket, next } = await connect();
    await next();
    for (const reason of ['warning', 'refresh_requested'] as const) {
      slack.sockets.disconnect(reason);
      expect(await next()).toMatchObject({ type: 'disconnect', reason });
    }
    expect(await closed(socket)).toBe(1000);
  });

  it('is deaf while its only client reconnects, and then works again', async () => {
    await start('socket');
    slack.sockets.disconnect('refresh_requested');
    await slack.waitFor(() => slack.sockets.count === 0);
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'not connected' });
    await slack.waitFor(() => slack.sockets.count === 1, 60_000);
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'ok' });
  });

  it('drops connections with no word', async () => {
    const { socket } = await connect();
    await slack.waitFor(() => slack.sockets.count === 1);
    slack.sockets.drop();
    expect(await closed(socket)).toBe(1006);
  });
});

describe('signed HTTP', () => {
  it.each(['signature', 'stale'] as const)('is refused by the app when forged: %s', async (forgery) => {
    await start('http');
    slack.faults.forgeNext(forgery);
    expect(await slack.as(ANA).command('/request', 'evil')).toMatchObject({ outcome: 'refused' });
    expect(await slack.as(ANA).command('/request', 'good')).toMatchObject({ outcome: 'ok' });
    expect(heard).toEqual(['app good']);
  });

  it('finds nobody at home', async () => {
    slack.deliverByHttp('http://127.0.0.1:9/slack/events');
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'not connected' });
  });
});

describe('an event', () => {
  it('is sent again until it is acknowledged, and says why', async () => {
    const { socket, next } = await connect();
    await next();
    slack.as(ANA).openHome();
    const first = await next();
    expect(first).toMatchObject({
      type: 'events_api',
      retry_attempt: 0,
      payload: { event: { type: 'app_home_opened' } },
    });
    const second = await next();
    expect(second).toMatchObject({
      envelope_id: first.envelope_id,
      retry_attempt: 1,
      retry_reason: 'http_timeout',
    });
    socket.send(JSON.stringify({ envelope_id: second.envelope_id, payload: {} }));
    await slack.waitFor(() => slack.deliveries.length === 2);
    socket.close();
  });

  it('says in the headers of HTTP which attempt it is', async () => {
    const attempts: unknown[] = [];
    await start('http', 'app', (app) => {
      app.event('app_home_opened', async ({ context }) => {
        attempts.push(context.retryNum);
      });
    });
    slack.faults.forgeNext('signature');
    slack.as(ANA).openHome();
    await slack.waitFor(() => slack.deliveries.length === 2);
    expect(attempts).toEqual([1]);
  });
});
