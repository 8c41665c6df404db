import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait after this many failures in a row; nothing after none. Doubles each time up to half a minute, half of it
 * random, so that replicas don't all return at once.
 */
export function backoffMs(failures: number): number {
  if (failures === 0) return 0;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return longest / 2 + (Math.random() * longest) / 2;
}

/** Waits `ms`, or until `signal` aborts; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
