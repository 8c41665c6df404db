/** BullMQ's queue, which adds jobs, and its worker, which receives them, on Redis or on Postgres. */
import { type BackendFactory, createRedisBackend, type IQueueBackend, withBackend } from 'bullmq';
import type { RedisServer } from '../config/environment/redis-url.js';
import type { Alarm } from './alarms.js';
import { QUEUE_NAME } from './names.js';
import { createLedgerBackend } from './postgres-backend.js';
import { RETRY_MS, redisOptions } from './redis-options.js';

interface End {
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
}

export interface AlarmQueue extends End {
  add(name: string, alarm: Alarm, options: { readonly delay: number }): Promise<unknown>;
}

export interface AlarmWorker extends End {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'active' | 'drained', listener: () => void): unknown;
  waitUntilReady(): Promise<void>;
  /** Settles only when the worker is closed. */
  run(): Promise<void>;
}

export interface AlarmConnection {
  openQueue(): AlarmQueue;
  openWorker(onAlarm: (alarm: Alarm) => Promise<void>): AlarmWorker;
}

/** How long an idle worker waits before it looks again, seconds. What is added meanwhile wakes it (NOTIFY). */
const IDLE_S = 60;

/** @param prefix of all keys. */
export function redisConnection(server: RedisServer, prefix: string): AlarmConnection {
  return connect(createRedisBackend, redisOptions(server), { prefix });
}

/** In the tables that `migrateQueue` made. */
export function postgresConnection(url: string): AlarmConnection {
  return connect(createLedgerBackend, url, { drainDelay: IDLE_S });
}

function connect<B extends IQueueBackend, C>(
  backend: BackendFactory<B, C>,
  connection: C,
  { drainDelay, ...options }: { readonly prefix?: string; readonly drainDelay?: number } = {},
): AlarmConnection {
  const { Queue, Worker } = withBackend(backend);
  return {
    openQueue: () =>
      new Queue<Alarm>(QUEUE_NAME, {
        ...options,
        connection,
        // No job ids, and nothing kept: BullMQ silently drops an `add` whose id it still knows.
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
        // Nothing reads BullMQ's event stream.
        streams: { events: { maxLen: 100 } },
      }),
    openWorker: (onAlarm) =>
      new Worker<Alarm>(QUEUE_NAME, (job) => onAlarm(job.data), {
        ...options,
        connection,
        autorun: false,
        // Most of a job is waiting for the due moment.
        concurrency: 50,
        runRetryDelay: RETRY_MS,
        ...(drainDelay !== undefined && { drainDelay }),
      }),
  };
}
