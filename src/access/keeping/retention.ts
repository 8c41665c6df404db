import { forgetDeliveries, forgetSettled } from '../../ledger/forget.js';
import type { Deps } from '../deps.js';

/** How often a process looks for what may be forgotten, milliseconds. */
export const FORGET_EVERY_MS = 3_600_000;

/** What was told, and what was settled, is kept for so long after it is over, milliseconds. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** Rows in one statement: it takes some milliseconds. */
const BATCH = 500;
/** Between two batches passes as many times what one takes: nothing that is due waits for this. */
const REST = 9;

/**
 * Deletes a batch of what was told and settled long ago. Requests, decisions and audit events stay until the owner of
 * the ledger prunes them.
 * @returns milliseconds after which the next batch may be deleted; null when nothing is left.
 */
export async function forgetOld({ db }: Pick<Deps, 'db'>): Promise<number | null> {
  const began = performance.now();
  if ((await forgetDeliveries(db, KEPT_MS, BATCH)) === BATCH) return (performance.now() - began) * REST;
  await forgetSettled(db, KEPT_MS, BATCH);
  return null;
}
