import { createHash } from 'node:crypto';

/** BullMQ keeps its tables in a schema of this name, its default, in the ledger's database. */
export const QUEUE_SCHEMA = 'bullmq';

export const QUEUE_NAME = 'hallpass-alarms';

/** Installations that share one Redis must not take each other's alarms: each ledger has its own keys. */
export function redisPrefix(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `hallpass-${createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 12)}`;
}
