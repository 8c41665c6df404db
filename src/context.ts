/** The composition root: builds every adapter and passes it to the use cases. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createAccess } from './access/access.js';
import { createObjects } from './access/asking/objects.js';
import { createRoles, DISCOVER_EVERY_MS } from './access/asking/roles.js';
import { TELL_HEAD_EVERY_MS, tellHead } from './access/audit/tell.js';
import { createRequestWatch, WATCH_REQUESTS_EVERY_MS } from './access/audit/watch.js';
import { reconsiderRules } from './access/deciding/by-rule.js';
import { createClearances } from './access/deciding/clearance.js';
import { previewAgain } from './access/deciding/preview.js';
import type { Deps } from './access/deps.js';
import { HEARTBEAT_MS } from './access/heartbeat.js';
import { createHomes } from './access/home/publisher.js';
import { passTime } from './access/keeping/deadlines.js';
import { watchEmergencies } from './access/keeping/emergencies.js';
import { createLadder } from './access/keeping/ladder.js';
import { HOLDERS_EVERY_MS, lookForLeavers } from './access/keeping/leavers.js';
import { FORGET_EVERY_MS, forgetOld } from './access/keeping/retention.js';
import { reviewEnded } from './access/keeping/review.js';
import { createUseWatch } from './access/keeping/uses.js';
import { createAnchors } from './access/recovery/anchors.js';
import { refuseLostTargets } from './access/recovery/lost-targets.js';
import { createLeases } from './access/sweeping/leases.js';
import { createServerWatch } from './access/sweeping/server-watch.js';
import { createSweeper } from './access/sweeping/sweeper.js';
import { createLedgerWatch } from './access/telling/ledger-watch.js';
import { createLoginWatch } from './access/telling/login-watch.js';
import { createDeliverer } from './access/telling/outbox.js';
import { OVERDUE_MS, watchOverdue } from './access/telling/overdue.js';
import { sendPages } from './access/telling/pages.js';
import { lookWhoDecides } from './access/telling/reach-approvers.js';
import { reachReviewers } from './access/telling/reach-reviewers.js';
import { createPlaces } from './access/telling/shut-places.js';
import { createSlackTokens } from './access/telling/slack-tokens.js';
import type { Config } from './config/config.js';
import type { WorkerEnv } from './config/environment/env.js';
import { createFleet } from './fleet.js';
import { readFigures } from './ledger/figures.js';
import { readInstallation } from './ledger/installation.js';
import { everyHomeChanged } from './ledger/messages/homes.js';
import { createPool } from './ledger/pool.js';
import { type Pulse, readPulse, unknownPulse } from './ledger/pulse.js';
import { readTarget, registerTargets, targetsWithGrants } from './ledger/targets/targets.js';
import type { Logger } from './logger.js';
import { createMessenger } from './messenger/web-api.js';
import { createMetrics, type TargetState } from './metrics.js';
import { createEvents } from './oncall/events.js';
import { type OnCall, withoutPagerDuty } from './oncall/on-call.js';
import { createPagerDuty } from './oncall/pagerduty.js';
import type { Alarms } from './queue/alarms.js';
import { createLateAlarms } from './queue/late-alarms.js';
import { redisPrefix } from './queue/names.js';
import { type LiveConfig, sayRefused, takeIn } from './reload.js';
import { createTask, repeat, type Task } from './repeat.js';

/** Whether a rule approves a pending request by now is asked this often, milliseconds. */
const SHIFT_EVERY_MS = 60_000;
/** Requests asked about each time. */
const SHIFT_BATCH = 500;
/** The start waits this long for the roles that targets have, and for what they remember; milliseconds. */
const FIRST_LOOK_MS = 2_000;
/** BullMQ is loaded this long after the start, when Slack is connected; milliseconds. */
const ALARMS_AFTER_MS = 1_000;

export type Context = Awaited<ReturnType<typeof createContext>>;

export async function createContext(first: Config, env: WorkerEnv, logger: Logger) {
  const { databaseUrl, redis, slack, pagerduty, pagerdutyEvents } = env;
  const onLedgerError = (error: Error) => logger.warn({ err: error }, 'a connection to the ledger broke');
  const db: Pool = createPool(databaseUrl, onLedgerError);
  // Its own pool: however many people click, and however slowly the ledger answers them, revocations don't queue with them.
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
  const objects = createObjects(config, fleet.objectsReaders, roles, logger);
  /** Whether Slack's payloads can arrive now. */
  let isHearing = () => true;
  let pagerdutyUp: boolean | null = null;
  const heard = (up: boolean) => {
    pagerdutyUp = up;
  };
  const onCall: OnCall =
    pagerduty === null ? withoutPagerDuty : createPagerDuty({ ...pagerduty, logger, heard });
  const metrics = createMetrics({
    figures: () => readFigures(db, OVERDUE_MS, [...targets.keys()]),
    targets: () => withForged(fleet.states, anchors.forged()),
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
    objects,
    onCall,
    events: pagerdutyEvents === null ? null : createEvents({ ...pagerdutyEvents, installation, heard }),
    messenger,
    alarms,
    logger,
    metrics,
    uses: { of: (id) => uses.of(id) },
    background(what, work) {
      const logged = work
        .catch((error: unknown) => logger.warn({ err: error, what }, 'work in the background failed'))
        .finally(() => running.delete(logged));
      running.add(logged);
    },
    clearAgain: (id) => clearances.renew(id),
    placesChanged: () => telling.soon(),
    outbox: {
      kick: () => {
        deliverer.kick();
        homes.kick();
      },
    },
    homes: { openLater: (userId, notice) => homes.openLater(userId, notice) },
    sweeps: { wake: (name) => sweeper.wake(name) },
  };
  const uses = createUseWatch(deps);
  const clearances = createClearances(deps);
  const deliverer = createDeliverer(deps);
  const homes = createHomes(deps);
  const logins = createLoginWatch(deps);
  const slackTokens = createSlackTokens(deps);
  const sweeping: Deps = { ...deps, db: sweepDb };
  const anchors = createAnchors(sweeping);
  const leases = createLeases(sweeping, `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`);
  const sweeper = createSweeper(sweeping, anchors, leases);
  const ledgerWatch = createLedgerWatch(sweeping, leases.holder, sweeper.brokeOff);
  const servers = createServerWatch(sweeping);
  const places = createPlaces(deps);
  const ladder = createLadder(deps);
  /** Done when a heartbeat finds something to do. */
  const task = (what: string, work: () => Promise<unknown>) =>
    createTask(HEARTBEAT_MS, deps.background, what, work);
  const telling = task('look who is asked, and can be', async () => {
    await places.look();
    await Promise.all([lookWhoDecides(deps), reachReviewers(deps)]);
  });
  /** Closes targets that left the configuration, once nothing is open there. */
  async function letGo(): Promise<void> {
    const left = fleet.left();
    if (left.length === 0) return;
    const open = new Set(await targetsWithGrants(db));
    for (const name of left) if (!open.has(name)) fleet.letGo(name);
  }

  // Each on its own: what blocks one must not delay the others.
  const tasks: readonly (readonly [(pulse: Pulse) => boolean, Task])[] = [
    [({ open }) => open, task('let time pass', () => passTime(deps))],
    [({ pending }) => pending, task('tell that no one has decided', () => ladder.look())],
    [({ toReview }) => toReview, task('look at what was left behind', () => reviewEnded(deps))],
    [({ emergencies }) => emergencies, task('look at emergencies', () => watchEmergencies(deps))],
    [({ open }) => open, task('read again what roles can do', () => previewAgain(deps))],
    [({ pending, shut }) => pending || shut, telling],
    [({ unsent }) => unsent, task('look at the outbox', async () => deliverer.kick())],
    [({ homes: due }) => due, task('look at Homes', async () => homes.kick())],
    [({ revocations: due }) => due, task('look for what is overdue', () => watchOverdue(sweeping, leases))],
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
  const every = (ms: number, what: string, work: () => Promise<unknown>) =>
    repeat(ms, deps.background, what, work);
  const beats = [
    every(HEARTBEAT_MS, 'look what there is to do', beat),
    every(HEARTBEAT_MS, 'look which servers answer', () => servers.look(pulse.busy)),
    every(HEARTBEAT_MS, 'look who uses what is granted', async () => {
      if (pulse.busy.length > 0) await uses.look();
    }),
    every(HEARTBEAT_MS, 'look whether the ledger can be read', () => ledgerWatch.look()),
    every(HEARTBEAT_MS, 'look which servers refuse our login', () => logins.look()),
    every(HEARTBEAT_MS, 'look at the Slack token', () => slackTokens.look()),
    every(HEARTBEAT_MS, 'let go of targets that left', letGo),
    every(DISCOVER_EVERY_MS, 'read what roles give', () => objects.refresh(new Set(pulse.busy))),
    every(DISCOVER_EVERY_MS, 'discover roles', async () => {
      await roles.refresh(new Set(pulse.busy));
      await homes.lookAtRoles();
    }),
    every(HOLDERS_EVERY_MS, 'ask who still has an account', async () => {
      if (pulse.open || pulse.unread) await lookForLeavers(deps);
    }),
    every(SHIFT_EVERY_MS, 'ask the rules again', async () => {
      if (pulse.pending) await reconsiderRules(deps, SHIFT_BATCH);
    }),
    every(TELL_HEAD_EVERY_MS, 'tell where the audit ends', () => tellHead(deps)),
    every(WATCH_REQUESTS_EVERY_MS, 'compare requests with the audit', createRequestWatch(deps)),
    every(FORGET_EVERY_MS, 'forget what was told long ago', () => forgetOld(deps)),
  ];

  return {
    access: createAccess(deps),
    messenger,
    metrics,
    slackTokens,
    /** Finds and does what was left undone, and goes on from there. @throws HallpassError */
    async start(): Promise<void> {
      await registerTargets(db, [...config.targets.keys()]);
      await refuseLostTargets(db, config);
      // Another release may draw them otherwise, and another configuration offers something else.
      await everyHomeChanged(db);
      // From the first click on, the roles found are offered and granted as configured, and a restored ledger assigns no
      // id twice.
      const looks = [...targets].map(async ([name, target]) =>
        anchors.trusted(name, target, await readTarget(db, name)),
      );
      await Promise.race([
        Promise.all([roles.refresh(null), ...looks]),
        sleep(FIRST_LOOK_MS, undefined, { ref: false }),
      ]);
      // Another process may have written something to show, too.
      await alarms.start(async ({ target, news }) => {
        if (news) deps.outbox.kick();
        sweeper.wake(target);
      });
      for (const each of beats) each.start();
    },
    /** Why the ledger can't be read, in words; empty when it can. */
    ledgerLacks: () => ledgerWatch.missing(),
    /** What people wait for in vain, in words; Hallpass still serves. */
    warnings: () => places.warnings(),
    hears(ready: () => boolean): void {
      isHearing = ready;
    },
    takeIn: (next: Config, later: readonly string[]) =>
      takeIn({ ...deps, config }, fleet, next, later, anchors.forget),
    sayRefused: (thrown: unknown) => sayRefused({ ...deps, config }, thrown),
    /** Takes no more work, finishes what is under way, closes every connection. */
    async stop(): Promise<void> {
      for (const each of [...beats, ...tasks.map(([, one]) => one)]) each.stop();
      // The look at all targets that has begun is finished: a Hallpass that Slack rejects, and that restarts again and
      // again, still revokes what is due.
      await Promise.all(running);
      await Promise.all([sweeper.stop(), deliverer.stop(), homes.stop(), alarms.close()]);
      await Promise.all(running);
      await fleet.close();
      await Promise.all([db.end(), sweepDb.end()]);
    },
  };
}

/** Adds which anchors were found to be forged: only this process knows that, not the target. */
function withForged(states: ReadonlyMap<string, TargetState>, forged: ReadonlySet<string>) {
  const all = new Map(states);
  for (const name of forged) {
    const state = states.get(name);
    if (state) all.set(name, { ...state, blocked: new Set([...state.blocked, 'anchor_forged']) });
  }
  return all;
}
