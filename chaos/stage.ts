/**
 * The stage of a chaos run: two replicas and a worker, Redis or none, a ledger on a server of its own, and three
 * targets, one of them guarded, each behind a proxy and watched past it.
 */
import { type Cluster, startCluster } from '../sandbox/postgres/cluster.js';
import { startProxy, type TcpProxy } from '../sandbox/postgres/proxy.js';
import { buildSamples } from '../sandbox/postgres/samples.js';
import type { ServerAddress } from '../sandbox/postgres/server-access.js';
import { type Redis, startRedis } from '../sandbox/redis/redis.js';
import { type Stage, startStage } from '../sandbox/stage/stage.js';
import { type Fleet, startFleet } from './fleet.js';
import { enterWorkspace, MAPPING, makeLogins } from './people.js';
import { ON_DEPOT, ON_SHOP, ON_VAULT } from './permanent.js';
import { Timeline } from './timeline.js';
import { startWatcher, type Watcher } from './watcher.js';

export interface ServerTarget {
  readonly name: 'shop' | 'depot' | 'vault';
  readonly roles: readonly string[];
  readonly server: Cluster;
  readonly proxy: TcpProxy;
  readonly watcher: Watcher;
}

export interface ChaosStage extends Stage {
  readonly timeline: Timeline;
  readonly targets: readonly ServerTarget[];
  readonly fleet: Fleet;
  readonly redis: Redis | null;
}

export interface ChaosStageOptions {
  readonly cli: string;
  readonly backend: 'redis' | 'postgres';
  /** Hears each line that a process of Hallpass logs, after the process's name. */
  readonly onLine: (line: string) => void;
}

/** Everything that was opened, to be closed in the opposite order. */
type Opened = (() => Promise<unknown>)[];

/** Starts everything, and returns when all of it is at work. @throws what went wrong, with nothing left running */
export async function openStage(options: ChaosStageOptions): Promise<ChaosStage> {
  const opened: Opened = [];
  try {
    return await open(options, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function open({ cli, backend, onLine }: ChaosStageOptions, opened: Opened): Promise<ChaosStage> {
  const keep = <T>(thing: T, close: (thing: T) => Promise<unknown>): T => {
    opened.push(() => close(thing));
    return thing;
  };
  const proxies = new Map<string, TcpProxy>();
  const between = async (name: string, server: ServerAddress) => {
    const proxy = keep(await startProxy(server), (it) => it.close());
    proxies.set(name, proxy);
    return { host: '127.0.0.1', port: proxy.port };
  };
  const redis = backend === 'redis' ? keep(await startRedis(), (it) => it.stop()) : null;
  const depot = keep(await startCluster({ name: 'depot' }), (it) => it.close());
  const depotAddress = await between('depot', depot);
  const stage = keep(
    await startStage({
      cli,
      ledgerApart: true,
      vault: true,
      ...(redis === null ? {} : { redisUrl: redis.url }),
      between,
      configure: (yaml) => configure(yaml, depotAddress.port),
    }),
    (it) => it.close(),
  );
  const { vault, server: shop, samples, slack } = stage;
  if (vault === null) throw new Error('the stage has no vault');
  enterWorkspace(slack);
  await buildDepot(depot, samples.hallpass.password);
  await makeLogins(shop, ['ana', 'ben', 'cora', 'dan']);
  await makeLogins(depot, ['ana', 'ben', 'cora', 'dan']);
  await makeLogins(vault, ['ana']);
  await Promise.all([shop.query(ON_SHOP), depot.query(ON_DEPOT), vault.query(ON_VAULT)]);

  const target = async (name: ServerTarget['name'], server: Cluster, roles: readonly string[]) => {
    const proxy = proxies.get(name);
    if (proxy === undefined) throw new Error(`there is no proxy before ${name}`);
    return { name, roles, server, proxy, watcher: keep(await startWatcher(server), (it) => it.close()) };
  };
  const orders = ['orders_read', 'orders_write', 'payments_read'];
  const targets = [
    await target('shop', shop, orders),
    await target('depot', depot, orders),
    await target('vault', vault, ['vault_read']),
  ];
  const timeline = new Timeline();
  const commands = { 'replica 1': 'serve', 'replica 2': 'serve', worker: 'worker' } as const;
  const fleet = keep(await startFleet({ cli, commands, env: stage.env, timeline, onLine }), (it) =>
    it.close(),
  );
  await fleet.ready();
  return { ...stage, timeline, targets, fleet, redis, close: () => closeAll(opened) };
}

async function closeAll(opened: Opened): Promise<void> {
  for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close();
}

/** Another shop, on a server of its own. */
async function buildDepot(server: Cluster, password: string): Promise<void> {
  await buildSamples(server);
  await server.query(`ALTER ROLE hallpass PASSWORD '${password}'`);
}

/** Adds the depot and its people; some requests lapse while the run lasts. */
function configure(yaml: string, depotPort: number): string {
  return `${yaml.replace('people:\n', `people:\n${MAPPING}`)}  depot:
    name: Depot
    environment: staging
    connect: { host: 127.0.0.1, port: ${depotPort}, database: shop, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles:
      orders_read: { policy: read, pending_timeout: 8s }
      orders_write: { policy: urgent }
      payments_read: { policy: read }
`;
}
