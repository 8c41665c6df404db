import { inTime } from '../in-time.js';

interface Closable {
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
}

/** Together less than the 5 s that closing may take. */
const GRACE_MS = 3_000;
const FORCE_MS = 1_000;

/**
 * Closes a queue or a worker in at most 4 s: gently first, then by cutting the connection. Never throws. BullMQ's own `close`
 * waits forever for a Redis that is down.
 */
export async function closeInTime(end: Closable): Promise<void> {
  if (!(await settles(end.close(), GRACE_MS))) await settles(end.disconnect(), FORCE_MS);
}

/** Drops a queue or a worker that failed, in at most 1 s, without waiting for its jobs. Never throws. */
export async function discard(end: Closable): Promise<void> {
  await settles(end.close(true), FORCE_MS);
}

async function settles(promise: Promise<void>, withinMs: number): Promise<boolean> {
  const settled = Promise.allSettled([promise]).then(() => true);
  return inTime(withinMs, settled, () => false);
}
