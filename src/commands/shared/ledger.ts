/** The ledger for a command, which works beside a Hallpass that runs; and in words why it can't be had. */
import pg from 'pg';
import { HallpassError } from '../../errors.js';
import { connectLedger, createPool, LedgerError, type Queryable } from '../../ledger/pool.js';

/** To find the events of a time among millions takes longer than anything that Hallpass does while it runs. */
const PATIENCE_MS = 5 * 60_000;

/**
 * For a command that works on several things at once.
 * @param url DATABASE_URL, or DATABASE_OWNER_URL
 * @throws LedgerError when it can't be reached, is older than this release, or this login may not do that.
 */
export async function withLedger<T>(url: string, work: (db: Queryable) => Promise<T>): Promise<T> {
  // What breaks an idle connection is said by the next statement.
  const db = createPool(url, () => undefined);
  try {
    await db.query('select 1').catch((cause: unknown) => {
      throw unreachable(cause);
    });
    return await work(db);
  } catch (thrown) {
    throw inWords(thrown);
  } finally {
    await db.end();
  }
}

/** One connection, for a command that reads much: a statement may take minutes. Otherwise as `withLedger`. */
export async function withPatientLedger<T>(url: string, work: (db: Queryable) => Promise<T>): Promise<T> {
  const client = await connectLedger(url, { statementMs: PATIENCE_MS }).catch((cause: unknown) => {
    throw unreachable(cause);
  });
  try {
    return await work(client);
  } catch (thrown) {
    throw inWords(thrown);
  } finally {
    await client.end();
  }
}

function unreachable(cause: unknown): HallpassError {
  if (cause instanceof HallpassError) return cause;
  const nextStep = 'Check DATABASE_URL and DATABASE_OWNER_URL, and that the ledger’s server runs.';
  return new LedgerError('the ledger can’t be reached', { passing: true, nextStep, cause });
}

function inWords(cause: unknown): unknown {
  if (!(cause instanceof pg.DatabaseError)) return cause;
  // A table or a column that the migrations of this release make is not there.
  if (cause.code === '42P01' || cause.code === '42703') {
    const nextStep = 'Run `hallpass migrate`.';
    return new LedgerError('the ledger is not of this release', { passing: false, nextStep, cause });
  }
  if (cause.code !== '42501') return cause;
  return new LedgerError('this login of the ledger may not do that', {
    passing: false,
    nextStep: 'Set DATABASE_OWNER_URL to the login that owns the ledger’s tables.',
    cause,
  });
}
