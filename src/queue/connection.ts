/** BullMQ's two ends, the queue that adds jobs and the worker that receives them, on Redis or on Postgres. */
import { type BackendFactory, createRedisBackend, type IQueueBackend, withBackend } from 'bullmq';
import { createLedgerBackend } from './postgres-backend.js';

export const QUEUE_NAME = 'hallpass-alarms';

/** How long to wait before trying again when the backend is out, milliseconds. */
export const RETRY_MS = 1_000;

interface Alarm {
  readonly target: string;
}

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
  openWorker(onAlarm: (target: string) => Promise<void>): AlarmWorker;
}

/**
 * Alarms in Redis, below keys that begin with `prefix`. `rediss://` speaks TLS.
 * `maxRetriesPerRequest: null`: BullMQ's worker blocks on Redis and needs a client that never gives a command up.
 */
export function redisConnection(url: string, prefix: string): AlarmConnection {
  return connect(
    createRedisBackend,
    { url, maxRetriesPerRequest: null, retryStrategy: () => RETRY_MS },
    { prefix },
  );
}

/** Alarms in the ledger's database, in the tables that `migrateQueue` made. */
export function postgresConnection(url: string): AlarmConnection {
  return connect(createLedgerBackend, url);
}

function connect<B extends IQueueBackend, C>(
  backend: BackendFactory<B, C>,
  connection: C,
  options: { readonly prefix?: string } = {},
): AlarmConnection {
  const { Queue, Worker } = withBackend(backend);
  return {
    openQueue: () =>
      new Queue<Alarm>(QUEUE_NAME, {
        ...options,
        connection,
        // No job ids, and nothing kept: BullMQ silently drops an `add` whose id it still knows.
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
        // Nobody reads BullMQ's event stream.
        streams: { events: { maxLen: 100 } },
      }),
    openWorker: (onAlarm) =>
      new Worker<Alarm>(QUEUE_NAME, (job) => onAlarm(job.data.target), {
        ...options,
        connection,
        autorun: false,
        // Most of a job is waiting for the due moment.
        concurrency: 50,
        runRetryDelay: RETRY_MS,
      }),
  };
}
