/**
 * Keeps one BullMQ worker running, whatever happens to Redis or Postgres. A worker that errs is replaced by a new one: BullMQ
 * never forgets a first connection that failed, and after some errors it asks again without a pause. An alarm that was in
 * progress then comes twice, which is harmless.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { coerceError } from '../errors.js';
import type { Alarm } from './alarms.js';
import { closeInTime, discard } from './close.js';
import type { AlarmWorker } from './connection.js';
import type { Outage } from './outage.js';
import { RETRY_MS } from './redis-options.js';

export interface Receiving {
  start(onAlarm: (alarm: Alarm) => Promise<void>): void;
  close(): Promise<void>;
}

export function createReceiving(
  openWorker: (onAlarm: (alarm: Alarm) => Promise<void>) => AlarmWorker,
  outage: Outage,
): Receiving {
  const closing = new AbortController();
  let worker: AlarmWorker | null = null;

  /** Ends when `close` is called; never throws. */
  async function receive(onAlarm: (alarm: Alarm) => Promise<void>): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        worker = openWorker(onAlarm);
        await runUntilError(worker, outage);
      } catch (thrown) {
        if (closing.signal.aborted) return;
        outage.failed(coerceError(thrown));
        if (worker !== null) await discard(worker);
      }
      await sleep(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  return {
    start(onAlarm) {
      void receive(onAlarm);
    },
    async close() {
      closing.abort();
      if (worker !== null) await closeInTime(worker);
      worker = null;
    },
  };
}

/** Settles when the worker is closed; throws the first error of any kind. */
async function runUntilError(worker: AlarmWorker, outage: Outage): Promise<void> {
  const failed = new Promise<never>((_, reject) => worker.on('error', reject));
  // Both mean that the worker asked for jobs and got an answer.
  worker.on('active', outage.works);
  worker.on('drained', outage.works);
  const ran = worker.waitUntilReady().then(() => worker.run());
  await Promise.race([failed, ran]);
}
