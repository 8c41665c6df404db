import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import { createPool } from '../../src/ledger/pool.js';
import type { NewRequest } from '../../src/ledger/requests/insert-request.js';
import { migrateLedger } from '../../src/ledger/schema/migrate.js';
import { createDatabase, postgres, uniqueName } from '../support/postgres.js';

const silent = pino({ level: 'silent' });

/** A migrated ledger, read and written by the lesser login that Hallpass runs with. */
export async function aLedger() {
  const owner = await createDatabase('ledger');
  const app = uniqueName('hallpass_app');
  await postgres.query(`create role ${app} login password 'app'`);
  const databaseUrl = postgres.urlFor({ user: app, password: 'app', database: owner.database });
  await migrateLedger(owner.url, databaseUrl, silent);
  const db: pg.Pool = createPool(databaseUrl, () => undefined);
  afterAll(async () => {
    await db.end();
    await postgres.query(`drop owned by ${app}`, [], owner.database);
    await postgres.query(`drop role ${app}`);
  });
  return { db, databaseUrl, ownerUrl: owner.url };
}

/** A wish for a membership that no other test asks for. */
export function aWish(change: Partial<NewRequest> = {}): NewRequest {
  return {
    target: 'shop-prod',
    role: 'orders_read',
    login: uniqueName('login'),
    requester: 'U0ANA',
    askedIn: 'C0ACCESS',
    reason: 'ticket 812',
    wishedMs: 3_600_000,
    asked: [{ id: 'S0DBA', name: 'dba' }],
    rules: null,
    danger: null,
    emergency: null,
    viewId: randomUUID(),
    pendingTimeoutMs: 3_600_000,
    firstStepMs: null,
    configHash: 'hash',
    channel: 'C0CARDS',
    holdCardMs: 0,
    limits: { pendingPerPerson: 1_000, requestsPerMinute: 1_000 },
    ...change,
  };
}
