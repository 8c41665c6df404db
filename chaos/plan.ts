/** Which fault comes when: drawn from the seed before the first one begins. */
import type { Fault } from './faults/fault.js';
import type { Random } from './random.js';

export interface Planned {
  readonly fault: Fault;
  /** Since the start of the run, milliseconds. */
  readonly at: number;
  readonly until: number;
  /** For what the fault itself leaves to chance. */
  readonly random: Random;
}

/** The first fault comes when people have begun to work, milliseconds. */
const QUIET_MS = 3_000;
const PAUSE_MS = [400, 3_200] as const;
/** Between two faults in one place, in which people get something done there, milliseconds. */
const PEACE_MS = 5_000;

/**
 * @param kinds each with its possible places. Every kind comes once before any comes again.
 * @param ms how long the run lasts; all faults are over by then
 */
export function planFaults(
  kinds: readonly (readonly Fault[])[],
  ms: number,
  random: Random,
): readonly Planned[] {
  const plan: Planned[] = [];
  const busyUntil = new Map<string, number>();
  let waiting: (readonly Fault[])[] = [];
  for (let at = QUIET_MS; at < ms; at += random.between(...PAUSE_MS)) {
    if (waiting.length === 0) waiting = random.shuffle(kinds);
    for (const kind of waiting) {
      const fault = random.pick(kind);
      const until = at + random.between(...fault.lasts);
      if ((busyUntil.get(fault.place) ?? 0) > at || until > ms) continue;
      busyUntil.set(fault.place, until + PEACE_MS);
      plan.push({ fault, at, until, random: random.fork() });
      waiting = waiting.filter((other) => other !== kind);
      break;
    }
  }
  return plan;
}
