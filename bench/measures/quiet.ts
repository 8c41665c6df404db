/**
 * What one process asks of its servers while nothing is out and nobody asks for anything: of its ledger, with the alarms in
 * Redis and in Postgres, and of a target. And what a hundred such targets take: ten more servers are measured beside the
 * few of the other measurements, and what they add is extrapolated.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { type Figures, round } from '../figures.js';
import type { World } from '../world.js';

/** From its start on, milliseconds: all is compared, alarms are begun, and connections that the start needed are let go. */
const REST_MS = 80_000;
/** Four heartbeats, milliseconds. */
const WATCHED_MS = 60_000;
/** Comparisons of an idle target in an hour; the first one is made at the start. */
const COMPARED_AN_HOUR = 2;
const SERVERS = 10;
const TARGETS = 100;
/** Transactions of one question of this measurement: to connect, and to ask. */
const OWN = 2;
/** The clock ticks of `/proc`, milliseconds. */
const TICK_MS = 10;

type Measured = Pick<
  Figures,
  'idle_ledger_tx_per_min' | 'idle_target_tx_per_hour' | 'idle_connections' | 'hundred_targets'
>;

interface Quiet {
  readonly ledgerPerMin: number;
  /** On average; null without further servers. */
  readonly targetPerHour: number | null;
  /** To the ledger. */
  readonly connections: number;
  readonly rssMb: number;
  /** Of the processor, in a minute, milliseconds. */
  readonly cpuMs: number;
}

export async function measureQuiet(world: World): Promise<Measured> {
  const { stage, sql } = world;
  // It would be counted with the rest.
  await stage.ledger.query('alter system set autovacuum = off');
  await stage.ledger.query('select pg_reload_conf()');
  await sql(
    `update requests set ended_at = now() - interval '2 hours' where ended_at > now() - interval '2 hours'`,
  );
  const postgres = await watch(world, [], { REDIS_URL: '' });
  const redis = await watch(world, [], {});
  const more = await world.moreServers(SERVERS);
  const { HALLPASS_CONFIG: few = '' } = stage.env;
  const many = `${few}.many.yaml`;
  writeFileSync(many, readFileSync(few, 'utf8') + more.yaml);
  try {
    const crowded = await watch(world, more.clusters, { HALLPASS_CONFIG: many });
    // What noise makes less is not less than what ten take.
    const of100 = (of: (quiet: Quiet) => number) =>
      round(Math.max(of(crowded), of(redis) + ((of(crowded) - of(redis)) / SERVERS) * TARGETS));
    return {
      idle_ledger_tx_per_min: Math.max(postgres.ledgerPerMin, redis.ledgerPerMin),
      idle_target_tx_per_hour: crowded.targetPerHour ?? Number.NaN,
      idle_connections: Math.max(postgres.connections, redis.connections),
      hundred_targets: {
        ledger_tx_per_min: of100(({ ledgerPerMin }) => ledgerPerMin),
        connections: of100(({ connections }) => connections),
        rss_mb: of100(({ rssMb }) => rssMb),
        cpu_ms_per_min: of100(({ cpuMs }) => cpuMs),
      },
    };
  } finally {
    await stage.ledger.query('alter system reset autovacuum');
    await stage.ledger.query('select pg_reload_conf()');
    rmSync(many);
    await more.close();
    // They are no targets of the other measurements.
    await sql('delete from targets where name = any($1)', [more.keys]);
  }
}

async function watch(
  world: World,
  servers: readonly Cluster[],
  changes: Readonly<Record<string, string>>,
): Promise<Quiet> {
  const asked = async () => (await Promise.all(servers.map(askedOf))).reduce((sum, each) => sum + each, 0);
  const atFirst = await asked();
  return world.withHallpass(async ({ pid }) => {
    await sleep(REST_MS);
    const [begun, before] = [await asked(), await look(world, pid)];
    await sleep(WATCHED_MS);
    const [over, after] = [await asked(), await look(world, pid)];
    const perHour = (over - begun) * (3_600_000 / WATCHED_MS) + (begun - atFirst) * COMPARED_AN_HOUR;
    return {
      ledgerPerMin: round((after.ledger - before.ledger - OWN) * (60_000 / WATCHED_MS)),
      targetPerHour: servers.length === 0 ? null : round(perHour / servers.length),
      connections: after.connections,
      rssMb: after.rssMb,
      cpuMs: round((after.cpuMs - before.cpuMs) * (60_000 / WATCHED_MS)),
    };
  }, changes);
}

/** Transactions there; the questions of this measurement are not counted. */
const askedCount = new WeakMap<Cluster, number>();
async function askedOf(cluster: Cluster): Promise<number> {
  const own = askedCount.get(cluster) ?? 0;
  askedCount.set(cluster, own + OWN);
  const [row] = await cluster.query<{ n: number }>(
    'select sum(xact_commit + xact_rollback)::int as n from pg_stat_database',
  );
  return (row?.n ?? Number.NaN) - own;
}

async function look({ sql }: World, pid: number | undefined) {
  const [row] = await sql<{ ledger: number; connections: number }>(
    `select (select (xact_commit + xact_rollback)::int from pg_stat_database where datname = current_database()) as ledger,
       (select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()) as connections`,
  );
  // Fields 14 and 15 of proc(5), counted from behind the name of the program.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const rss = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return {
    ledger: row?.ledger ?? Number.NaN,
    connections: row?.connections ?? Number.NaN,
    rssMb: Number(rss) / 1024,
    cpuMs: (user + system) * TICK_MS,
  };
}
