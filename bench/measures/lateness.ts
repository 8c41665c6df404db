/**
 * How late each of a thousand grants is gone that end at a thousand different moments of one minute; and, right before it,
 * how late they are gone by one timer and one REVOKE each, which nothing can beat: so a slow machine shows as such.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../sandbox/herd/herd-target.js';
import { grantAll } from '../../sandbox/herd/requests.js';
import { type Figures, type Lateness, spreadOf } from '../figures.js';
import type { World } from '../world.js';

const GRANTS = 1_000;
const WITHIN_MS = 60_000;
/** As dense as Hallpass's, in less time. */
const BARE_GRANTS = 300;
/** Hallpass starts and comes to rest meanwhile. */
const FIRST_MS = 8_000;

type Measured =
  | Pick<Figures, 'lateness_ms.redis' | 'lateness_ms.redis.bare'>
  | Pick<Figures, 'lateness_ms.postgres' | 'lateness_ms.postgres.bare'>;

/** @param backend where the alarms are kept */
export async function measureLateness(world: World, backend: 'redis' | 'postgres'): Promise<Measured> {
  const bare = await measureBare(world);
  const late = await measureHallpass(world, backend);
  return backend === 'redis'
    ? { 'lateness_ms.redis': late, 'lateness_ms.redis.bare': bare }
    : { 'lateness_ms.postgres': late, 'lateness_ms.postgres.bare': bare };
}

async function measureHallpass(world: World, backend: 'redis' | 'postgres'): Promise<Lateness> {
  const { shop, withHallpass } = world;
  const expiries = moments(GRANTS, WITHIN_MS);
  await grantAll(world, shop, expiries);
  const gone = shop.watch.eachGone(shop);
  const work = async () => latenessOf(expiries, await gone, shop.memberOids);
  return withHallpass(work, backend === 'postgres' ? { REDIS_URL: '' } : {});
}

/** One timer and one REVOKE each, over one open connection; Hallpass doesn't run. */
async function measureBare({ shop }: World): Promise<Lateness> {
  const expiries = moments(BARE_GRANTS, (WITHIN_MS / GRANTS) * BARE_GRANTS);
  await shop.grant(expiries.map((_, i) => i + 1));
  const gone = shop.watch.eachGone(shop);
  return withClient(shop.url, async (client) => {
    let last: Promise<unknown> = Promise.resolve();
    await Promise.all(
      expiries.map(async (expiry, i) => {
        await sleep(Math.max(0, expiry - Date.now()));
        last = last.then(() => client.query(shop.revokeSql(i, 1)));
        await last;
      }),
    );
    return latenessOf(expiries, await gone, shop.memberOids);
  });
}

function moments(count: number, withinMs: number): number[] {
  const first = Date.now() + FIRST_MS;
  return Array.from({ length: count }, () => first + Math.random() * withinMs);
}

function latenessOf(
  expiries: readonly number[],
  gone: ReadonlyMap<number, number>,
  memberOids: readonly number[],
): Lateness {
  return spreadOf(expiries.map((expiry, i) => (gone.get(memberOids[i] ?? 0) ?? Number.NaN) - expiry));
}
