/** What breaks just before grants are due, and how long it takes until everything due is gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { grantHerd, settled } from '../../sandbox/herd/requests.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { round } from '../figures.js';
import type { World } from '../world.js';

const GRANTS = 500;

/**
 * Redis forgets every alarm. The worst moment: the grants are due just after a heartbeat, and what only the alarms knew
 * waits for the next one.
 * @returns milliseconds from the flush
 */
export async function measureRedisFlush(world: World): Promise<number> {
  const { shop, redis, withHallpass } = world;
  await world.clear();
  const herd = await grantHerd(world, [shop], GRANTS);
  // The heartbeats begin while Hallpass starts, about a second from now.
  const due = await herd.endIn(17_000);
  return withHallpass(async () => {
    await settled(world, [shop]);
    await until(due - 2_000);
    const client = new Redis(redis.url);
    const flushed = Date.now();
    await client.flushall();
    client.disconnect();
    return round((await shop.watch.allGone(shop)) - flushed);
  });
}

/** The target is down when they are due. @returns milliseconds from its first answer */
export async function measureTargetBack(world: World): Promise<number> {
  const { shop, withHallpass } = world;
  await world.clear();
  const herd = await grantHerd(world, [shop], GRANTS);
  const due = await herd.endIn(8_000);
  return withHallpass(async () => {
    await settled(world, [shop]);
    await until(due - 1_000);
    await shop.cluster.stop('immediate');
    await until(due + 10_000);
    await shop.cluster.start();
    const back = Date.now();
    return round((await shop.watch.allGone(shop)) - back);
  });
}

/**
 * Hallpass dies half a second before they are due: alone, and started again at once; and one of two, either one, with
 * nobody to start it again.
 * @returns milliseconds from the kill, the longest
 */
export async function measureKill(world: World): Promise<number> {
  const alone = await killed(world, 'alone');
  return Math.max(alone, await killed(world, 'first'), await killed(world, 'second'));
}

async function killed(world: World, which: 'alone' | 'first' | 'second'): Promise<number> {
  const { shop, stage } = world;
  await world.clear();
  const herd = await grantHerd(world, [shop], GRANTS);
  const due = await herd.endIn(10_000);
  const first = await stage.startHallpass();
  const second = which === 'alone' ? null : await stage.startHallpass({ OPS_PORT: String(await freePort()) });
  await settled(world, [shop]);
  await until(due - 500);
  const at = Date.now();
  const victim = which === 'second' && second !== null ? second : first;
  await victim.kill();
  const again = which === 'alone' ? await stage.startHallpass() : null;
  const gone = await shop.watch.allGone(shop);
  await Promise.all([first, second, again].map((process) => process?.stop()));
  return round(gone - at);
}

async function until(moment: number): Promise<void> {
  await sleep(Math.max(0, moment - Date.now()));
}
