import { runMigrations } from 'bullmq';
import pg from 'pg';
import { HallpassError } from '../errors.js';
import { QUEUE_NAME } from './connection.js';
import { QUEUE_SCHEMA } from './postgres-backend.js';

export class QueueMigrationError extends HallpassError {}

/**
 * Brings BullMQ's tables in the ledger's database up to date and lets the login `grantTo` use them.
 * `ownerUrl` may create schemas there; `grantTo` needs no CREATE, now or later. Safe when several run at once.
 * Throws QueueMigrationError.
 */
export async function migrateQueue(ownerUrl: string, options: { readonly grantTo: string }): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  // A connection that drops also fails the query under way, and that is what gets reported.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // BullMQ locks its own migrations; two GRANTs on one object at once fail with "tuple concurrently updated".
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [QUEUE_SCHEMA]);
    await runMigrations(client, QUEUE_SCHEMA);
    // BullMQ creates a queue's sequence when the first id is drawn: drawn here, so that it is the owner who does.
    await client.query(`SELECT ${QUEUE_SCHEMA}.next_job_id($1)`, [QUEUE_NAME]);
    await client.query(grants(pg.escapeIdentifier(options.grantTo)));
  } catch (cause) {
    throw new QueueMigrationError("BullMQ's tables in the ledger's database could not be set up.", {
      passing: true,
      nextStep: 'DATABASE_OWNER_URL must reach the server and may create schemas in its database.',
      cause,
    });
  } finally {
    // Releases the lock too.
    await client.end();
  }
}

function grants(login: string): string {
  return `
    GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${login};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${login};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${login};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO ${login};`;
}
