/** When this process looks at each target next: by a local timer when that is soon, else by an alarm. */
import type { Alarms } from '../../queue/alarms.js';

/** An alarm fires this early; the rest is waited out on a local timer, milliseconds. */
const EARLY_MS = 1_000;
const LONGEST_TIMER_MS = 24 * 3_600_000;

export function createWakeTimers(alarms: Alarms, wake: (name: string, retry: boolean) => void) {
  const timers = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  const armedFor = new Map<string, number>();
  let stopped = false;

  /** Of several timers for one target the earliest stands. @param retry nothing but the time will have changed. */
  function wakeIn(name: string, ms: number, retry = false): void {
    if (stopped) return;
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
    wakeIn,
    /** At the next expiry. */
    arm(name: string, ms: number): void {
      if (ms <= EARLY_MS * 1.5) {
        wakeIn(name, Math.max(0, ms));
        return;
      }
      const delayMs = Math.min(ms - EARLY_MS, LONGEST_TIMER_MS);
      // An alarm for about this moment is armed already.
      const rings = performance.now() + delayMs;
      const armed = armedFor.get(name);
      if (armed !== undefined && armed > performance.now() && Math.abs(armed - rings) < 200) return;
      // crash point: before-alarm
      armedFor.set(name, rings);
      alarms.arm(name, delayMs);
    },
    stop(): void {
      stopped = true;
      for (const { timer } of timers.values()) clearTimeout(timer);
    },
  };
}
