/**
 * When targets are swept: at once after a change made here, at each alarm, at each heartbeat, and again each
 * second while something could not be done. One sweep of a target at a time: in this process by the table of turns,
 * among processes by the lease.
 */
import { coerceError } from '../../errors.js';
import type { Pulse } from '../../ledger/pulse.js';
import { type Look, look } from '../../ledger/targets/look.js';
import { readTarget, recordChecked, type TargetRow } from '../../ledger/targets/targets.js';
import { TargetError } from '../../postgres/errors.js';
import type { Target } from '../../postgres/target.js';
import type { Deps } from '../deps.js';
import { IDLE_EVERY_MS } from '../heartbeat.js';
import type { Anchors } from '../recovery/anchors.js';
import { createBulkRevocations } from './bulk-revocations.js';
import { askedOnce } from './circuit-breaker.js';
import { checkDrift } from './drift.js';
import type { Leases } from './leases.js';
import { MOST, sweep } from './sweep.js';
import { createWakeTimers } from './wake-timers.js';

/** All our memberships on a target are compared this often, milliseconds. */
const DRIFT_EVERY_MS = 5 * 60_000;
/** After another process swept, they are compared again, but no more often than this, milliseconds. */
const TAKEOVER_EVERY_MS = 30_000;
const RETRY_MS = 1_000;
/** A process that is refused a lease about to run out waits at least this long, milliseconds. */
const LEAST_WAIT_MS = 10;

interface Turn {
  /** Asked for again while it ran. */
  again: boolean;
  readonly done: Promise<void>;
}

/** How a turn ended: nothing more is due, something is left, or null: another process is sweeping. */
type Outcome = { readonly row: TargetRow; readonly left: boolean } | null;

export function createSweeper(deps: Deps, anchors: Anchors, leases: Leases) {
  const { db, logger, metrics } = deps;
  const { holder } = leases;
  const turns = new Map<string, Turn>();
  const bulk = createBulkRevocations();
  const timers = createWakeTimers(deps.alarms, wake);
  const compared = new Map<string, number>();
  /** What went wrong last, so that an outage is logged once and not each second. */
  const troubles = new Map<string, string>();
  /** Targets whose last sweep broke off. That is the ledger's doing: what a target says is caught in the sweep. */
  const brokenOff = new Map<string, Error>();
  /** Where the last heartbeat found something granted, or ended within the hour. */
  let busy: ReadonlySet<string> = new Set();
  let stopping = false;

  const compareEvery = (name: string) => (busy.has(name) ? DRIFT_EVERY_MS : IDLE_EVERY_MS);

  /** @param retry nothing but the time has changed: the target is swept only if it answers. */
  function wake(name: string, retry = false): void {
    if (stopping) return;
    const turn = turns.get(name);
    if (turn) {
      turn.again = true;
      return;
    }
    const started: Turn = { again: false, done: run(name, retry) };
    turns.set(name, started);
    void started.done.finally(() => {
      turns.delete(name);
      if (started.again) wake(name);
    });
  }

  async function run(name: string, retry: boolean): Promise<void> {
    const target = deps.targets.get(name);
    if (target === undefined) return;
    const began = performance.now();
    try {
      if (retry && !(await answers(target))) return timers.wakeIn(name, RETRY_MS, true);
      const outcome = await sweepUntilDone(name, target);
      brokenOff.delete(name);
      if (outcome === null) return;
      const { row, left } = outcome;
      metrics.swept(left ? 'left' : 'done', performance.now() - began);
      // What is left is due already: the next expiry must not hide behind it, nor ring for it without a pause.
      if (left) timers.wakeIn(name, RETRY_MS, true);
      else if (row.nextMs !== null) timers.arm(name, row.nextMs);
      keepAnchor(name, target, row);
    } catch (thrown) {
      metrics.swept('broke off', performance.now() - began);
      brokenOff.set(name, coerceError(thrown));
      complain(name, thrown, 'a sweep broke off');
      timers.wakeIn(name, RETRY_MS);
    }
  }

  /** One round trip when there is nothing to do. */
  async function sweepUntilDone(name: string, target: Target): Promise<Outcome> {
    for (;;) {
      const seen = await look(db, name, {
        ...{ holder, most: MOST, take: true, compareMs: compareEvery(name) },
        takeoverMs: busy.has(name) ? TAKEOVER_EVERY_MS : IDLE_EVERY_MS,
      });
      const { requests, endings, strays } = seen.due;
      const isNoneDue = requests.length + endings.length + strays.length === 0;
      const idle = isNoneDue && !seen.compare && seen.unread === null;
      if (idle || seen.held) leases.served(name);
      const trusted = askedOnce(await anchors.trusted(name, target, seen.row));
      if (idle) {
        noteCompared(name, seen.row);
        return { row: seen.row, left: false };
      }
      if (!seen.held) {
        const patience = leases.patience(name, seen.dueMs);
        if (patience > 0) {
          // A holder that lets go reads the sequence again afterwards; the lease of one that died runs out.
          timers.wakeIn(name, Math.max(LEAST_WAIT_MS, Math.min(patience, seen.leaseMs || patience)));
          return null;
        }
      }
      const work = () => sweepOnce(name, trusted, seen);
      const left = seen.held ? await leases.hold(name, work) : await work();
      const row = await readTarget(db, name);
      const isMore = row.wakeSeq !== seen.row.wakeSeq || (!left && row.nextMs !== null && row.nextMs <= 0);
      if (stopping || !isMore) return { row, left };
    }
  }

  /** @returns true when something is left that a later try may do. */
  async function sweepOnce(name: string, target: Target, seen: Look): Promise<boolean> {
    const left = await sweep(deps, name, target, seen.row.server, bulk, seen.due);
    // What could not be done may call for a comparison.
    const row = left ? await readTarget(db, name) : seen.row;
    if (seen.compare || row.checkedMs === null) await compareAll(name, target, row);
    else noteCompared(name, row);
    if (seen.unread !== null) throw seen.unread;
    return left;
  }

  /** Asked each second, while something is left: a server that is down then costs one attempt to connect. */
  async function answers(target: Target): Promise<boolean> {
    return target.look([]).then(
      () => true,
      (thrown: unknown) => !(thrown instanceof TargetError && thrown.kind === 'unreachable'),
    );
  }

  function complain(name: string, thrown: unknown, what: string): void {
    const error = coerceError(thrown);
    if (troubles.get(name) !== error.message) logger.warn({ err: error, target: name }, what);
    troubles.set(name, error.message);
  }

  /** The drift check isn't due: the ledger says when it was made. */
  function noteCompared(name: string, row: TargetRow): void {
    compared.set(name, performance.now() - (row.checkedMs ?? 0));
    if (busy.has(name) && row.sweeper !== holder) timers.wakeIn(name, TAKEOVER_EVERY_MS);
  }

  /** The drift check. A target that can't be asked is asked again at the next heartbeat. */
  async function compareAll(name: string, target: Target, row: TargetRow): Promise<void> {
    try {
      await recordChecked(db, name, holder, await checkDrift(deps, name, target, row.server !== null));
      compared.set(name, performance.now());
      troubles.delete(name);
    } catch (thrown) {
      compared.delete(name);
      complain(name, thrown, 'the memberships on a target could not be compared');
    }
  }

  function keepAnchor(name: string, target: Target, row: TargetRow): void {
    const keeping = anchors.keep(name, target, row).then(
      (later) => {
        if (later !== null) timers.wakeIn(name, later);
      },
      (thrown: unknown) => complain(name, thrown, 'no anchor could be read'),
    );
    deps.background('keep an anchor', keeping);
  }

  return {
    /** There may be something to do on this target. Returns at once. */
    wake: (name: string) => wake(name),
    /** Looks at every target with work, and at those whose drift check is due. Returns at once. */
    heartbeat({ work, busy: names }: Pick<Pulse, 'work' | 'busy'>): void {
      busy = new Set(names);
      const due = new Set(work);
      for (const name of deps.targets.keys()) {
        const last = compared.get(name) ?? Number.NEGATIVE_INFINITY;
        if (performance.now() - last >= compareEvery(name)) due.add(name);
      }
      for (const name of due) wake(name);
    },
    /** Resolves when the sweep of this target that is under way is done. */
    idle: async (name: string) => turns.get(name)?.done,
    /** What broke off the last sweep of some target; null when none broke off. */
    brokeOff: () => brokenOff.values().next().value ?? null,
    /** Starts no more sweeps; resolves when those under way are done. */
    async stop(): Promise<void> {
      stopping = true;
      timers.stop();
      await Promise.all([...turns.values()].map((turn) => turn.done));
    },
  };
}
