/**
 * All that the measurements need, started once: the stage with servers that write to disk as production's do, a Redis,
 * and four targets with ten thousand logins each. Whatever is said of Hallpass is measured on its real process.
 */
import { byAddress } from '../sandbox/herd/crowd.js';
import { prepareTarget } from '../sandbox/herd/herd-target.js';
import type { Ledger } from '../sandbox/herd/requests.js';
import { type Cluster, startCluster } from '../sandbox/postgres/cluster.js';
import { runSql } from '../sandbox/postgres/server-access.js';
import { type Redis, startRedis } from '../sandbox/redis/redis.js';
import type { HallpassProcess } from '../sandbox/stage/process.js';
import { type Stage, startStage } from '../sandbox/stage/stage.js';
import { FIRE, fillSlack } from './crowd.js';
import { type Granter, openGranter } from './granter.js';

export interface World extends Ledger {
  readonly stage: Stage;
  readonly redis: Redis;
  readonly shop: Granter;
  /** Direct ones, each on a server of its own. */
  readonly north: Granter;
  readonly south: Granter;
  /** The guarded one. */
  readonly vault: Granter;
  /** Runs Hallpass while `work` runs. @param changes what is different in its environment */
  withHallpass<T>(
    work: (hallpass: HallpassProcess) => Promise<T>,
    changes?: Readonly<Record<string, string>>,
  ): Promise<T>;
  /** Further direct targets, each a server of its own. */
  moreServers(n: number): Promise<MoreServers>;
  /** Ends every request, revokes every membership, and drops every message that is not sent. Hallpass must not run. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

interface MoreServers {
  readonly clusters: readonly Cluster[];
  /** The targets, as the configuration names them, and what to write at its end. */
  readonly keys: readonly string[];
  readonly yaml: string;
  close(): Promise<void>;
}

/** As a small server in production has it; the stage's own default is made for many servers side by side. */
const SERVERS = { fsync: true, settings: { shared_buffers: '256MB', max_wal_size: '4GB' } };

const ROLE = 'orders_read';

export async function startWorld(cli: string): Promise<World> {
  const redis = await startRedis();
  const [north, south] = await Promise.all([
    startCluster({ ...SERVERS, name: 'north' }),
    startCluster({ ...SERVERS, name: 'south' }),
  ]);
  const stage = await startStage({
    cli,
    redisUrl: redis.url,
    ledgerApart: true,
    vault: true,
    servers: SERVERS,
    configure: (yaml) => configure(yaml, { north, south }),
  });
  const { vault: guarded } = stage;
  if (guarded === null) throw new Error('this stage has no vault');
  await Promise.all([north, south].map((server) => prepareTarget(server, ROLE, stage.samples.hallpass)));
  fillSlack(stage.slack);
  // Stages that test first starts migrate at their first one; here the ledger is filled before.
  await stage.run('migrate');

  const { hallpass } = stage.samples;
  const direct = (key: string, server: Cluster, database: string) => {
    const url = server.urlFor({ user: hallpass.user, password: hallpass.password, database });
    return openGranter(key, server, { role: ROLE, grantor: hallpass.user, url });
  };
  const granters = await Promise.all([
    direct('shop', stage.server, hallpass.database),
    direct('north', north, 'postgres'),
    direct('south', south, 'postgres'),
    openGranter('vault', guarded, {
      role: 'vault_read',
      grantor: 'hallpass_owner',
      url: guarded.urlFor({
        user: hallpass.user,
        password: stage.env.VAULT_PASSWORD ?? '',
        database: 'hallpass',
      }),
    }),
  ]);
  const sql = <Row extends object>(text: string, values?: readonly unknown[]) =>
    runSql<Row>(stage.ledgerUrl, text, values);

  return {
    stage,
    redis,
    shop: granters[0],
    north: granters[1],
    south: granters[2],
    vault: granters[3],
    sql,
    async withHallpass(work, changes) {
      const process = await stage.startHallpass(changes);
      try {
        return await work(process);
      } finally {
        await process.stop();
      }
    },
    async moreServers(n) {
      const keys = Array.from({ length: n }, (_, i) => `more${i + 1}`);
      const clusters = await Promise.all(
        keys.map((name) => startCluster({ name, settings: { autovacuum: 'off' } })),
      );
      await Promise.all(clusters.map((cluster) => prepareTarget(cluster, ROLE, stage.samples.hallpass)));
      return {
        clusters,
        keys,
        yaml: clusters.map((cluster, i) => targetYaml(keys[i] ?? '', cluster)).join(''),
        close: async () => void (await Promise.all(clusters.map((cluster) => cluster.close()))),
      };
    },
    async clear() {
      await sql('delete from deliveries where sent < wanted');
      await sql(
        `update requests set state = 'ended', why = 'ended', ended_at = now(), review_at = null where ended_at is null`,
      );
      await sql(
        'update requests set review_at = null, judge_at = null where review_at is not null or judge_at is not null',
      );
      await sql('update targets set checked_at = null');
      await sql('vacuum analyze');
      await Promise.all(granters.map((granter) => granter.clear()));
      await Promise.all(granters.map(({ cluster }) => cluster.query('vacuum analyze pg_auth_members')));
    },
    async close() {
      await Promise.all(granters.map(({ watch }) => watch.close()));
      await stage.close();
      await Promise.all([north.close(), south.close(), redis.stop()]);
    },
  };
}

/** The crowd's logins follow from their addresses; what everyone can read is granted in an emergency, too. */
function configure(yaml: string, { north, south }: Readonly<Record<'north' | 'south', Cluster>>): string {
  const breakGlass = `  read: { break_glass: { who: [${FIRE.id}], max: 1h, review: [dba] } }\n`;
  return (
    byAddress(yaml).replace('  read: {}\n', breakGlass) +
    targetYaml('north', north) +
    targetYaml('south', south)
  );
}

/** The further targets know Hallpass by the shop's password. */
function targetYaml(key: string, { host, port }: Cluster): string {
  return `  ${key}:
    connect: { host: ${host}, port: ${port}, database: postgres, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles: { ${ROLE}: { policy: read } }
`;
}
