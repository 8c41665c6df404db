/**
 * Thirty thousand messages that a herd makes due at once (to each person that it is over, and two that change), while
 * Slack takes three hundred posts and fifty changes a minute: how they go out, and how long somebody waits who asks for
 * something in the middle of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { submitRequest } from '../../sandbox/stage/people.js';
import { showInSlack } from '../requests.js';
import type { World } from '../world.js';

const POSTS = 300;
/** Slack's tier 3. */
const UPDATES = 50;
const WATCHED_MS = 40_000;

/** Cards and direct messages stand in Slack, and from now on it counts. */
export async function showHerd(world: World, ids: readonly number[]): Promise<void> {
  const { faults } = world.stage.slack;
  await showInSlack(world, ids);
  faults.limitPosts(1);
  faults.limitCalls('chat.postMessage', POSTS);
  faults.limitCalls('chat.update', UPDATES);
}

/** To be called when the last one is gone. @returns what was seen, in words */
export async function watchMessages(world: World, due: number): Promise<string> {
  const { slack } = world.stage;
  const sentByThen = callsSince(world, due).filter(({ status }) => status === 200).length;
  await sleep(WATCHED_MS);
  const cora = slack.as(CAST.cora);
  const cardsBefore = cora.messages(CHANNELS.access).length;
  const began = performance.now();
  await submitRequest(slack, 'ana', { target: 'shop', role: 'orders_write' });
  await slack.waitFor(() => cora.messages(CHANNELS.access).length > cardsBefore, 120_000);
  const waited = performance.now() - began;
  const calls = callsSince(world, due);
  const done = calls.filter(({ status }) => status === 200);
  const cards = done
    .filter(({ method }) => method === 'chat.update')
    .map(({ args }) => `${args.channel}/${args.ts}`);
  slack.faults.clear();
  return [
    `messages  ${sentByThen} sent when the last membership was gone; then, in ${WATCHED_MS / 1000} s, ${done.length - sentByThen} more,`,
    `          with ${calls.length - done.length} calls refused by Slack; ${cards.length - new Set(cards).size} messages changed twice;`,
    `          the card of a new request stood after ${waited.toFixed(0)} ms, in the middle of it`,
  ].join('\n');
}

function callsSince({ stage: { slack } }: World, since: number) {
  return slack.log.filter(({ method, at }) => at >= since && /^chat\.(postMessage|update)$/.test(method));
}
