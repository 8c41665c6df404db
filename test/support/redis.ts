import { tmpdir } from 'node:os';
import { describe, inject } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { spawnChild } from './child.js';
import { waitFor } from './wait-for.js';

/** Skipped where no Redis can be had; in CI that is an error, see global-setup.ts. */
export const describeRedis = describe.skipIf(inject('redis') === null);

/** As `describeRedis`, for tests that stop and start the server: the one at REDIS_URL is not ours to stop. */
export const describeOwnRedis = describe.skipIf(inject('redis') !== 'program');

export interface TestRedis {
  readonly url: string;
  /** Ends the server and, as it keeps nothing on disk, its data. */
  stop(): Promise<void>;
  /** Starts an empty server at the same address. */
  start(): Promise<void>;
}

/** A Redis for tests, which may wipe it: our own where redis-server is on the PATH, else the one at REDIS_URL. */
export async function startRedis(): Promise<TestRedis> {
  if (inject('redis') !== 'program') return givenRedis();
  const port = await freePort();
  const run = () => {
    const settings = { port, bind: '127.0.0.1', dir: tmpdir(), save: '', 'maxmemory-policy': 'noeviction' };
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
    return spawnChild('redis-server', args);
  };
  let server = run();
  const ready = async () => {
    await waitFor(
      () => server.exit !== null || server.lines.some((line) => line.includes('Ready to accept')),
      {
        what: `redis-server on port ${port} to be ready`,
      },
    );
    if (server.exit !== null) throw new Error(`redis-server ended:\n${server.lines.join('\n')}`);
  };
  await ready();
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await server.end('SIGTERM');
    },
    start: async () => {
      server = run();
      await ready();
    },
  };
}

function givenRedis(): TestRedis {
  const url = process.env.REDIS_URL;
  if (!url) throw new Error('there is no Redis: use describeRedis, which skips');
  const refuse = () => Promise.reject(new Error('not our Redis: use describeOwnRedis, which skips'));
  // A test stops what it started; here that leaves the server as it was.
  return { url, stop: () => Promise.resolve(), start: refuse };
}
