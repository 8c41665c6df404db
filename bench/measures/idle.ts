/**
 * A sweep that finds nothing due, beside a million ended requests. It is set off as an alarm does, from the queue, and
 * how long it took is what Hallpass's own metrics say: nothing outside can see when one begins and ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { settled } from '../../sandbox/herd/requests.js';
import { type Figures, round } from '../figures.js';
import { fillActive, fillEnded } from '../fill.js';
import type { World } from '../world.js';

const SWEEPS = 200;
/** Longer than one takes: a second alarm during a sweep is no second sweep. */
const APART_MS = 30;
const QUEUE = 'hallpass-alarms';

interface Idle {
  /** On average, milliseconds. */
  readonly ms: number;
  /** Transactions on the ledger: each statement of a sweep is one. What goes on beside sweeps doesn't count. */
  readonly trips: number;
}

export async function measureIdleSweep(
  world: World,
): Promise<Pick<Figures, 'idle_sweep_ms' | 'idle_sweep_trips'>> {
  await fillEnded(world);
  const beside = async (grants: number): Promise<Idle> => {
    await fillActive(world, grants);
    return sweepIdly(world);
  };
  const [few, more, most] = [await beside(1_000), await beside(10_000), await beside(100_000)];
  return {
    idle_sweep_ms: { '1e3': few.ms, '1e4': more.ms, '1e5': most.ms },
    idle_sweep_trips: Math.max(few.trips, more.trips, most.trips),
  };
}

async function sweepIdly(world: World): Promise<Idle> {
  const { redis, shop, sql, withHallpass } = world;
  // What it compares at first, and every five minutes, is another matter.
  await sql('update targets set checked_at = null');
  return withHallpass(async () => {
    await settled(world, [shop]);
    const connection = { url: redis.url, maxRetriesPerRequest: null };
    const queue = new Queue(QUEUE, { connection, prefix: await prefixIn(redis.url) });
    const rest = () => over(world, () => sleep(SWEEPS * APART_MS));
    const first = await rest();
    const swept = await over(world, async () => {
      for (let i = 0; i < SWEEPS; i++) {
        await queue.add('look', { target: shop.key }, { removeOnComplete: true });
        await sleep(APART_MS);
      }
    });
    await queue.close();
    const beside = (first.trips + (await rest()).trips) / 2;
    return {
      ms: round((1_000 * swept.seconds) / swept.count),
      trips: round((swept.trips - beside) / swept.count),
    };
  });
}

/** What Hallpass's metrics and the ledger's server counted while `work` ran. */
async function over(world: World, work: () => Promise<void>) {
  const before = { ...(await sweepsSoFar(world)), trips: await tripsSoFar(world) };
  await work();
  const after = { ...(await sweepsSoFar(world)), trips: await tripsSoFar(world) };
  return {
    count: after.count - before.count,
    seconds: after.seconds - before.seconds,
    trips: after.trips - before.trips,
  };
}

/** Transactions on the ledger, as its server counts them: a session reports its own after a second at the latest. */
async function tripsSoFar({ sql }: World): Promise<number> {
  await sleep(1_500);
  const [row] = await sql<{ trips: number }>(
    'select (xact_commit + xact_rollback)::int as trips from pg_stat_database where datname = current_database()',
  );
  return row?.trips ?? Number.NaN;
}

/** Each installation has keys of its own. */
async function prefixIn(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    for (let tries = 0; tries < 100; tries++) {
      const [key] = await client.keys(`hallpass-*:${QUEUE}:*`);
      if (key !== undefined) return key.slice(0, key.indexOf(':'));
      await sleep(100);
    }
  } finally {
    client.disconnect();
  }
  throw new Error('Hallpass has armed no alarm');
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
