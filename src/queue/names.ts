import { createHash } from 'node:crypto';

/** BullMQ's default name of the schema for its tables. */
export const QUEUE_SCHEMA = 'bullmq';

export const QUEUE_NAME = 'hallpass-alarms';

/** Each ledger has its own keys, so that installations that share a Redis don't take each other's alarms. */
export function redisPrefix(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `hallpass-${createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 12)}`;
}
