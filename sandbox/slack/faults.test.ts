import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Fault, type Slack, startSlack } from './index.js';

const CARDS = 'C0CARDS000';

let slack: Slack;
let client: WebClient;

beforeEach(async () => {
  slack = await startSlack({ people: [{ id: 'U0ANA00000', name: 'ana' }] });
  slack.workspace.addChannel({ id: CARDS, name: 'cards', members: ['U0ANA00000', slack.botUserId] });
  client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 5_000,
  });
});
afterEach(() => slack.close());

const post = () => client.chat.postMessage({ channel: CARDS, text: 'hello' });
const posted = () => slack.as('U0ANA00000').messages(CARDS).length;

it.each<[Fault, new (...args: never[]) => Error, number]>([
  [{ kind: 'rate_limited', retryAfter: 7 }, WebAPIRateLimitedError, 0],
  [{ kind: 'status', status: 500 }, WebAPIHTTPError, 0],
  [{ kind: 'status', status: 503 }, WebAPIHTTPError, 0],
  [{ kind: 'hang' }, WebAPIRequestError, 0],
  [{ kind: 'reset' }, WebAPIRequestError, 0],
  [{ kind: 'slow', ms: 60_000 }, WebAPIRequestError, 1],
  [{ kind: 'lost' }, WebAPIRequestError, 1],
])('%j fails once, with %o, and leaves %i messages', async (fault, error, messages) => {
  slack.faults.order('chat.postMessage', fault);
  await expect(post()).rejects.toBeInstanceOf(error);
  expect(posted()).toBe(messages);
  expect(await post()).toMatchObject({ ok: true });
});

it('answers an error to order, to whichever method', async () => {
  slack.faults.order('*', { kind: 'error', error: 'fatal_error' }, 2);
  await expect(post()).rejects.toThrow('fatal_error');
  await expect(client.auth.test()).rejects.toThrow('fatal_error');
  expect(await post()).toMatchObject({ ok: true });
});

it('limits the posts of a channel', async () => {
  slack.faults.limitPosts(1);
  await post();
  const error = await post().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ retryAfter: 1 });
  slack.clock.advance(1000);
  expect(await post()).toMatchObject({ ok: true });
});

it('limits the calls of a method in all channels, so many a minute', async () => {
  slack.faults.limitCalls('chat.postMessage', 2);
  await post();
  await post();
  const error = await post().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ retryAfter: 30 });
  slack.clock.advance(30_000);
  expect(await post()).toMatchObject({ ok: true });
});
