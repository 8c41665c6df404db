import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq';
import pg from 'pg';
import { HallpassError } from '../errors.js';
import { connectOwn } from '../pg/pool.js';
import { QUEUE_NAME } from './connection.js';
import { QUEUE_SCHEMA } from './postgres-backend.js';

/** BullMQ names its schema itself. */
const SETTINGS = { own: { search_path: 'pg_catalog' } };

export class QueueMigrationError extends HallpassError {}

/** How long another migration is waited for, milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Brings BullMQ's tables in the ledger's database up to date and lets the login `grantTo` use them.
 * `ownerUrl` may create schemas there; `grantTo` needs no CREATE, now or later. Safe when several run at once. BullMQ
 * serializes its own migrations by an advisory lock, which any login of the database can hold: it is asked for only when
 * there is something to migrate, and not for ever. Throws QueueMigrationError.
 */
export async function migrateQueue(ownerUrl: string, options: { readonly grantTo: string }): Promise<void> {
  let client: pg.Client | null = null;
  try {
    client = await connectOwn(ownerUrl, SETTINGS, { connectionTimeoutMillis: 10_000 });
    await client.query(`SET lock_timeout = ${PATIENCE_MS}`);
    if (!(await isUpToDate(client))) await runMigrations(client, QUEUE_SCHEMA);
    // Two GRANTs on one object at once fail with "tuple concurrently updated": one at a time, by a lock that needs rights.
    await client.query(`BEGIN; LOCK TABLE ${QUEUE_SCHEMA}.migration IN SHARE UPDATE EXCLUSIVE MODE`);
    // BullMQ creates a queue's sequence when the first id is drawn: drawn here, so that it is the owner who does.
    await client.query(`SELECT ${QUEUE_SCHEMA}.next_job_id($1)`, [QUEUE_NAME]);
    await client.query(grants(pg.escapeIdentifier(options.grantTo)));
    await client.query('COMMIT');
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && cause.code === LOCK_TIMEOUT) throw heldTooLong(cause);
    throw new QueueMigrationError("BullMQ's tables in the ledger's database could not be set up.", {
      passing: true,
      nextStep: 'DATABASE_OWNER_URL must reach the server and may create schemas in its database.',
      cause,
    });
  } finally {
    // Releases the locks too.
    await client?.end();
  }
}

const LOCK_TIMEOUT = '55P03';

async function isUpToDate(client: pg.Client): Promise<boolean> {
  try {
    return (await assertSchemaCompatibility(client, QUEUE_SCHEMA)) >= LATEST_SCHEMA_VERSION;
  } catch (thrown) {
    if (thrown instanceof SchemaMigrationRequiredError) return false;
    throw thrown;
  }
}

function heldTooLong(cause: Error): QueueMigrationError {
  return new QueueMigrationError(`BullMQ's tables have been locked for ${PATIENCE_MS / 1_000} s.`, {
    passing: true,
    nextStep:
      "Another migration runs, or a login holds an advisory lock: SELECT pid, usename FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' names it. End that session with pg_terminate_backend(pid), and start again.",
    cause,
  });
}

function grants(login: string): string {
  return `
    GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${login};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${login};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${login};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO ${login};`;
}
