/** One replica with a hundred thousand grants out: how long it takes to start, and the most memory that it has held. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { settled } from '../../sandbox/herd/requests.js';
import { type Figures, median, round } from '../figures.js';
import { fillActive, fillEnded } from '../fill.js';
import type { World } from '../world.js';

const STARTS = 3;
/** From its start on, milliseconds: the comparison of everything and a heartbeat fall into it. */
const WATCHED_MS = 25_000;

export async function measureFootprint(world: World): Promise<Pick<Figures, 'rss_mb' | 'start_ms'>> {
  const { stage, shop, withHallpass } = world;
  await fillEnded(world);
  await fillActive(world, 100_000);
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now();
    const hallpass = await stage.startHallpass();
    starts.push(performance.now() - began);
    await hallpass.stop();
  }
  const rss = await withHallpass(async ({ pid }) => {
    let most = 0;
    const until = performance.now() + WATCHED_MS;
    while (performance.now() < until) {
      most = Math.max(
        most,
        Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })),
      );
      await sleep(100);
    }
    await settled(world, [shop]);
    return most / 1024;
  });
  return { rss_mb: round(rss), start_ms: median(starts) };
}
