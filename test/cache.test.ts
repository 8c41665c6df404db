import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createCache } from '../src/cache.js';

it('shares one fetch, remembers its answer and asks again when it is old, counted from the start', async () => {
  let fetches = 0;
  const cache = createCache<number>({ ttlMs: 300, maxEntries: 10 });
  const fetch = async (): Promise<number> => {
    await sleep(200);
    fetches += 1;
    return fetches;
  };
  const startedAt = performance.now();
  expect(await Promise.all([cache.get('a', fetch), cache.get('a', fetch)])).toEqual([1, 1]);
  // 200 ms of its 300 were spent on the way.
  while (performance.now() - startedAt < 301) await sleep(10);
  expect(await cache.get('a', fetch)).toBe(2);
});

it('does not remember a failure', async () => {
  const cache = createCache<string>({ ttlMs: 60_000, maxEntries: 10 });
  await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await cache.get('a', async () => 'up')).toBe('up');
});

it('forgets the oldest when it is full', async () => {
  const cache = createCache<string>({ ttlMs: 60_000, maxEntries: 2 });
  for (const key of ['a', 'b', 'c']) await cache.get(key, async () => 'first');
  expect(await cache.get('c', async () => 'second')).toBe('first');
  expect(await cache.get('b', async () => 'second')).toBe('first');
  expect(await cache.get('a', async () => 'second')).toBe('second');
});

it('asks again what it is told to forget, also while it was being fetched', async () => {
  const cache = createCache<string>({ ttlMs: 60_000, maxEntries: 2 });
  let answer = (_: string): void => {};
  const old = cache.get('a', () => new Promise<string>((resolve) => (answer = resolve)));
  cache.forget('a');
  answer('old');
  expect(await old).toBe('old');
  expect(await cache.get('a', async () => 'new')).toBe('new');
  cache.forget('a');
  expect(await cache.get('a', async () => 'newest')).toBe('newest');
});
