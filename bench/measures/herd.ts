/** Ten thousand grants on one target end at the same moment: by Hallpass, naively, and as barely as can be. */
import { createRedisBackend } from 'bullmq';
import { CROWD } from '../../sandbox/herd/crowd.js';
import { BATCH, withClient } from '../../sandbox/herd/herd-target.js';
import { startNaive } from '../../sandbox/herd/naive.js';
import { grantHerd, settled } from '../../sandbox/herd/requests.js';
import { type Herd, round } from '../figures.js';
import type { Granter } from '../granter.js';
import type { World } from '../world.js';
import { showHerd, watchMessages } from './messages.js';

/** Until the moment: Hallpass starts and comes to rest, the naive worker's jobs are added. Between two heartbeats. */
const AHEAD_MS = 12_000;

/**
 * REVOKEs of the naive worker at a time: the best counts. (They take turns on the server: on a direct target those of one
 * role, each until its COMMIT is on disk; on a guarded one all of them.)
 */
const CONCURRENCY = { direct: [1, 10], guarded: [1] };

/** @param onMessages hears what was seen of the messages; without it, none of the grants has a card. */
export async function measureHerd(
  world: World,
  granter: Granter,
  onMessages?: (seen: string) => void,
): Promise<Herd> {
  const byHallpass = await herdOf(world, granter, CROWD, onMessages);
  const naive: number[] = [];
  const atATime = granter.guarded ? CONCURRENCY.guarded : CONCURRENCY.direct;
  for (const concurrency of atATime) naive.push(await naively(world, granter, concurrency));
  await granter.grantAll();
  return {
    n: CROWD,
    last_ms: byHallpass,
    naive_last_ms: Math.min(...naive),
    bare_last_ms: await barely(granter),
  };
}

/** By Hallpass. @returns milliseconds from the expiry until the last one was gone */
async function herdOf(
  world: World,
  granter: Granter,
  n: number,
  onMessages?: (seen: string) => void,
): Promise<number> {
  const herd = await grantHerd(world, [granter], n);
  if (onMessages) await showHerd(world, herd.ids.flat());
  const due = await herd.endIn(AHEAD_MS);
  return world.withHallpass(async () => {
    await settled(world, [granter]);
    const gone = await granter.watch.allGone(granter);
    if (onMessages) onMessages(await watchMessages(world, due));
    return round(gone - due);
  });
}

/** One delayed job and one REVOKE a grant. */
async function naively({ redis }: World, granter: Granter, concurrency: number): Promise<number> {
  await granter.grantAll();
  const due = Date.now() + AHEAD_MS;
  const end = await startNaive(granter, {
    backend: createRedisBackend,
    connection: { url: redis.url, maxRetriesPerRequest: null },
    name: `naive-${granter.key}-${concurrency}`,
    concurrency,
    due,
  });
  const gone = await granter.watch.allGone(granter);
  await end();
  return round(gone - due);
}

/** List REVOKEs, one after the other on one open connection, with neither ledger nor proof. */
function barely(granter: Granter): Promise<number> {
  return withClient(granter.url, async (client) => {
    await client.query('select 1');
    const gone = granter.watch.allGone(granter);
    const began = Date.now();
    for (let from = 0; from < CROWD; from += BATCH) await client.query(granter.revokeSql(from, BATCH));
    return round((await gone) - began);
  });
}
