/**
 * Deletes old audit events, and leaves a signed checkpoint from which the rest still verifies. In the order that a
 * crash can't hurt: what is to go is verified, the checkpoint is kept (itself an audit event), then the events go, and
 * then the requests of which none is left.
 */
import type { KeyObject } from 'node:crypto';
import type { Fault } from '../../domain/audit/audit-chain.js';
import { type Checkpoint, fingerprint, signCheckpoint } from '../../domain/audit/audit-checkpoint.js';
import { HallpassError } from '../../errors.js';
import { hashAt, readLinks, readNow } from '../../ledger/audit/audit-chain.js';
import {
  deleteLinks,
  deleteRequests,
  insertCheckpoint,
  lockPruning,
  readCheckpoint,
  readPrunable,
} from '../../ledger/audit/audit-checkpoints.js';
import type { Queryable } from '../../ledger/pool.js';
import { startOf, walkChain } from './verify.js';

/** Events, or requests, in one transaction: those who write meanwhile are not held up. */
const BATCH = 5_000;

export interface Pruned {
  /** What stands for all that was ever pruned; null when nothing was old enough, now or before. */
  readonly checkpoint: Checkpoint | null;
  /** How many events were deleted now. */
  readonly deleted: number;
  /** How many requests went with them. */
  readonly requests: number;
  /** The request because of which newer events than these are kept, though they are old enough. */
  readonly heldBy: number | null;
}

/**
 * @param db one connection of the ledger's owner.
 * @param keys `privateKey` signs; `publicKey` is that of who signed the last time.
 * @throws HallpassError when the chain is not whole: a checkpoint would hide it.
 */
export async function pruneEvents(
  db: Queryable,
  before: Date,
  keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  by: string,
): Promise<Pruned> {
  if (!(await lockPruning(db))) {
    throw new HallpassError('the audit trail is being pruned by somebody else', {
      passing: true,
      nextStep: 'Wait until that is done.',
    });
  }
  const last = await readCheckpoint(db);
  const from = startOf(last, keys.publicKey);
  // What a prune that was interrupted has left.
  let deleted = await deleteUpTo(db, from.seq);
  const { seq, heldBy } = await readPrunable(db, before);
  const hash = await hashAt(db, seq);
  if (seq <= from.seq || hash === null) {
    // Before the first checkpoint no event was pruned, and a request without events is not explained by pruning.
    const requests = last === null ? 0 : await deleteOver(db, before, by);
    return { checkpoint: last, deleted, requests, heldBy };
  }

  const { faults, more } = (await walkChain(db, from, { seq, hash })).found();
  if (faults.length > 0) throw broken(faults, more);
  const at = await readNow(db);
  const checkpoint = signCheckpoint({ seq, hash, count: seq - from.seq, at, by }, keys.privateKey);
  await insertCheckpoint(db, checkpoint, fingerprint(keys.privateKey));
  deleted += await deleteUpTo(db, seq);
  return { checkpoint, deleted, requests: await deleteOver(db, before, by), heldBy };
}

async function deleteOver(db: Queryable, before: Date, by: string): Promise<number> {
  let requests = 0;
  let batch = await deleteRequests(db, before, by, 0, BATCH);
  while (batch !== null) {
    requests += batch.count;
    batch = await deleteRequests(db, before, by, batch.last, BATCH);
  }
  return requests;
}

async function deleteUpTo(db: Queryable, seq: number): Promise<number> {
  const [first] = await readLinks(db, 0, seq, 1);
  if (first === undefined) return 0;
  let deleted = 0;
  for (let after = first.seq - 1; after < seq; after += BATCH) {
    deleted += await deleteLinks(db, after, Math.min(after + BATCH, seq));
  }
  return deleted;
}

function broken(faults: readonly Fault[], more: number): HallpassError {
  return new HallpassError(
    `${faults.length + more} of the events that would go are not as they were chained: nothing was pruned`,
    { passing: false, nextStep: 'See which, with `hallpass audit verify`.' },
  );
}
