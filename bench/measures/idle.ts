/**
 * A sweep that finds nothing due, beside a million ended requests. It is set off as an alarm does, from the queue, and
 * how long it took is what Hallpass's own metrics say: nothing outside can see when one begins and ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type Figures, round } from '../figures.js';
import { fillActive, fillEnded } from '../fill.js';
import { settled } from '../requests.js';
import type { World } from '../world.js';

const SWEEPS = 200;
/** Longer than one takes: a second alarm during a sweep is no second sweep. */
const APART_MS = 30;
const QUEUE = 'hallpass-alarms';

export async function measureIdleSweep(world: World): Promise<Figures['idle_sweep_ms']> {
  await fillEnded(world);
  const beside = async (grants: number): Promise<number> => {
    await fillActive(world, grants);
    return sweepIdly(world);
  };
  return { '1e3': await beside(1_000), '1e4': await beside(10_000), '1e5': await beside(100_000) };
}

/** @returns milliseconds, on average */
async function sweepIdly(world: World): Promise<number> {
  const { redis, shop, sql, withHallpass } = world;
  // What it compares at first, and every five minutes, is another matter.
  await sql('update targets set checked_at = null');
  return withHallpass(async () => {
    await settled(world, [shop]);
    const connection = { url: redis.url, maxRetriesPerRequest: null };
    const queue = new Queue(QUEUE, { connection, prefix: await prefixIn(redis.url) });
    const before = await sweepsSoFar(world);
    for (let i = 0; i < SWEEPS; i++) {
      await queue.add('look', { target: shop.key }, { removeOnComplete: true });
      await sleep(APART_MS);
    }
    await queue.close();
    const after = await sweepsSoFar(world);
    return round((1_000 * (after.seconds - before.seconds)) / (after.count - before.count));
  });
}

/** Each installation has keys of its own. */
async function prefixIn(url: string): Promise<string> {
  const client = new Redis(url);
  const [key] = await client.keys(`hallpass-*:${QUEUE}:*`);
  client.disconnect();
  if (key === undefined) throw new Error('Hallpass has armed no alarm');
  return key.slice(0, key.indexOf(':'));
}

async function sweepsSoFar({ stage }: World): Promise<{ readonly seconds: number; readonly count: number }> {
  const answer = await fetch(`http://127.0.0.1:${stage.env.OPS_PORT}/metrics`);
  const text = await answer.text();
  const value = (name: string) => {
    const line = new RegExp(`^hallpass_sweep_duration_seconds_${name} (.+)$`, 'm').exec(text);
    if (line === null) throw new Error('the metrics do not say how long sweeps take');
    return Number(line[1]);
  };
  return { seconds: value('sum'), count: value('count') };
}
