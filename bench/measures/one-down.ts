/** Three targets with a herd each, and one of them down: what that costs the other two. */

import { grantHerd, settled } from '../../sandbox/herd/requests.js';
import { median, round } from '../figures.js';
import type { Granter } from '../granter.js';
import type { World } from '../world.js';

const GRANTS = 3_000;
const AHEAD_MS = 12_000;
/** A single herd varies by more than what is looked for. */
const ROUNDS = 3;

export async function measureOneDown(world: World): Promise<{ readonly ratio: number }> {
  const without: number[] = [];
  const withIt: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    without.push(await twoHerds(world, null));
    withIt.push(await twoHerds(world, world.south));
  }
  return { ratio: round(median(withIt) / median(without)) };
}

/** @returns milliseconds until the last one of both was gone */
async function twoHerds(world: World, down: Granter | null): Promise<number> {
  const both = [world.shop, world.north];
  await world.clear();
  const all = down === null ? both : [...both, down];
  const herd = await grantHerd(world, all, GRANTS);
  const due = await herd.endIn(AHEAD_MS);
  const last = await world.withHallpass(async () => {
    await settled(world, all);
    await down?.cluster.stop('immediate');
    return Math.max(...(await Promise.all(both.map((granter) => granter.watch.allGone(granter)))));
  });
  await down?.cluster.start();
  return last - due;
}
