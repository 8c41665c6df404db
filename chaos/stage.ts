/**
 * The stage of a chaos run: two replicas and a worker, Redis or none, a ledger on a server of its own, and four
 * targets, one of them guarded and one with a standby, each behind a proxy and watched past it.
 */
import { type Cluster, startCluster } from '../sandbox/postgres/cluster.js';
import { buildSamples } from '../sandbox/postgres/samples.js';
import type { ServerAccess, ServerAddress } from '../sandbox/postgres/server-access.js';
import { type Redis, startRedis } from '../sandbox/redis/redis.js';
import { type Stage, startStage } from '../sandbox/stage/stage.js';
import { type Fleet, startFleet } from './fleet.js';
import { type Gate, type Harbor, startGate, startHarbor } from './harbor.js';
import { ENGINEERS, enterWorkspace, MAPPING, makeLogins } from './people.js';
import { ON_DEPOT, ON_SHOP, ON_VAULT } from './permanent.js';
import { GROUPS_YAML, POLICIES_YAML, ROLES, type TargetName } from './policies.js';
import { Timeline } from './timeline.js';
import { startWatcher, type Watcher } from './watcher.js';

export interface ServerTarget {
  readonly name: TargetName;
  readonly roles: readonly string[];
  readonly server: ServerAccess;
  readonly gate: Gate;
  readonly watcher: Watcher;
}

/** A target whose server stays the same. */
export interface ClusterTarget extends ServerTarget {
  readonly server: Cluster;
}

export interface ChaosStage extends Stage {
  readonly timeline: Timeline;
  readonly targets: readonly ServerTarget[];
  /** All of them but the harbor. */
  readonly clusters: readonly ClusterTarget[];
  readonly harbor: Harbor;
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
  const gates = new Map<string, Gate>();
  const between = async (name: string, server: ServerAddress) => {
    const gate = keep(await startGate(server), (it) => it.proxy.close());
    gates.set(name, gate);
    return { host: '127.0.0.1', port: gate.proxy.port };
  };
  const redis = backend === 'redis' ? keep(await startRedis(), (it) => it.stop()) : null;
  const depot = keep(await startCluster({ name: 'depot' }), (it) => it.close());
  const depotAddress = await between('depot', depot);
  const harbor = keep(
    await startHarbor(async (server) => {
      await buildSamples(server);
      await makeLogins(server, ['ana', 'ben', 'cora', 'dan']);
      await server.query(ON_DEPOT);
    }),
    (it) => it.close(),
  );
  const stage = keep(
    await startStage({
      cli,
      ledgerApart: true,
      vault: true,
      ...(redis === null ? {} : { redisUrl: redis.url }),
      between,
      configure: (yaml) =>
        configure(yaml, depotAddress.port, {
          primary: harbor.primary.proxy.port,
          standby: harbor.standby.proxy.port,
        }),
    }),
    (it) => it.close(),
  );
  const { vault, server: shop, samples, slack } = stage;
  if (vault === null) throw new Error('the stage has no vault');
  enterWorkspace(slack);
  await buildSamples(depot);
  for (const server of [depot, harbor.server]) {
    await server.query(`ALTER ROLE hallpass PASSWORD '${samples.hallpass.password}'`);
  }
  await makeLogins(shop, ['ana', 'ben', 'cora', 'dan']);
  await makeLogins(depot, ['ana', 'ben', 'cora', 'dan']);
  await makeLogins(vault, ['ana']);
  // As its DBA: only who is in this group is ever granted anything there.
  await vault.query(`GRANT hallpass_people TO ${Object.keys(ENGINEERS).join(', ')}`);
  await Promise.all([shop.query(ON_SHOP), depot.query(ON_DEPOT), vault.query(ON_VAULT)]);

  const target = async (name: TargetName, server: Cluster) => {
    const gate = gates.get(name);
    if (gate === undefined) throw new Error(`there is no proxy before ${name}`);
    return {
      name,
      roles: Object.keys(ROLES[name]),
      server,
      gate,
      watcher: keep(await startWatcher(server), (it) => it.close()),
    };
  };
  const clusters = [await target('shop', shop), await target('depot', depot), await target('vault', vault)];
  const watcher = keep(await startWatcher(harbor.server), (it) => it.close());
  const targets: readonly ServerTarget[] = [
    ...clusters,
    {
      name: 'harbor',
      roles: Object.keys(ROLES.harbor),
      server: harbor.server,
      gate: harbor.primary,
      watcher,
    },
  ];
  const timeline = new Timeline();
  const commands = { 'replica 1': 'serve', 'replica 2': 'serve', worker: 'worker' } as const;
  const fleet = keep(
    await startFleet({
      cli,
      commands,
      env: stage.env,
      timeline,
      onLine,
    }),
    (it) => it.close(),
  );
  await fleet.ready();
  return { ...stage, timeline, targets, clusters, harbor, fleet, redis, close: () => closeAll(opened) };
}

async function closeAll(opened: Opened): Promise<void> {
  for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close();
}

/** Adds the depot, the harbor and their people, and lets each role be granted in another way. */
function configure(
  yaml: string,
  depotPort: number,
  harbor: { readonly primary: number; readonly standby: number },
): string {
  let said = yaml
    .replace(/^groups: .*$/m, `groups: ${GROUPS_YAML}`)
    .replace('people:\n', `people:\n${MAPPING}`)
    .replace(/^policies:\n(?: .*\n)*/m, `policies:\n${POLICIES_YAML}`);
  for (const [role, policy] of Object.entries({ ...ROLES.shop, ...ROLES.vault })) {
    said = said.replace(
      new RegExp(`^      ${role}: { policy: \\w+`, 'm'),
      `      ${role}: { policy: ${policy}`,
    );
  }
  return `${said}  depot:
    name: Depot
    environment: staging
    connect: { host: 127.0.0.1, port: ${depotPort}, database: shop, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles: ${JSON.stringify(ROLES.depot)}
  harbor:
    name: Harbor
    environment: production
    connect: { host: 127.0.0.1, port: ${harbor.primary}, database: shop, user: hallpass, password: "\${SHOP_PASSWORD}" }
    replicas:
      - { host: 127.0.0.1, port: ${harbor.standby} }
    roles: ${JSON.stringify(ROLES.harbor)}
`;
}
