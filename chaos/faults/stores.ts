/** What happens to the ledger's server and to Redis. */
import { Redis as Client } from 'ioredis';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import type { Redis } from '../../sandbox/redis/redis.js';
import type { Fault } from './fault.js';

export function ledgerFaults(server: Cluster): readonly (readonly Fault[])[] {
  const ledger = { place: 'ledger', excuses: 'all' } as const;
  return [
    [
      {
        ...ledger,
        name: 'restarted',
        lasts: [500, 4_000],
        begin: async () => {
          await server.stop();
          return { heal: () => server.start() };
        },
      },
    ],
    [
      {
        ...ledger,
        name: 'crashed',
        lasts: [500, 4_000],
        begin: async () => {
          await server.kill();
          return { heal: () => server.start() };
        },
      },
    ],
  ];
}

/** Redis holds alarms only, so it excuses nothing. */
export function redisFaults(redis: Redis): readonly (readonly Fault[])[] {
  const place = { place: 'redis', excuses: 'none' } as const;
  return [
    [
      {
        ...place,
        name: 'killed, and back empty',
        lasts: [2_000, 8_000],
        begin: async () => {
          await redis.stop('SIGKILL');
          return { heal: () => redis.start() };
        },
      },
    ],
    [
      {
        ...place,
        name: 'flushed',
        lasts: [0, 0],
        begin: async () => {
          await flush(redis.url);
          return { heal: async () => undefined };
        },
      },
    ],
  ];
}

async function flush(url: string): Promise<void> {
  const client = new Client(url);
  try {
    await client.flushall();
  } finally {
    client.disconnect();
  }
}
