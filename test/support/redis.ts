import { afterAll, describe, inject } from 'vitest';
import { type Redis, startRedis as startOwn } from '../../sandbox/redis/redis.js';

/** Skipped where no Redis can be had; in CI that is an error, see global-setup.ts. */
export const describeRedis = describe.skipIf(inject('redis') === null);

/** As `describeRedis`, for tests that stop and start the server: the one at REDIS_URL is not ours to stop. */
export const describeOwnRedis = describe.skipIf(inject('redis') !== 'program');

export type TestRedis = Redis;

const running = new Set<Redis>();

/** None outlives its test file. */
afterAll(async () => {
  await Promise.all([...running].map((redis) => redis.stop()));
});

/** A Redis for tests, which may wipe it: our own where redis-server is on the PATH, else the one at REDIS_URL. */
export async function startRedis(): Promise<TestRedis> {
  if (inject('redis') !== 'program') return givenRedis();
  const redis = await startOwn();
  running.add(redis);
  return redis;
}

function givenRedis(): TestRedis {
  const url = process.env.REDIS_URL;
  if (!url) throw new Error('there is no Redis: use describeRedis, which skips');
  const refuse = () => Promise.reject(new Error('not our Redis: use describeOwnRedis, which skips'));
  // A test stops what it started; here that leaves the server as it was.
  return { url, stop: () => Promise.resolve(), start: refuse };
}
