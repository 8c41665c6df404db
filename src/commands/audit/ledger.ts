import pg from 'pg';
import { HallpassError } from '../../errors.js';
import { connectLedger, LedgerError, type Queryable } from '../../ledger/pool.js';

/** To find the events of a time among millions takes longer than anything that Hallpass does while it runs. */
const STATEMENT_TIMEOUT_MS = 5 * 60_000;

/**
 * One connection to the ledger for a command.
 * @throws LedgerError when it can't be reached, has no audit chain yet, or this login may not do that.
 */
export async function withLedger<T>(url: string, work: (db: Queryable) => Promise<T>): Promise<T> {
  let client: pg.Client;
  try {
    client = await connectLedger(url, { statementMs: STATEMENT_TIMEOUT_MS });
  } catch (cause) {
    if (cause instanceof HallpassError) throw cause;
    throw new LedgerError('the ledger can’t be reached', {
      passing: true,
      nextStep: 'Check DATABASE_URL and DATABASE_OWNER_URL.',
      cause,
    });
  }
  try {
    return await work(client);
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError)) throw cause;
    if (cause.code === '42P01') {
      throw new LedgerError('the ledger has no audit chain yet', {
        passing: false,
        nextStep: 'Run `hallpass migrate`.',
        cause,
      });
    }
    if (cause.code === '42501') {
      throw new LedgerError('this login of the ledger may not do that', {
        passing: false,
        nextStep: 'Set DATABASE_OWNER_URL to the login that owns the ledger’s tables.',
        cause,
      });
    }
    throw cause;
  } finally {
    await client.end();
  }
}
