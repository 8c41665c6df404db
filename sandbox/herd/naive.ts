/** What Hallpass is measured against: one delayed job and one REVOKE a grant. */
import { type BackendFactory, type IQueueBackend, withBackend } from 'bullmq';
import pg from 'pg';
import type { HerdTarget } from './herd-target.js';

export interface NaiveOptions<B extends IQueueBackend, C> {
  /** Where BullMQ keeps the jobs. */
  readonly backend: BackendFactory<B, C>;
  readonly connection: C;
  /** Of the queue. */
  readonly name: string;
  /** REVOKEs at a time. */
  readonly concurrency: number;
  /** When they are due, milliseconds since 1970. */
  readonly due: number;
  /** Comes between: the jobs are there, and no worker yet. */
  readonly added?: () => Promise<void>;
}

/** Jobs in one `add`. */
const BATCH = 1_000;

/**
 * Adds a job for each of the crowd's grants, and starts the worker that runs them.
 * @param onAdded hears how many jobs there are
 * @returns what ends it
 */
export async function startNaive<B extends IQueueBackend, C>(
  target: HerdTarget,
  { backend, connection, name, concurrency, due, added }: NaiveOptions<B, C>,
  onAdded?: (added: number) => void,
): Promise<() => Promise<void>> {
  const { Queue, Worker } = withBackend(backend);
  const pool = new pg.Pool({ connectionString: target.url, max: concurrency });
  pool.on('error', () => undefined);
  const queue = new Queue<{ readonly nth: number }>(name, {
    connection,
    defaultJobOptions: { removeOnComplete: true, attempts: 1_000 },
  });
  queue.on('error', () => undefined);
  const jobs = target.memberOids.map((_, nth) => ({ name: 'revoke', data: { nth } }));
  for (let from = 0; from < jobs.length; from += BATCH) {
    const batch = jobs.slice(from, from + BATCH);
    await queue.addBulk(batch.map((job) => ({ ...job, opts: { delay: Math.max(0, due - Date.now()) } })));
    onAdded?.(from + batch.length);
  }
  await added?.();
  const worker = new Worker<{ readonly nth: number }>(
    name,
    async ({ data }) => void (await pool.query(target.revokeSql(data.nth, 1))),
    { connection, concurrency },
  );
  worker.on('error', () => undefined);
  return async () => {
    await Promise.all([worker.close(), queue.close()]);
    await pool.end();
  };
}
