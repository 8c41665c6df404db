import { createRequire } from 'node:module';
import pg from 'pg';
import { z } from 'zod';
import { connectOwn } from '../connections/pool.js';
import { HallpassError } from '../errors.js';
import { QUEUE_NAME, QUEUE_SCHEMA } from './names.js';

/** BullMQ names its schema itself. */
const SETTINGS = { own: { search_path: 'pg_catalog' } };

export class QueueMigrationError extends HallpassError {}

/** How long to wait for another migration. */
const PATIENCE_MS = 30_000;

/**
 * Brings BullMQ's tables in the ledger's database up to date and lets the login `grantTo` use them; only `ownerUrl` needs
 * CREATE. Safe when several run at once. BullMQ serializes its own migrations by an advisory lock, which any login of the
 * database can hold: we ask for it only when there is something to migrate, and not forever. @throws QueueMigrationError
 */
export async function migrateQueue(ownerUrl: string, options: { readonly grantTo: string }): Promise<void> {
  let client: pg.Client | null = null;
  try {
    client = await connectOwn(ownerUrl, SETTINGS, { connectionTimeoutMillis: 10_000 });
    await client.query(`SET lock_timeout = ${PATIENCE_MS}`);
    const isMarked = await wasMigratedBy(client, MARK);
    if (!isMarked) await bringUpToDate(client);
    // Two GRANTs on one object at once fail with "tuple concurrently updated": this lock, which needs rights, orders them.
    await client.query(`BEGIN; LOCK TABLE ${QUEUE_SCHEMA}.migration IN SHARE UPDATE EXCLUSIVE MODE`);
    // BullMQ creates a queue's sequence when the first id is drawn: here, so that it belongs to the owner.
    await client.query(`SELECT ${QUEUE_SCHEMA}.next_job_id($1)`, [QUEUE_NAME]);
    await client.query(grants(pg.escapeIdentifier(options.grantTo)));
    if (!isMarked) await client.query(`COMMENT ON SCHEMA ${QUEUE_SCHEMA} IS '${MARK}'`);
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

/** The schema's comment, by which we see without loading BullMQ that there is nothing to do. */
const MARK = `Migrated by bullmq ${versionOf('bullmq')}`;

function versionOf(library: string): string {
  const manifest: unknown = createRequire(import.meta.url)(`${library}/package.json`);
  return z.object({ version: z.string() }).parse(manifest).version;
}

async function wasMigratedBy(client: pg.Client, mark: string): Promise<boolean> {
  const { rows } = await client.query<{ mark: string | null }>(
    "SELECT obj_description(oid, 'pg_namespace') AS mark FROM pg_namespace WHERE nspname = $1",
    [QUEUE_SCHEMA],
  );
  return rows[0]?.mark === mark;
}

async function bringUpToDate(client: pg.Client): Promise<void> {
  const { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations, SchemaMigrationRequiredError } =
    await import('bullmq');
  const version = await assertSchemaCompatibility(client, QUEUE_SCHEMA).catch((thrown: unknown) => {
    if (thrown instanceof SchemaMigrationRequiredError) return 0;
    throw thrown;
  });
  if (version < LATEST_SCHEMA_VERSION) await runMigrations(client, QUEUE_SCHEMA);
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
