/** A stage for the flow tests: the real build, by one transport and one kind of alarms. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { Slack } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { startRedis, type TestRedis } from '../support/redis.js';

export const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Ana's second Slack account: mapped to the same login, and an approver. */
export const ANA2 = 'U0ANA2';
/** Has a login in the file that is not on the server. */
export const FAY = 'U0FAY';
/** May decide on vault_read: a group that nothing else asks Slack for. */
export const VAULT = 'S0VAULT';
/** Ben is in it, and Ana is not: who may ask for desk_read. */
export const DESK = 'S0DESK';
/** A role and its description that would ring everybody, link and format. */
export const HOSTILE = {
  role: '<!channel> *x* <@U0EVE>',
  about: '<!here> <https://evil.example|fine>',
} as const;

const ROLES = `
      brief: { policy: read, pending_timeout: 2s, durations: [10m, 20m], default_duration: 20m, max: 30m }
      doomed: read
      nowhere: read
      pg_monitor: read
      vault_read: { approvers: [vault] }
      desk_read: { policy: read, requesters: [desk] }
      here_read: { policy: read, requesters: [${CAST.ben}], channels: [${CHANNELS.access}] }
      ${JSON.stringify(HOSTILE.role)}: { policy: read, about: ${JSON.stringify(HOSTILE.about)} }
      found_listed: { policy: read, requesters: [${CAST.ben}], about: As it is listed }
    discover: [{ match: found_*, policy: read, max: 2h }]
  attic:
    name: Attic
    connect: { host: 127.0.0.1, port: 1, database: attic, user: hallpass, password: "\${SHOP_PASSWORD}" }
    people: { ${CAST.ben}: null }
    roles: { old_read: read }
`;

/** Each transport, and each kind of alarms. Without Redis (never in CI) the second is left out. */
export const WORLDS = [
  { transport: 'socket', backend: 'Postgres' },
  ...(inject('redis') === null ? [] : [{ transport: 'http', backend: 'Redis' } as const]),
] as const;

export interface World {
  readonly stage: Stage;
  readonly slack: Slack;
  /** What Hallpass logged so far, line by line, at every level. */
  readonly log: readonly string[];
  /** SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
  start(): Promise<void>;
}

/** Starts the world before the tests of a `describe`, and ends it after them. */
export function useWorld({ transport, backend }: (typeof WORLDS)[number]): () => World {
  let world: World | null = null;
  let redis: TestRedis | null = null;
  const use = () => {
    if (world === null) throw new Error('the world has not started');
    return world;
  };

  beforeAll(async () => {
    redis = backend === 'Redis' ? await startRedis() : null;
    const log: string[] = [];
    const stage = await startStage({
      cli: CLI,
      transport,
      ...(redis === null ? {} : { redisUrl: redis.url }),
      onLine: (line) => log.push(line),
      configure: (yaml) =>
        yaml
          .replace('people:', `people:\n  ${ANA2}: { login: ana }\n  ${FAY}: { login: fay }`)
          .replace('groups: {', `groups: { vault: ${VAULT}, desk: ${DESK},`)
          .trimEnd() + ROLES,
    });
    await furnish(stage);
    let hallpass: HallpassProcess;
    world = {
      stage,
      slack: stage.slack,
      log,
      stop: () => hallpass.stop(),
      start: async () => {
        hallpass = await stage.startHallpass({ LOG_LEVEL: 'trace' });
      },
    };
    await world.start();
  });
  beforeEach(() => {
    use().slack.faults.clear();
    use().stage.pagerduty.faults.clear();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await clearAway(use());
  });
  afterAll(async () => {
    await world?.stage.close();
    await redis?.stop();
  });

  return use;
}

async function furnish({ slack, server }: Stage): Promise<void> {
  slack.workspace.addPerson({ id: ANA2, name: 'ana.private' });
  slack.workspace.addPerson({ id: FAY, name: 'fay' });
  slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan, CAST.ana, ANA2] });
  slack.workspace.addGroup({ id: VAULT, handle: 'vault', members: [CAST.dan, CAST.cora] });
  slack.workspace.addGroup({ id: DESK, handle: 'desk', members: [CAST.ben] });
  for (const role of [
    'brief',
    'doomed',
    'vault_read',
    'desk_read',
    'here_read',
    'found_listed',
    `"${HOSTILE.role}"`,
  ]) {
    await server.query(`create role ${role}`);
    await server.query(`grant ${role} to ${HALLPASS} with admin true, inherit false, set false`);
  }
}

/** What a failed test leaves open would fail the tests after it. */
async function clearAway({ stage }: World): Promise<void> {
  await runSql(
    stage.ledgerUrl,
    `update requests set state = 'ended', why = 'ended', ended_at = now() where ended_at is null`,
  );
  const ours = await stage.server.query<{ sql: string }>(
    `select format('revoke %s from %s granted by %s', roleid::regrole, member::regrole, grantor::regrole) as sql
       from pg_auth_members where grantor = $1::regrole`,
    [HALLPASS],
  );
  for (const { sql } of ours) await stage.server.query(sql);
}

/** The audit events of a request, in order, but for what is read about it at a time of its own. */
export function eventsOf(
  { stage }: World,
  id: string,
): Promise<{ kind: string; actor: string | null; data: Record<string, unknown> }[]> {
  return runSql(
    stage.ledgerUrl,
    `select kind, actor, data from events where request_id = $1 and kind not in ('previewed', 'reviewed') order by id`,
    [id.slice('R-'.length)],
  );
}

/** Changes the ledger as its owner, as time would have: the id is `$1`. */
export async function inTheLedger({ stage }: World, id: string, set: string): Promise<void> {
  await runSql(stage.ledgerUrl, `update requests set ${set} where id = $1`, [id.slice('R-'.length)]);
}

/** Who holds this role on the server, and by whose grant: "ana by postgres". */
export async function membersOf({ stage }: World, role: string): Promise<readonly string[]> {
  const rows = await stage.server.query<{ membership: string }>(
    `select m.member::regrole || ' by ' || m.grantor::regrole as membership from pg_auth_members m
       join pg_roles r on r.oid = m.roleid where r.rolname = $1 and m.member <> $2::regrole order by 1`,
    [role, HALLPASS],
  );
  return rows.map(({ membership }) => membership);
}

/** The secrets that no line of a log may hold. */
export function secretsOf({ slack, pagerduty, samples, env }: Stage): readonly string[] {
  const passwords = [env.DATABASE_URL, env.DATABASE_OWNER_URL].map((url) => new URL(url ?? '').password);
  return [
    ...[slack.botToken, slack.appToken, slack.signingSecret, slack.verificationToken],
    ...[pagerduty.token, samples.hallpass.password, ...passwords],
  ];
}

/** No line of the log holds a secret, or what people wrote. */
export function expectDiscreet({ stage, log }: World): void {
  expect(log.length).toBeGreaterThan(0);
  for (const secret of [...secretsOf(stage), 'ticket 812']) {
    expect(secret).not.toBe('');
    expect(log.filter((line) => line.includes(secret))).toEqual([]);
  }
}
