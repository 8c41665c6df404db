/** The ledger for a command, which works beside a running Hallpass; and in words why it can't be used. */
import pg from 'pg';
import { readDatabases } from '../../config/environment/env.js';
import { HallpassError } from '../../errors.js';
import { connectLedger, createPool, LedgerError, type Queryable } from '../../ledger/pool.js';

/** Finding a period's events among millions takes longer than anything that a running Hallpass does. */
const PATIENCE_MS = 5 * 60_000;

/**
 * For a command that works on several things at once.
 * @param url DATABASE_URL, or DATABASE_OWNER_URL
 * @throws LedgerError when it can't be reached, is older than this release, or this login may not do that.
 */
export async function withLedger<T>(url: string, work: (db: Queryable) => Promise<T>): Promise<T> {
  // When an idle connection breaks, the next statement says so.
  const pool = createPool(url, () => undefined);
  return using(pool, async (db) => {
    await db.query('select 1').catch(sayUnreachable);
    return work(db);
  });
}

/** One connection, for a command that reads much: a statement may take minutes. Otherwise as `withLedger`. */
export async function withPatientLedger<T>(
  work: (db: Queryable) => Promise<T>,
  url = readDatabases(process.env).databaseUrl,
): Promise<T> {
  return using(await connectLedger(url, { statementMs: PATIENCE_MS }).catch(sayUnreachable), work);
}

async function using<T>(
  db: Queryable & { end(): Promise<void> },
  work: (db: Queryable) => Promise<T>,
): Promise<T> {
  try {
    return await work(db);
  } catch (thrown) {
    throw inWords(thrown);
  } finally {
    await db.end();
  }
}

function sayUnreachable(cause: unknown): never {
  if (cause instanceof HallpassError) throw cause;
  const nextStep = 'Check DATABASE_URL and DATABASE_OWNER_URL, and that the ledger’s server runs.';
  throw new LedgerError('the ledger can’t be reached', { passing: true, nextStep, cause });
}

function inWords(cause: unknown): unknown {
  if (!(cause instanceof pg.DatabaseError)) return cause;
  // A table or a column that the migrations of this release make is not there.
  if (cause.code === '42P01' || cause.code === '42703') {
    const nextStep = 'Run `hallpass migrate`.';
    return new LedgerError('the ledger is not of this release', { passing: false, nextStep, cause });
  }
  if (cause.code !== '42501') return cause;
  const nextStep = 'Set DATABASE_OWNER_URL to the login that owns the ledger’s tables.';
  return new LedgerError('this login of the ledger may not do that', { passing: false, nextStep, cause });
}
