/** One run: people work while things go wrong; then all is healed, and judged. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { turnToReviews } from './crowd/clock.js';
import { letLive } from './crowd/crowd.js';
import { type FaultGroup, groupFaults } from './faults/groups.js';
import { processFaults } from './faults/processes.js';
import { pagerDutyFaults, slackFaults } from './faults/services.js';
import { ledgerFaults, redisFaults } from './faults/stores.js';
import { targetFaults } from './faults/targets.js';
import { judgeApprovals } from './judge/approvals.js';
import { judgeAudit } from './judge/audit.js';
import { judgeEmergencies } from './judge/emergencies.js';
import { judgeHomes } from './judge/homes.js';
import { judgeLadders } from './judge/ladders.js';
import { judgeLengths } from './judge/lengths.js';
import { judgeMemberships } from './judge/memberships.js';
import { judgeMessages } from './judge/messages.js';
import { judgePauses } from './judge/pauses.js';
import { judgeAtRandom } from './judge/random.js';
import { judgeRequests } from './judge/requests.js';
import { APPROVED, livesOf, repeatedNow, verdictsOf } from './judge/trail.js';
import { readHistory, readPauses, readRequests, readTrail, readUnsettled } from './ledger.js';
import { planFaults } from './plan.js';
import { createRandom } from './random.js';
import { quantiles, type Report } from './report.js';
import type { ChaosStage } from './stage.js';
import { carryOut } from './storm.js';
import { BOUND_MS } from './timeline.js';

/** What waits for Slack may wait as long again: each failed try is followed by a pause twice as long, milliseconds. */
const SETTLE_MS = BOUND_MS + 25_000;

/**
 * @param signal ends it early, without a judgement
 * @returns whether all promises held
 */
export async function runChaos(
  stage: ChaosStage,
  options: {
    readonly seconds: number;
    readonly seed: number;
    /** Groups of faults that do not happen. */
    readonly without: readonly FaultGroup[];
    readonly report: Report;
    /** Hears what people saw fail; and what the ledger and the watchers know, when a promise was broken. */
    readonly evidence: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  const { report, evidence, signal } = options;
  const ms = options.seconds * 1000;
  const random = createRandom(options.seed);
  const kinds = [
    ...processFaults(stage.fleet),
    ...targetFaults(stage.clusters),
    ...ledgerFaults(stage.ledger),
    ...(stage.redis === null ? [] : redisFaults(stage.redis)),
    ...slackFaults(stage.slack),
    ...pagerDutyFaults(stage.pagerduty),
    ...groupFaults(stage, options.without),
  ];
  const plan = planFaults(kinds, ms, random.fork());
  const [lived] = await during(ms, signal, (over) =>
    Promise.all([letLive(stage, random.fork(), over), carryOut(plan, stage.timeline, report, over)]),
  );
  report.event('all is healed, and nobody asks any more');
  await resumeAll(stage);
  const left = await settle(stage, signal);
  signal.throwIfAborted();
  report.event(left.length === 0 ? 'all is settled' : `not settled: ${left.slice(0, 5).join('; ')}`);

  await Promise.all(stage.targets.map(({ watcher }) => watcher.again()));
  for (const failure of lived.failures) evidence(`crowd ${failure}`);
  const requests = await readRequests(stage.ledgerUrl);
  const lives = livesOf(requests, await readTrail(stage.ledgerUrl));
  const memberships = judgeMemberships(stage.targets, requests, stage.timeline);
  const messages = await judgeMessages(stage.slack, requests, repeatedNow(lives), verdictsOf(lives));
  const verdicts = [
    ...memberships.verdicts,
    ...judgeRequests(requests, lived.submitted, stage.targets, stage.timeline),
    ...judgeApprovals(lives),
    ...judgeLengths(lives),
    ...judgeLadders(stage.slack, lives, lived.turned),
    ...judgeEmergencies(stage, lives),
    ...messages.verdicts,
    judgeHomes(stage.slack, requests),
    ...judgePauses(stage.slack, await readPauses(stage.ledgerUrl), lives, stage.timeline),
    await judgeAudit(stage),
    ...judgeAtRandom(random.fork()),
    { what: 'all settled in time', checked: requests.length, breaches: left },
  ];
  report.table(verdicts, {
    faults: String(plan.length),
    'what people did': `${lived.acts}, of which ${lived.failures.length} failed before their eyes`,
    'requests by state': count(
      requests.map(({ state, why }) => (why === null ? state : `${state} (${why})`)),
    ),
    'approved by': count(lives.flatMap(({ events }) => events.flatMap(({ kind }) => APPROVED[kind] ?? []))),
    'audit events': count(lives.flatMap(({ events }) => events.map(({ kind }) => kind))),
    'late by, nothing in the way, ms': quantiles(memberships.undisturbed),
    'late by, with something in the way, ms': quantiles(memberships.disturbed),
    'messages that stood twice': String(messages.twins),
    'processes that ended by themselves': count(stage.fleet.deaths),
  });
  const held = verdicts.every(({ breaches }) => breaches.length === 0);
  if (!held) await layOpen(stage, evidence);
  return held;
}

/** What the operator didn't come to resume, as on the command line. */
async function resumeAll({ run, targets }: ChaosStage): Promise<void> {
  await run('resume');
  for (const { name } of targets) await run('resume', name);
}

/** All that there is to find out why a promise was broken. */
async function layOpen(stage: ChaosStage, evidence: (line: string) => void): Promise<void> {
  for (const line of await readHistory(stage.ledgerUrl)) evidence(`ledger ${line}`);
  for (const { name, watcher } of stage.targets) {
    for (const stay of watcher.stays) evidence(`${name} ${JSON.stringify(stay)}`);
  }
  for (const call of stage.slack.log) evidence(`slack ${JSON.stringify(call)}`);
}

/** Tells `work` when the time is up, or that it is to end early. */
async function during<T>(
  ms: number,
  signal: AbortSignal,
  work: (over: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  // Everybody who waits listens.
  setMaxListeners(0, over.signal);
  const end = () => over.abort();
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await work(over.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Waits until nothing is left to be done. @returns what still is, when the time for it is up */
async function settle(stage: ChaosStage, signal: AbortSignal): Promise<readonly string[]> {
  const deadline = Date.now() + SETTLE_MS;
  await stage.fleet.ready();
  for (;;) {
    await turnToReviews(stage.ledgerUrl);
    const left = await readUnsettled(stage.ledgerUrl);
    if (left.length === 0 || Date.now() > deadline || signal.aborted) return left;
    await sleep(250);
  }
}

/** "3 ended (expired), 1 denied" */
function count(things: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return [...counts].map(([thing, times]) => `${times} ${thing}`).join(', ') || 'none';
}
