import { z } from 'zod';
import { coerceError, HallpassError } from '../../errors.js';
import { closeSql, type DatabaseRights, readDatabaseRights } from '../../ledger/database-rights.js';
import type { Queryable } from '../../ledger/pool.js';
import { type Finding, failed, note, ok } from './finding.js';

/** The ledger as `check` uses it: beside the targets, and not needed for them. */
export type LedgerView =
  | {
      readonly db: Queryable;
      /** How far its clock is ahead of this process's, milliseconds. */
      readonly aheadMs: number;
      readonly rights: DatabaseRights;
    }
  /** A clause that says why it can't be read; `refused` when Hallpass itself doesn't take it as it is. */
  | { readonly why: string; readonly refused?: HallpassError };

/** Never throws. */
export async function viewLedger(db: Queryable): Promise<LedgerView> {
  try {
    // Connects, and fails where there is no schema yet; the second question takes one round trip.
    await db.query('select from requests limit 1');
    const before = Date.now();
    const { rows } = await db.query('select clock_timestamp() as now');
    const [row] = z.array(z.object({ now: z.date() })).parse(rows);
    if (row === undefined) throw new Error('the ledger did not say what time it is');
    const aheadMs = row.now.getTime() - (before + Date.now()) / 2;
    return { db, aheadMs, rights: await readDatabaseRights(db) };
  } catch (error) {
    const { message } = coerceError(error);
    return error instanceof HallpassError ? { why: message, refused: error } : { why: message };
  }
}

export function describeLedger(view: LedgerView): Finding {
  if (!('db' in view)) {
    if (view.refused !== undefined) return failed('ledger', view.refused);
    const says = `It can’t be read, so what Hallpass has granted is not compared with it: ${view.why}.`;
    return note('ledger', says, 'Check DATABASE_URL; a ledger that is new is made by `hallpass migrate`.');
  }
  const { database, open } = view.rights;
  if (!open) return ok('ledger', 'It can be read.');
  return note(
    'ledger',
    `It can be read, but every login of its server can connect to its database, ${database}, and slow Hallpass down there.`,
    `As the owner of the database:\n${closeSql(database)}`,
  );
}
