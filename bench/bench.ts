/**
 * `npm run bench`: everything that docs/figures.md quotes, measured on this machine in one go. `-- --json` prints one JSON
 * object and nothing else to the standard output; `-- --only key,key` repeats some.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figures, Key } from './figures.js';
import { describeMachine } from './machine.js';
import { measureBreakGlass } from './measures/break-glass.js';
import { measureClicks } from './measures/click.js';
import { measureKill, measureRedisFlush, measureTargetBack } from './measures/faults.js';
import { measureFootprint } from './measures/footprint.js';
import { measureHerd } from './measures/herd.js';
import { measureHomes } from './measures/homes.js';
import { measureIdleSweep } from './measures/idle.js';
import { measureLateness } from './measures/lateness.js';
import { measureOneDown } from './measures/one-down.js';
import { measureQuiet } from './measures/quiet.js';
import { measureSearch } from './measures/search.js';
import { measureSlash } from './measures/slash.js';
import { measureTyped } from './measures/typed.js';
import { isKey, KEYS, table } from './reach.js';
import { startWorld, type World } from './world.js';

/** One measurement, and the keys that it answers; those that fill the ledger come last. */
const MEASURES: readonly {
  readonly keys: readonly Key[];
  /** @param note takes what is worth saying beside the figures */
  readonly measure: (world: World, note: (seen: string) => void) => Promise<Partial<Figures>>;
}[] = [
  { keys: ['click_to_grant_ms', 'bare_grant_ms'], measure: measureClicks },
  {
    keys: ['break_glass_to_grant'],
    measure: async (world) => ({ break_glass_to_grant: await measureBreakGlass(world) }),
  },
  { keys: ['slash_ack_ms', 'modal_open_ms'], measure: measureSlash },
  { keys: ['typed_to_card_ms'], measure: measureTyped },
  {
    keys: ['lateness_ms.redis', 'lateness_ms.redis.bare'],
    measure: (world) => measureLateness(world, 'redis'),
  },
  {
    keys: ['lateness_ms.postgres', 'lateness_ms.postgres.bare'],
    measure: (world) => measureLateness(world, 'postgres'),
  },
  {
    keys: ['herd.direct'],
    measure: async (world, note) => ({ 'herd.direct': await measureHerd(world, world.shop, note) }),
  },
  {
    keys: ['herd.guarded'],
    measure: async (world) => ({ 'herd.guarded': await measureHerd(world, world.vault) }),
  },
  {
    keys: ['herd_one_target_down'],
    measure: async (world) => ({ herd_one_target_down: await measureOneDown(world) }),
  },
  {
    keys: ['after_redis_flush_ms'],
    measure: async (world) => ({ after_redis_flush_ms: await measureRedisFlush(world) }),
  },
  {
    keys: ['after_target_back_ms'],
    measure: async (world) => ({ after_target_back_ms: await measureTargetBack(world) }),
  },
  { keys: ['after_kill_ms'], measure: async (world) => ({ after_kill_ms: await measureKill(world) }) },
  {
    keys: ['idle_ledger_tx_per_min', 'idle_target_tx_per_hour', 'idle_connections', 'hundred_targets'],
    measure: measureQuiet,
  },
  { keys: ['search_ms'], measure: measureSearch },
  { keys: ['home_fresh_ms'], measure: measureHomes },
  { keys: ['idle_sweep_ms', 'idle_sweep_trips'], measure: measureIdleSweep },
  { keys: ['rss_mb', 'start_ms'], measure: measureFootprint },
];

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const only = values.only?.split(',') ?? KEYS;
const unknown = only.filter((key) => !isKey(key));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${KEYS.join(', ')}`);
const cli = join(process.cwd(), 'dist/cli.js');
if (!existsSync(cli)) throw new Error('dist/cli.js is missing: start this with `npm run bench`');

const began = performance.now();
const say = (what: string) =>
  console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${what}`);
say('starting a Slack, a Redis and five Postgres servers');
const world = await startWorld(cli);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void world.close().finally(() => process.exit(1)));
}
try {
  const machine = await describeMachine(world.stage.server);
  const figures: Partial<Figures> = {};
  const notes: string[] = [];
  for (const { keys, measure } of MEASURES) {
    if (!keys.some((key) => only.includes(key))) continue;
    say(keys.join(', '));
    try {
      await world.clear();
      const measured = await measure(world, (seen) => notes.push(seen));
      Object.assign(figures, measured);
      say(`  ${JSON.stringify(measured)}`);
    } catch (error) {
      // The others are worth having.
      console.error(error);
      process.exitCode = 1;
    }
  }
  say('done');
  console.log(
    values.json ? JSON.stringify(figures, null, 2) : [machine, '', table(figures), '', ...notes].join('\n'),
  );
} finally {
  await world.close();
}
