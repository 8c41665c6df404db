import type { RedisServer } from '../config/environment/redis-url.js';
import { inTime } from '../in-time.js';
import { discard } from './close.js';
import { postgresConnection, redisConnection } from './connection.js';
import { redisPrefix } from './names.js';

/** How long to wait for the queue: with Redis down an `add` hangs. */
const RING_MS = 2_000;

/**
 * Rings for these targets now in one of the running processes, so that what a command wrote is done and shown at once instead
 * of at the next heartbeat. A hint: never throws, and nothing depends on it.
 */
export async function ring(
  { redis, databaseUrl }: { readonly redis: RedisServer | null; readonly databaseUrl: string },
  targets: readonly string[],
): Promise<void> {
  if (targets.length === 0) return;
  const connection =
    redis === null ? postgresConnection(databaseUrl) : redisConnection(redis, redisPrefix(databaseUrl));
  const queue = connection.openQueue();
  queue.on('error', () => undefined);
  const rung = Promise.all(targets.map((target) => queue.add('look', { target, news: true }, { delay: 0 })));
  await inTime(RING_MS, rung, () => undefined).catch(() => undefined);
  await discard(queue);
}
