import { setTimeout as sleep } from 'node:timers/promises';
import { inTime } from '../in-time.js';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait after so many failures in a row, milliseconds: doubled each time to half a minute, half of it by
 * chance, so that replicas don't return all at once. Nothing after none. */
export function backoffMs(failures: number): number {
  if (failures === 0) return 0;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return longest / 2 + (Math.random() * longest) / 2;
}

/** Waits `ms`, or until `signal` is aborted; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

export const LATE = Symbol('late');

/** What `work` resolves to, or LATE when it takes longer than `ms`; `work` goes on. Throws what `work` throws in time. */
export const within = <T>(ms: number, work: Promise<T>) => inTime<T, typeof LATE>(ms, work, () => LATE);
