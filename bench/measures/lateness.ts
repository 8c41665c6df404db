/** How late each of a thousand grants is gone that end at a thousand different moments of one minute. */
import { type Lateness, spreadOf } from '../figures.js';
import { lendOut } from '../requests.js';
import type { World } from '../world.js';

const GRANTS = 1_000;
const WITHIN_MS = 60_000;
/** Hallpass starts and comes to rest meanwhile. */
const FIRST_MS = 8_000;

/** @param backend where the alarms are kept */
export async function measureLateness(world: World, backend: 'redis' | 'postgres'): Promise<Lateness> {
  const { shop, withHallpass } = world;
  const first = Date.now() + FIRST_MS;
  const expiries = Array.from({ length: GRANTS }, () => first + Math.random() * WITHIN_MS);
  await lendOut(world, shop, expiries);
  const gone = shop.watch.eachGone(shop);
  const work = async () => {
    const at = await gone;
    return spreadOf(expiries.map((expiry, i) => (at.get(shop.memberOids[i] ?? 0) ?? Number.NaN) - expiry));
  };
  return withHallpass(work, backend === 'postgres' ? { REDIS_URL: '' } : {});
}
