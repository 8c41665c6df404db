/** A stage for a flow test: the real build, by one transport and one kind of alarms. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage, Slack } from '../../sandbox/slack/index.js';
import { CAST, GROUPS } from '../../sandbox/stage/cast.js';
import { card, click, type Name, request, told, type Wish } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { startRedis, type TestRedis } from '../support/redis.js';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Ana's second Slack account: mapped to the same login, and an approver. */
export const ANA2 = 'U0ANA2';
export const ORDERS = 'select id from orders.orders';

/** Each transport, and each kind of alarms. Without Redis (never in CI) the second is left out. */
export const WORLDS = [
  { transport: 'socket', backend: 'Postgres' },
  ...(inject('redis') === null ? [] : [{ transport: 'http', backend: 'Redis' } as const]),
] as const;

export interface World {
  readonly stage: Stage;
  readonly slack: Slack;
  readonly hallpass: HallpassProcess;
  /** What Hallpass logged, line by line. */
  readonly log: readonly string[];
}

/** Starts the world before the tests of a `describe`, and ends it after them. */
export function useWorld({ transport, backend }: (typeof WORLDS)[number]): () => World {
  let world: World | null = null;
  let redis: TestRedis | null = null;
  const log: string[] = [];
  const use = () => {
    if (world === null) throw new Error('the world has not started');
    return world;
  };

  beforeAll(async () => {
    redis = backend === 'Redis' ? await startRedis() : null;
    const stage = await startStage({
      cli: CLI,
      transport,
      ...(redis === null ? {} : { redisUrl: redis.url }),
      onLine: (line) => log.push(line),
      configure: (
        yaml,
      ) => `${yaml.replace('people:', `people:\n  ${ANA2}: { login: ana }`)}      brief: { policy: read, pending_timeout: 2s }
      nowhere: read
      pg_monitor: read
`,
    });
    stage.slack.workspace.addPerson({ id: ANA2, name: 'ana.private' });
    stage.slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.ana, ANA2, CAST.olga] });
    await stage.server.query(
      'create role brief; grant brief to hallpass with admin true, inherit false, set false',
    );
    world = { stage, slack: stage.slack, hallpass: await stage.startHallpass(), log };
  });
  beforeEach(() => {
    use().slack.faults.clear();
    use().stage.pagerduty.faults.clear();
  });
  afterAll(async () => {
    await world?.stage.close();
    await redis?.stop();
  });

  return use;
}

/** The last test of a world: it logged no secret, left nothing unacknowledged, and goes when it is told to. */
export function itEndsWell(use: () => World): void {
  it('logs no secret, leaves nothing unacknowledged, and goes within 10 s of SIGTERM', async () => {
    const { stage, slack, hallpass, log } = use();
    expect(slack.problems).toEqual([]);
    const began = performance.now();
    expect(await hallpass.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    const secrets = [
      slack.botToken,
      slack.appToken,
      slack.signingSecret,
      stage.pagerduty.token,
      stage.samples.hallpass.password,
      new URL(stage.env.DATABASE_URL ?? '').password,
    ];
    for (const secret of secrets) expect(log.filter((line) => line.includes(secret))).toEqual([]);
    expect(log.length).toBeGreaterThan(0);
  });
}

/** Asks, is approved by Cora and told. @returns the id, and the note with the Relinquish button */
export async function approved(
  { slack }: World,
  name: Name,
  wish: Wish,
): Promise<{ readonly id: string; readonly note: SeenMessage }> {
  const id = await request(slack, name, wish);
  await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
  return { id, note: await told(slack, name, id, /psql/) };
}

export async function relinquished(
  { slack }: World,
  name: Name,
  id: string,
  note: SeenMessage,
): Promise<void> {
  await click(slack, name, note, 'Relinquish');
  await told(slack, name, id, /Ended: relinquished/);
}

/** The audit events of a request, in order. */
export function eventsOf(
  { stage }: World,
  id: string,
): Promise<{ kind: string; actor: string | null; data: Record<string, unknown> }[]> {
  return runSql(stage.ledgerUrl, 'select kind, actor, data from events where request_id = $1 order by id', [
    id.slice('R-'.length),
  ]);
}

export async function isRefused({ stage }: World, sql: string): Promise<void> {
  await expect(stage.sqlAs('ana', sql)).rejects.toMatchObject({ code: '42501' });
}
