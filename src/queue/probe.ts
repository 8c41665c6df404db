/** What `hallpass check` asks the Redis that keeps the alarms. */
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisServer } from '../config/environment/redis-url.js';
import { coerceError } from '../errors.js';
import { redisOptions } from './redis-options.js';

/** For connecting, and for each answer. */
const TIMEOUT_MS = 5_000;

export interface RedisSeen {
  readonly version: string | null;
  /** `maxmemory-policy`, what it does when its memory is full; null: it doesn't tell. */
  readonly policy: string | null;
  /** It is a replica, which takes no writes. */
  readonly isReplica: boolean;
}

/** @throws Error when Redis can't be reached, or refuses us. */
export async function probeRedis(server: RedisServer): Promise<RedisSeen> {
  const options: RedisOptions = {
    ...redisOptions(server),
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // A Sentinel that knows no master would be asked forever.
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
  };
  const redis = new Redis({ ...options, replyMapping: 'legacy' });
  // Why the connection broke: whatever waits for it only learns that it is closed.
  let cause: Error | null = null;
  redis.on('error', (error: Error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
    const info = await redis.info().catch(() => '');
    const read = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? null;
    return {
      version: read('redis_version'),
      policy: read('maxmemory_policy'),
      isReplica: read('role') === 'slave',
    };
  } catch (thrown) {
    throw cause ?? coerceError(thrown);
  } finally {
    redis.disconnect();
  }
}
