import type { Logger } from 'pino';
import type { RedisServer } from '../config/environment/redis-url.js';
import type { Alarms } from './alarms.js';
import { createArming } from './arming.js';
import { postgresConnection, redisConnection } from './connection.js';
import { createOutage } from './outage.js';
import { createReceiving } from './receiving.js';

/**
 * Alarms as BullMQ delayed jobs: in Redis when `redis` is given, else in the ledger's database. Nothing here fails or waits
 * because the backend is down; both ends recover when it is back. `prefix` separates installations that share one Redis.
 */
export function createAlarms(options: {
  readonly redis: RedisServer | null;
  readonly databaseUrl: string;
  readonly logger: Logger;
  readonly prefix?: string;
}): Alarms {
  const { redis, databaseUrl, logger, prefix = 'hallpass' } = options;
  const connection = redis === null ? postgresConnection(databaseUrl) : redisConnection(redis, prefix);
  const outages = { set: createOutage(logger, 'set'), received: createOutage(logger, 'received') };
  const arming = createArming(connection.openQueue, outages.set);
  const receiving = createReceiving(connection.openWorker, outages.received);
  return {
    arm: arming.arm,
    isUp: () => !outages.set.isOut() && !outages.received.isOut(),
    async start(onAlarm) {
      receiving.start(async (alarm) => {
        // crash point: after-ring-before-sweep
        try {
          await onAlarm(alarm);
        } catch (error) {
          // Not tried again: the caller's plain timer looks anyway.
          const { target } = alarm;
          logger.error({ err: error, target }, 'An alarm rang, and looking at the target failed');
        }
      });
    },
    async close() {
      await Promise.all([arming.close(), receiving.close()]);
    },
  };
}
