import pg from 'pg';
import { HallpassError } from '../errors.js';
import { createPool, LedgerError, type Queryable } from '../ledger/pool.js';

/** A table or a column that the migrations of this release make is not there. */
const NOT_MIGRATED: ReadonlySet<string | undefined> = new Set(['42P01', '42703']);

/**
 * The ledger for a command that works beside a Hallpass that runs.
 * @param url DATABASE_URL
 * @throws LedgerError when it can't be reached, or is older than this release.
 */
export async function withLedger<T>(url: string, work: (db: Queryable) => Promise<T>): Promise<T> {
  // What breaks an idle connection is said by the next statement.
  const db = createPool(url, () => undefined);
  try {
    await db.query('select 1').catch((cause: unknown) => {
      if (cause instanceof HallpassError) throw cause;
      const nextStep = 'Check DATABASE_URL, and that the ledger’s server runs.';
      throw new LedgerError('the ledger can’t be reached', { passing: true, nextStep, cause });
    });
    return await work(db);
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError) || !NOT_MIGRATED.has(cause.code)) throw cause;
    throw new LedgerError('the ledger is not of this release', {
      passing: false,
      nextStep: 'Run `hallpass migrate`.',
      cause,
    });
  } finally {
    await db.end();
  }
}
