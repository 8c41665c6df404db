/**
 * Hands alarms to BullMQ without making the caller wait. With Redis down an `add` hangs until it is back, so each target has
 * at most one in progress; of the alarms armed meanwhile, the newest wins.
 */
import { coerceError } from '../errors.js';
import { closeInTime, discard } from './close.js';
import type { AlarmQueue } from './connection.js';
import type { Outage } from './outage.js';

export interface Arming {
  arm(target: string, delayMs: number): void;
  close(): Promise<void>;
}

export function createArming(openQueue: () => AlarmQueue, outage: Outage): Arming {
  /** When each target's alarm should ring (milliseconds since the epoch), until it is handed over. */
  const wanted = new Map<string, number>();
  const underWay = new Set<string>();
  let queue: AlarmQueue | null = null;
  let closed = false;

  function failed(error: Error): void {
    if (!closed) outage.failed(error);
  }

  async function hand(target: string, dueAt: number): Promise<void> {
    let used: AlarmQueue | null = queue;
    try {
      if (used === null) {
        used = queue = openQueue();
        used.on('error', failed);
      }
      // The Postgres backend refuses a fraction.
      await used.add('look', { target }, { delay: Math.max(0, Math.round(dueAt - Date.now())) });
      // crash point: after-alarm
      outage.works();
    } catch (thrown) {
      failed(coerceError(thrown));
      // BullMQ remembers a first connection that failed, and keeps answering with its error.
      if (used !== null && queue === used) {
        queue = null;
        await discard(used);
      }
    }
  }

  async function work(target: string): Promise<void> {
    underWay.add(target);
    for (let dueAt = wanted.get(target); dueAt !== undefined && !closed; dueAt = wanted.get(target)) {
      wanted.delete(target);
      await hand(target, dueAt);
    }
    underWay.delete(target);
  }

  return {
    arm(target, delayMs) {
      if (closed) return;
      wanted.set(target, Date.now() + delayMs);
      if (!underWay.has(target)) void work(target);
    },
    async close() {
      closed = true;
      if (queue !== null) await closeInTime(queue);
      queue = null;
    },
  };
}
