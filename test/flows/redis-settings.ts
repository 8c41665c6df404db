import { Redis } from 'ioredis';

/** CONFIG SET on the Redis at `url`. */
export async function setRedis(url: string, name: string, value: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.config('SET', name, value);
  } finally {
    redis.disconnect();
  }
}
