import { readHead, readNow } from '../../ledger/audit/audit-chain.js';
import { auditHead } from '../../surfaces/operators/audit.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';

/** How often a process looks whether today's was told, milliseconds. */
export const TELL_HEAD_EVERY_MS = 3_600_000;

/**
 * Tells the operators once a day, among all replicas, where the audit chain ends. Kept outside the ledger, this reveals
 * a chain that was cut or rewritten. Sent even when nothing was added: a day without it means that something kept
 * Hallpass from sending it.
 */
export async function tellHead(deps: Pick<Deps, 'db' | 'config' | 'outbox'>): Promise<void> {
  const head = await readHead(deps.db);
  if (head.seq === 0) return;
  const day = (await readNow(deps.db)).toISOString().slice(0, 10);
  await tellOperators(deps, `audit-head:${day}`, auditHead(head, day));
}
