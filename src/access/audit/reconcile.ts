/**
 * Is every request what its audit events make of it? Reads page by page, by short statements, while Hallpass runs: no
 * memory and no snapshot grows with the ledger.
 */
import { misfitsOf } from '../../domain/audit/audit-replay.js';
import { readCheckpoint } from '../../ledger/audit/audit-checkpoints.js';
import { readHistories, readLostRequests } from '../../ledger/audit/read-histories.js';
import type { Queryable } from '../../ledger/pool.js';

/** A request that is not what its events make of it. */
export interface Misfit {
  readonly requestId: number;
  readonly says: readonly string[];
}

export interface Reconciled {
  /** How many requests were compared. */
  readonly count: number;
  readonly misfits: readonly Misfit[];
  /** Misfits that are not named. */
  readonly more: number;
}

/** Requests that are named one by one; the rest are counted. */
const MOST_NAMED = 20;

/** Compares all requests with their events. */
export async function reconcile(db: Queryable): Promise<Reconciled> {
  const misfits: Misfit[] = [];
  let [count, more] = [0, 0];
  for (let after: number | null = 0; after !== null; ) {
    const page: ReconciledPage = await reconcilePage(db, after, 'all');
    count += page.count;
    const room = MOST_NAMED - misfits.length;
    misfits.push(...page.misfits.slice(0, room));
    more += page.misfits.slice(room).length;
    after = page.last;
  }
  return { count, misfits, more };
}

interface ReconciledPage extends Pick<Reconciled, 'count' | 'misfits'> {
  /** The last request that was compared; null when there was none. */
  readonly last: number | null;
}

/** Compares the next requests after this id with their events: all, or those that are open. */
export async function reconcilePage(
  db: Queryable,
  after: number,
  which: 'all' | 'open',
): Promise<ReconciledPage> {
  const histories = await readHistories(db, after, which);
  // Read after them: what was pruned meanwhile is gone for a good reason.
  const prunedAt = (await readCheckpoint(db))?.at ?? null;
  const last = histories.at(-1)?.request.id ?? null;
  const lost = which === 'all' ? await readLostRequests(db, after, last, MOST_NAMED) : [];
  const misfits = [
    ...histories.map(({ request, events }) => ({
      requestId: request.id,
      says: misfitsOf(request, events, prunedAt),
    })),
    ...lost.map((requestId) => ({
      requestId,
      says: ['the audit trail tells of it, and the request is gone'],
    })),
  ].filter(({ says }) => says.length > 0);
  return { count: histories.length, misfits, last };
}
