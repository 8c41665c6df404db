import { readHead, readNow } from '../../ledger/audit-chain.js';
import { auditHead } from '../../surfaces/audit.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';

/** How often a process looks whether today's was told, milliseconds. */
export const TELL_HEAD_EVERY_MS = 3_600_000;

/**
 * Tells the operators once a day, among all replicas, where the audit chain ends: noted outside the ledger, it shows
 * whoever cuts the chain or writes all of it again. Also when nothing was added since: on a day without it, somebody
 * has kept Hallpass from telling. An empty chain has nothing to note.
 */
export async function tellHead(deps: Pick<Deps, 'db' | 'config' | 'outbox'>): Promise<void> {
  const head = await readHead(deps.db);
  if (head.seq === 0) return;
  const day = (await readNow(deps.db)).toISOString().slice(0, 10);
  await tellOperators(deps, `audit-head:${day}`, auditHead(head, day));
}
