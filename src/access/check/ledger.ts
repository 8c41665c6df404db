import { z } from 'zod';
import { coerceError } from '../../errors.js';
import type { Queryable } from '../../ledger/pool.js';

/** The ledger as `check` uses it: beside the targets, and not needed for them. */
export type LedgerView =
  | {
      readonly db: Queryable;
      /** How far its clock is ahead of this process's, milliseconds. */
      readonly aheadMs: number;
    }
  /** A clause that says why it can't be read. */
  | { readonly why: string };

/** Never throws. */
export async function viewLedger(db: Queryable): Promise<LedgerView> {
  try {
    // Connects, and fails where there is no schema yet; the second question takes one round trip.
    await db.query('select from requests limit 1');
    const before = Date.now();
    const { rows } = await db.query('select clock_timestamp() as now');
    const [row] = z.array(z.object({ now: z.date() })).parse(rows);
    if (row === undefined) throw new Error('the ledger did not say what time it is');
    return { db, aheadMs: row.now.getTime() - (before + Date.now()) / 2 };
  } catch (error) {
    return { why: coerceError(error).message };
  }
}
