/** What people wait for in vain, as the running Hallpass has recorded it. */
import type { Queryable } from '../../ledger/pool.js';
import { shutWarning, undecidableWarning } from '../../surfaces/asking.js';
import { readWaiting } from '../telling/places.js';
import { type Finding, failure } from './finding.js';

/** @throws what the ledger throws. */
export async function checkWaiting(db: Queryable): Promise<readonly Finding[]> {
  const { shut, undecidable } = await readWaiting(db);
  const findings = shut.map((place) => failure('channel', shutWarning({ ...place, fix: null }), place.fix));
  if (undecidable === 0) return findings;
  const says = undecidableWarning(undecidable);
  return [...findings, failure('approvers', says, 'Their messages, and the operators’, say why.')];
}
