/**
 * A sweep that finds nothing due, beside a million ended requests. Nobody outside Hallpass can see when one begins and
 * ends, so this alone is measured inside: one heartbeat of the sweeper itself, on the real ledger, until its end.
 */
import { pino } from 'pino';
import { createAnchors } from '../../src/access/anchors.js';
import type { Deps } from '../../src/access/deps.js';
import { createRoles } from '../../src/access/roles.js';
import { createSweeper } from '../../src/access/sweeper.js';
import { loadConfig } from '../../src/config/load.js';
import { createPool } from '../../src/ledger/pool.js';
import { createSweepLock } from '../../src/ledger/sweep-lock.js';
import { createMessenger } from '../../src/messenger/web-api.js';
import { createMetrics } from '../../src/metrics.js';
import { createNobody } from '../../src/oncall/nobody.js';
import { openTarget } from '../../src/target/open.js';
import { type Figures, median } from '../figures.js';
import { fillActive, fillEnded } from '../fill.js';
import type { World } from '../world.js';

const SWEEPS = 101;
const ME = 'bench';

export async function measureIdleSweep(world: World): Promise<Figures['idle_sweep_ms']> {
  await fillEnded(world);
  const with_ = async (grants: number): Promise<number> => {
    await fillActive(world, grants, false);
    return sweepIdly(world);
  };
  return { '1e3': await with_(1_000), '1e4': await with_(10_000), '1e5': await with_(100_000) };
}

/** @returns milliseconds, the median of many */
async function sweepIdly({ stage, shop, sql }: World): Promise<number> {
  const { slack, env } = stage;
  const logger = pino({ level: 'silent' });
  const config = loadConfig(env.HALLPASS_CONFIG ?? '', env);
  const configured = config.targets.get(shop.key);
  if (configured === undefined) throw new Error('the configuration has no shop');
  const target = openTarget(configured);
  const databaseUrl = env.DATABASE_URL ?? '';
  const db = createPool(databaseUrl, () => undefined);
  const lock = createSweepLock(databaseUrl, () => undefined);
  const deps: Deps = {
    config,
    db,
    targets: new Map([[shop.key, target]]),
    inspectors: new Map(),
    roles: createRoles(config, new Map(), logger),
    onCall: createNobody(),
    events: null,
    messenger: createMessenger({ botToken: slack.botToken, apiUrl: slack.apiUrl, logger }),
    alarms: { arm: () => undefined, start: async () => undefined, close: async () => undefined },
    logger,
    metrics: createMetrics(() => Promise.reject(new Error('nobody asks'))),
    background: () => undefined,
    changed: () => undefined,
  };
  await sql('insert into targets (name) values ($1) on conflict do nothing', [shop.key]);
  // The comparison of everything is another matter, and comes every five minutes.
  await sql('update targets set checked_at = now(), sweeper = $1 where name = $2', [ME, shop.key]);
  const anchors = createAnchors(deps);
  const took: number[] = [];
  for (let i = 0; i < SWEEPS; i++) {
    const sweeper = createSweeper(deps, anchors, lock, ME);
    const began = performance.now();
    await sweeper.heartbeat();
    await sweeper.stop();
    took.push(performance.now() - began);
  }
  await Promise.all([target.close(), lock.close(), db.end()]);
  return median(took);
}
