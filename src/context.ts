/**
 * The composition root: builds every adapter and hands the use cases in. `overrides` is the tests' one seam.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Access } from './access/access.js';
import { createAccess } from './access/access.js';
import { createRoles, DISCOVER_EVERY_MS } from './access/asking/roles.js';
import { TELL_HEAD_EVERY_MS, tellHead } from './access/audit/tell.js';
import { createRequestWatch, WATCH_REQUESTS_EVERY_MS } from './access/audit/watch.js';
import { createClearances } from './access/deciding/clearance.js';
import { reconsiderOnCall } from './access/deciding/on-call.js';
import { previewAgain } from './access/deciding/preview-again.js';
import { type Deps, HEARTBEAT_MS } from './access/deps.js';
import { passTime } from './access/keeping/deadlines.js';
import { HOLDERS_EVERY_MS, lookForLeavers } from './access/keeping/leavers.js';
import { FORGET_EVERY_MS, forgetOld } from './access/keeping/retention.js';
import { reviewEnded } from './access/keeping/review.js';
import { createAnchors } from './access/recovery/anchors.js';
import { refuseLostTargets } from './access/recovery/lost-targets.js';
import { createLeases } from './access/sweeping/leases.js';
import { createSweeper } from './access/sweeping/sweeper.js';
import { createServerWatch } from './access/sweeping/server-watch.js';
import { lookWhoDecides } from './access/telling/approvers.js';
import { createLedgerWatch } from './access/telling/ledger-watch.js';
import { createLoginWatch } from './access/telling/login-watch.js';
import { createDeliverer } from './access/telling/outbox.js';
import { OVERDUE_MS, watchOverdue } from './access/telling/overdue.js';
import { sendPages } from './access/telling/pages.js';
import { createPlaces } from './access/telling/places.js';
import { createSlackTokens, type SlackTokens } from './access/telling/slack-tokens.js';
import type { Config } from './config/config.js';
import type { RedisServer } from './config/redis-url.js';
import { createFleet } from './fleet.js';
import { readFigures } from './ledger/figures.js';
import { readInstallation } from './ledger/installation.js';
import { createPool } from './ledger/pool.js';
import { type Pulse, readPulse, unknownPulse } from './ledger/pulse.js';
import { readTarget, registerTargets, targetsWithGrants } from './ledger/targets.js';
import type { Logger } from './logger.js';
import { createMessenger } from './messenger/web-api.js';
import { createMetrics, type Metrics, type TargetState } from './metrics.js';
import { createEvents } from './oncall/events.js';
import { createNobody } from './oncall/nobody.js';
import type { OnCall } from './oncall/on-call.js';
import { createPagerDuty } from './oncall/pagerduty.js';
import type { Alarms } from './queue/alarms.js';
import { createLateAlarms } from './queue/late-alarms.js';
import { redisPrefix } from './queue/names.js';
import { type LiveConfig, sayRefused, takeIn } from './reload.js';
import { createTask, repeat, type Task } from './repeat.js';

/** Requests that wait are asked about again, milliseconds. */
const SHIFT_EVERY_MS = 60_000;
/** Requests asked about each time. */
const SHIFT_BATCH = 500;

/** The start waits this long for the roles that targets have, and for what they remember; milliseconds. */
const FIRST_LOOK_MS = 2_000;

/** BullMQ is loaded so long after the start, when Slack is connected; milliseconds. */
const ALARMS_AFTER_MS = 1_000;

/** What of the environment the adapters need. */
export interface Surroundings {
  readonly databaseUrl: string;
  readonly redis: RedisServer | null;
  readonly slack: { readonly botToken: string; readonly apiUrl: string | null };
  readonly pagerduty: { readonly token: string; readonly apiUrl: string | null } | null;
  readonly pagerdutyEvents: { readonly routingKey: string; readonly apiUrl: string | null } | null;
}

export interface Overrides {
  readonly heartbeatMs?: number;
}

export interface Context {
  readonly access: Access;
  readonly messenger: ReturnType<typeof createMessenger>;
  readonly metrics: Metrics;
  readonly slackTokens: SlackTokens;
  /** Begins to work: what was left undone is found and done. @throws HallpassError */
  start(): Promise<void>;
  /** What keeps the ledger from being read, in words; empty when nothing does. */
  ledgerLacks(): Promise<readonly string[]>;
  /** What people wait for in vain, in words; it doesn't keep Hallpass from serving. */
  warnings(): Promise<readonly string[]>;
  /** What hears Slack, if anything does: whether a payload can arrive now. */
  hears(ready: () => boolean): void;
  /** Goes by this configuration from now on. @throws as takeIn */
  takeIn(next: Config, later: readonly string[]): Promise<void>;
  /** Says why a configuration is not taken in. */
  sayRefused(thrown: unknown): Promise<void>;
  /** Takes no more work, finishes what runs, lets go of every connection. */
  stop(): Promise<void>;
}

export async function createContext(
  first: Config,
  surroundings: Surroundings,
  logger: Logger,
  { heartbeatMs = HEARTBEAT_MS }: Overrides = {},
): Promise<Context> {
  const { databaseUrl, redis, slack, pagerduty, pagerdutyEvents } = surroundings;
  const onLedgerError = (error: Error) => logger.warn({ err: error }, 'a connection to the ledger broke');
  const db: Pool = createPool(databaseUrl, onLedgerError);
  // However many click, and however slowly the ledger answers them, what is due to be revoked doesn't queue with them.
  const sweepDb: Pool = createPool(databaseUrl, onLedgerError);
  const installation = await readInstallation(db);
  const messenger = createMessenger({ ...slack, logger });
  const alarms: Alarms = createLateAlarms(
    async () => {
      const { createAlarms } = await import('./queue/bullmq-alarms.js');
      return createAlarms({ redis, databaseUrl, logger, prefix: redisPrefix(databaseUrl) });
    },
    ALARMS_AFTER_MS,
    logger,
  );
  const config: LiveConfig = { ...first };
  const fleet = createFleet(config, installation, {
    idle: (name) => sweeper.idle(name),
    heard: (name, error) => logins.heard(name, error),
  });
  const { targets, inspectors } = fleet;
  const roles = createRoles(config, fleet.discoveries, logger);
  let isHearing = () => true;
  let pagerdutyUp: boolean | null = null;
  const heard = (up: boolean) => {
    pagerdutyUp = up;
  };
  const onCall: OnCall =
    pagerduty === null ? createNobody() : createPagerDuty({ ...pagerduty, logger, heard });
  const metrics = createMetrics({
    figures: () => readFigures(db, OVERDUE_MS, [...targets.keys()]),
    targets: () => statesOf(fleet.states, anchors.forged()),
    services: {
      slack: () => (isHearing() ? slackTokens.answered() : false),
      ...(redis === null ? {} : { redis: () => alarms.isUp() }),
      ...(pagerduty === null && pagerdutyEvents === null ? {} : { pagerduty: () => pagerdutyUp }),
    },
  });
  const running = new Set<Promise<unknown>>();

  const deps: Deps = {
    config,
    db,
    targets,
    inspectors,
    roles,
    onCall,
    events: pagerdutyEvents === null ? null : createEvents({ ...pagerdutyEvents, installation, heard }),
    messenger,
    alarms,
    logger,
    metrics,
    background(what, work) {
      const logged = work
        .catch((error: unknown) => logger.warn({ err: error, what }, 'work in the background failed'))
        .finally(() => running.delete(logged));
      running.add(logged);
    },
    clearAgain: (id) => clearances.renew(id),
    placesChanged: () => telling.soon(),
    outbox: { kick: () => deliverer.kick() },
    sweeps: { wake: (name) => sweeper.wake(name) },
  };
  const clearances = createClearances(deps);
  const deliverer = createDeliverer(deps);
  const logins = createLoginWatch(deps);
  const slackTokens = createSlackTokens(deps);
  const sweeping: Deps = { ...deps, db: sweepDb };
  const anchors = createAnchors(sweeping);
  const leases = createLeases(sweeping, `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`);
  const sweeper = createSweeper(sweeping, anchors, leases);

  const ledgerWatch = createLedgerWatch(sweeping, leases.holder, sweeper.brokeOff);

  const servers = createServerWatch(sweeping);

  const places = createPlaces(deps);
  /** What only a heartbeat that finds something to do asks for. */
  const task = (what: string, work: () => Promise<unknown>) =>
    createTask(heartbeatMs, deps.background, what, work);
  const telling = task('look who is asked, and can be', async () => {
    await places.look();
    await lookWhoDecides(deps);
  });
  /** Of targets that left the configuration, once nothing is open there. */
  async function letGo(): Promise<void> {
    const left = fleet.left();
    if (left.length === 0) return;
    const open = new Set(await targetsWithGrants(db));
    for (const name of left.filter((one) => !open.has(one))) fleet.letGo(name);
  }

  // Each for itself: what hinders one must not keep the others from their work.
  const tasks: readonly (readonly [(pulse: Pulse) => boolean, Task])[] = [
    [({ open }) => open, task('let time pass', () => passTime(deps))],
    [({ toReview }) => toReview, task('look at what was left behind', () => reviewEnded(deps))],
    [({ open }) => open, task('read again what roles can do', () => previewAgain(deps))],
    [({ pending, shut }) => pending || shut, telling],
    [({ unsent }) => unsent, task('look at the outbox', async () => deliverer.kick())],
    [
      ({ revocations }) => revocations,
      task('look for what is overdue', () => watchOverdue(sweeping, leases)),
    ],
    [({ unpaged }) => unpaged, task('page the operators', () => sendPages(deps))],
  ];
  let pulse = unknownPulse([...targets.keys()]);
  async function beat(): Promise<void> {
    try {
      pulse = await readPulse(sweepDb);
    } catch (thrown) {
      pulse = unknownPulse([...targets.keys()]);
      throw thrown;
    } finally {
      sweeper.heartbeat(pulse);
      for (const [isDue, each] of tasks) if (isDue(pulse)) each.tick();
    }
  }
  const { background } = deps;
  const beats = [
    repeat(heartbeatMs, background, 'look what there is to do', beat),
    repeat(heartbeatMs, background, 'look which servers answer', () => servers.look(pulse.busy)),
    repeat(heartbeatMs, background, 'look whether the ledger can be read', () => ledgerWatch.look()),
    repeat(heartbeatMs, background, 'look which servers refuse our login', () => logins.look()),
    repeat(heartbeatMs, background, 'look at the Slack token', () => slackTokens.look()),
    repeat(heartbeatMs, background, 'let go of targets that left', letGo),
    repeat(DISCOVER_EVERY_MS, background, 'discover roles', () => roles.refresh(new Set(pulse.busy))),
    repeat(HOLDERS_EVERY_MS, background, 'ask who still has an account', async () => {
      if (pulse.open || pulse.unread) await lookForLeavers(deps);
    }),
    repeat(SHIFT_EVERY_MS, background, 'ask on call again', async () => {
      if (pulse.pending) await reconsiderOnCall(deps, SHIFT_BATCH);
    }),
    repeat(TELL_HEAD_EVERY_MS, background, 'tell where the audit ends', () => tellHead(deps)),
    repeat(WATCH_REQUESTS_EVERY_MS, background, 'compare requests with the audit', createRequestWatch(deps)),
    repeat(FORGET_EVERY_MS, background, 'forget what was told long ago', () => forgetOld(deps)),
  ];

  return {
    access: createAccess(deps),
    messenger,
    metrics,
    slackTokens,
    async start() {
      await registerTargets(db, [...config.targets.keys()]);
      await refuseLostTargets(db, config);
      // So that what is found is offered, and granted as it is configured, from the first click on; and that a restored
      // ledger gives out no id again.
      const looks = [...targets].map(async ([name, target]) =>
        anchors.trusted(name, target, await readTarget(db, name)),
      );
      await Promise.race([
        Promise.all([roles.refresh(null), ...looks]),
        sleep(FIRST_LOOK_MS, undefined, { ref: false }),
      ]);
      // Another process may have written what is to be shown, too.
      await alarms.start(async ({ target, news }) => {
        if (news) deliverer.kick();
        sweeper.wake(target);
      });
      for (const each of beats) each.start();
    },
    ledgerLacks: () => ledgerWatch.missing(),
    warnings: () => places.warnings(),
    hears(ready) {
      isHearing = ready;
    },
    takeIn: (next, later) => takeIn({ ...deps, config }, fleet, next, later, anchors.forget),
    sayRefused: (thrown) => sayRefused({ ...deps, config }, thrown),
    async stop() {
      for (const each of [...beats, ...tasks.map(([, one]) => one)]) each.stop();
      // The look at all targets that has begun is finished: a Hallpass that Slack turns away, and that is started
      // again and again, still revokes what is due.
      await Promise.all(running);
      await Promise.all([sweeper.stop(), deliverer.stop(), alarms.close()]);
      await Promise.all(running);
      await fleet.close();
      await Promise.all([db.end(), sweepDb.end()]);
    },
  };
}

/** What is known of a target only when its anchor was read, beside what it showed. */
function statesOf(
  states: ReadonlyMap<string, TargetState>,
  forged: ReadonlySet<string>,
): ReadonlyMap<string, TargetState> {
  return new Map(
    [...states].map(([name, { up, blocked }]) => [
      name,
      { up, blocked: forged.has(name) ? new Set([...blocked, 'anchor_forged' as const]) : blocked },
    ]),
  );
}
