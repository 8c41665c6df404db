/**
 * Migrates the ledger's schema with its owner's login. The login that Hallpass runs with gets only what it needs: it may
 * add audit events and decisions, but never change or delete them, and it may delete what was done with long ago. The
 * ledger itself sets an event's id and time, and chains it. The login may advance the ids of requests past those that a
 * lost ledger used; the primary key refuses one that is taken.
 */
import pg from 'pg';
import type { Logger } from 'pino';
import { HallpassError } from '../../errors.js';
import { LedgerError, withLedger } from '../pool.js';
import { closeSql, readDatabaseRights } from './database-rights.js';
import { MIGRATIONS, missingSteps } from './migrated.js';
import {
  codeOf,
  heldTooLong,
  LOCK_TIMEOUT,
  MIGRATIONS_TABLE,
  PATIENCE_MS,
  whileNoOtherMigrates,
} from './migration-lock.js';
import { assertSchema } from './schema.js';

const GRANTS = `
  grant select, insert, update on requests, deliveries, targets, orphans, strays, overdue, pages to LOGIN;
  grant select, insert, update on leases, askers, shut_places, pauses, repeats, homes to LOGIN;
  grant select, update on homes_seen to LOGIN;
  grant delete on deliveries, orphans, strays, overdue, pages, shut_places, homes to LOGIN;
  grant select, insert, update, delete on rounds to LOGIN;
  grant select on anchor_key, ${MIGRATIONS_TABLE} to LOGIN;
  grant select, insert on decisions to LOGIN;
  revoke update, delete, truncate on decisions from LOGIN;
  revoke all on events, audit_chain, audit_head, audit_checkpoints from LOGIN;
  grant select on events, audit_chain, audit_head, audit_checkpoints to LOGIN;
  grant insert (request_id, kind, actor, data) on events to LOGIN;
  grant select, update on sequence requests_id_seq to LOGIN;`;

export interface MigratedLedger {
  /** The login that Hallpass runs with. */
  readonly login: string;
  /** The steps that were run, in order; none when there was nothing to do. */
  readonly steps: readonly string[];
}

/**
 * Brings the ledger's schema up to date. Replicas that start together wait for one another.
 * @param ownerUrl may create tables; @param databaseUrl the login that Hallpass runs with (may be the same).
 * @throws LedgerError
 */
export async function migrateLedger(
  ownerUrl: string,
  databaseUrl: string,
  logger: Logger,
): Promise<MigratedLedger> {
  try {
    const login = await withLedger(databaseUrl, whoIs);
    const steps = await asOwner(ownerUrl, async (owner) => {
      await assertSchema(owner);
      return asOwner(ownerUrl, (lock) =>
        whileNoOtherMigrates(lock, () => bringUpToDate(owner, login, logger)),
      );
    });
    return { login, steps };
  } catch (cause) {
    if (cause instanceof HallpassError) throw cause;
    throw new LedgerError('the ledger could not be migrated', {
      passing: true,
      nextStep:
        'DATABASE_URL and DATABASE_OWNER_URL must reach the same database; the owner may create tables in it.',
      cause,
    });
  }
}

/** @returns the steps that were run. */
async function bringUpToDate(owner: pg.Client, login: string, logger: Logger): Promise<readonly string[]> {
  try {
    const steps = await missingSteps(owner);
    if (steps.length > 0) await runSteps(owner, logger);
    const { rows } = await owner.query<{ owner: string }>('select session_user as owner');
    if (rows[0]?.owner !== login) await owner.query(GRANTS.replaceAll('LOGIN', pg.escapeIdentifier(login)));
    await closeToPublic(owner, login, logger);
    return steps;
  } catch (thrown) {
    throw codeOf(thrown) === LOCK_TIMEOUT ? await heldTooLong(owner, thrown) : thrown;
  }
}

async function runSteps(owner: pg.Client, logger: Logger): Promise<void> {
  // Most starts have nothing to migrate and don't need to load it.
  const { runner } = await import('node-pg-migrate');
  await runner({
    dbClient: owner,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    // We hold our own.
    noLock: true,
    logger: {
      debug: (line) => logger.debug(line),
      info: (line) => logger.debug(line),
      warn: (line) => logger.warn(line),
      error: (line) => logger.error(line),
    },
  });
}

/**
 * Revokes CONNECT from PUBLIC, which has it by default, because any session in a database can block others there. Only
 * an owner of the database does so; a superuser who doesn't own it leaves it alone, because others may use it.
 */
async function closeToPublic(owner: pg.Client, login: string, logger: Logger): Promise<void> {
  const { database, open, mine } = await readDatabaseRights(owner);
  const id = pg.escapeIdentifier(database);
  const sql = closeSql(database);
  if (mine) await owner.query(`grant connect on database ${id} to ${pg.escapeIdentifier(login)}`);
  if (!open) return;
  if (!mine) {
    logger.warn(
      { sql },
      "every login of the ledger's server can connect to the ledger's database: its owner should run this",
    );
    return;
  }
  await owner.query(sql);
  logger.warn(
    { database },
    "PUBLIC may no longer connect to the ledger's database: GRANT CONNECT to other logins that need it, as for backups",
  );
}

/** For statements that may take long, but must not wait forever for a lock. */
function asOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const run = async (client: pg.Client) => {
    await client.query(`set lock_timeout = ${PATIENCE_MS}`);
    return work(client);
  };
  return withLedger(ownerUrl, run, { statementMs: 0 });
}

async function whoIs(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ login: string }>('select session_user as login');
  return rows[0]?.login ?? '';
}
