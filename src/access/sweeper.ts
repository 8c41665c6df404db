/**
 * When targets are swept: at once after a change made here, at each alarm, at each heartbeat, and again each
 * second while something could not be done. One sweep a target at a time, in this process by the table below,
 * among processes by the lock.
 */
import { coerceError } from '../errors.js';
import type { SweepLock } from '../ledger/sweep-lock.js';
import { nextExpiry, readTarget, recordChecked, targetsWithWork } from '../ledger/targets.js';
import { TargetError } from '../target/errors.js';
import type { Target } from '../target/target.js';
import type { Anchors } from './anchors.js';
import { askedOnce } from './asked-once.js';
import type { Deps } from './deps.js';
import { checkDrift } from './drift.js';
import { createHerds } from './herds.js';
import { sweep } from './sweep.js';

/** All our memberships on a target are compared this often, milliseconds. */
const DRIFT_EVERY_MS = 5 * 60_000;
/** After another process swept, they are compared again, but no more often than this, milliseconds. */
const TAKEOVER_EVERY_MS = 30_000;
/** An alarm fires this much early; the rest is waited out on a local timer, milliseconds. */
const EARLY_MS = 1_000;
const RETRY_MS = 1_000;
const LONGEST_TIMER_MS = 24 * 3_600_000;

export interface Sweeper {
  /** Something is to be done on this target, perhaps. Returns at once. */
  wake(name: string): void;
  /** Looks at every target with work, and at those whose drift check is due. */
  heartbeat(): Promise<void>;
  /** Starts no more sweeps; resolves when those under way are done. */
  stop(): Promise<void>;
}

interface Turn {
  /** Asked for again while it ran. */
  again: boolean;
  readonly done: Promise<void>;
}

export function createSweeper(deps: Deps, anchors: Anchors, lock: SweepLock, processName: string): Sweeper {
  const { db, logger, metrics } = deps;
  const turns = new Map<string, Turn>();
  const herds = createHerds();
  const timers = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  const armedFor = new Map<string, number>();
  const compared = new Map<string, number>();
  /** What went wrong last, so that an outage is logged once and not each second. */
  const troubles = new Map<string, string>();
  let stopping = false;

  /** @param retry nothing is new but the time: only who answers is swept. */
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
      if (retry && !(await answers(target))) {
        wakeIn(name, RETRY_MS, true);
        return;
      }
      let left = false;
      let row = await readTarget(db, name);
      let seen: number;
      do {
        const { server, wakeSeq } = row;
        seen = wakeSeq;
        const trusted = askedOnce(await anchors.trusted(name, target, row));
        const held = await lock.withLock(name, async () => {
          left = await sweep(deps, name, trusted, server, herds);
          await compareAll(name, trusted);
        });
        // Somebody else is at it, and reads the sequence again after letting go.
        if (!held) return;
        row = await readTarget(db, name);
      } while (!stopping && row.wakeSeq !== seen);
      metrics.swept(left ? 'left' : 'done', performance.now() - began);
      // What is left is due already: the next expiry must not hide behind it, nor ring for it without a pause.
      if (left) wakeIn(name, RETRY_MS, true);
      else await arm(name);
      const later = await anchors.keep(name, target, row);
      if (later !== null) wakeIn(name, later);
    } catch (thrown) {
      metrics.swept('broke off', performance.now() - began);
      complain(name, thrown, 'a sweep broke off');
      wakeIn(name, RETRY_MS);
    }
  }

  /** Asked each second, while something is left: so a server that is down costs one attempt to connect. */
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

  /** The drift check, when it is due. A target that cannot be asked is asked again at the next heartbeat. */
  async function compareAll(name: string, target: Target): Promise<void> {
    // Read anew: the sweep may have met something that calls for a comparison.
    const row = await readTarget(db, name);
    const takenOver = row.sweeper !== processName;
    const due = row.checkedMs === null || row.checkedMs > (takenOver ? TAKEOVER_EVERY_MS : DRIFT_EVERY_MS);
    if (!due) {
      compared.set(name, performance.now() - (row.checkedMs ?? 0));
      if (takenOver) wakeIn(name, TAKEOVER_EVERY_MS);
      return;
    }
    try {
      await recordChecked(db, name, processName, await checkDrift(deps, name, target, row.server !== null));
      compared.set(name, performance.now());
      troubles.delete(name);
    } catch (thrown) {
      compared.delete(name);
      complain(name, thrown, 'the memberships on a target could not be compared');
    }
  }

  /** Wakes at the next expiry: by a local timer when it is near, else by an alarm. */
  async function arm(name: string): Promise<void> {
    const ms = await nextExpiry(db, name);
    if (ms === null) return;
    if (ms <= EARLY_MS * 1.5) {
      wakeIn(name, Math.max(0, ms));
      return;
    }
    const delayMs = Math.min(ms - EARLY_MS, LONGEST_TIMER_MS);
    // What rings at about this moment is armed already.
    const rings = performance.now() + delayMs;
    const armed = armedFor.get(name);
    if (armed !== undefined && armed > performance.now() && Math.abs(armed - rings) < 200) return;
    // crash point: before-alarm
    armedFor.set(name, rings);
    deps.alarms.arm(name, delayMs);
  }

  /** Of several timers for one target the earliest stands. */
  function wakeIn(name: string, ms: number, retry = false): void {
    if (stopping) return;
    const at = performance.now() + ms;
    const standing = timers.get(name);
    if (standing && standing.at <= at) return;
    clearTimeout(standing?.timer);
    const timer = setTimeout(() => {
      timers.delete(name);
      wake(name, retry);
    }, Math.ceil(ms));
    timers.set(name, { at, timer });
  }

  return {
    wake: (name) => wake(name),
    async heartbeat() {
      const due = new Set(await targetsWithWork(db));
      for (const name of deps.targets.keys()) {
        const last = compared.get(name) ?? Number.NEGATIVE_INFINITY;
        if (performance.now() - last >= DRIFT_EVERY_MS) due.add(name);
      }
      for (const name of due) wake(name);
    },
    async stop() {
      stopping = true;
      for (const { timer } of timers.values()) clearTimeout(timer);
      await Promise.all([...turns.values()].map((turn) => turn.done));
    },
  };
}
