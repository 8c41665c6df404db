/**
 * Is the audit trail as it was written? Reads all of it in pages, by short statements: no memory and no snapshot grows
 * with its length, and writers don't wait for it.
 */
import type { KeyObject } from 'node:crypto';
import { ChainWalk, type Fault, GENESIS, type Head, headName } from '../../domain/audit/audit-chain.js';
import { isSignedBy, type SignedCheckpoint } from '../../domain/audit/audit-checkpoint.js';
import { HallpassError } from '../../errors.js';
import { hashAt, readBeyond, readHead, readLinks, readUnchained } from '../../ledger/audit/audit-chain.js';
import { readCheckpoint } from '../../ledger/audit/audit-checkpoints.js';
import type { Queryable } from '../../ledger/pool.js';

/** Links in memory at a time; one with a preview takes some tens of kilobytes. */
const PAGE = 500;
/** Events looked up in the chain at a time; only their ids are read. */
const UNCHAINED_PAGE = 10_000;

export interface Verdict {
  /** How many events were verified. */
  readonly count: number;
  /** Where the verification began, when events were pruned. */
  readonly checkpoint: SignedCheckpoint | null;
  readonly head: Head;
  readonly faults: readonly Fault[];
  /** Faults that are not named. */
  readonly more: number;
}

/**
 * Verifies the whole chain, up to where it ends when this begins.
 * @param publicKey of the person who signs checkpoints; null when it is not known.
 * @param noted a head that was noted elsewhere; null when there is none to compare with.
 * @throws HallpassError when there is a checkpoint and no key, or the noted head was pruned.
 */
export async function verifyChain(
  db: Queryable,
  publicKey: KeyObject | null,
  noted: Head | null,
): Promise<Verdict> {
  for (;;) {
    const checkpoint = await readCheckpoint(db);
    const from = startOf(checkpoint, publicKey);
    if (noted !== null && noted.seq < from.seq) throw prunedHead(noted, from);
    const head = await readHead(db);
    const walk = await walkChain(db, from, head);
    await findStrangers(db, walk, from);
    if (noted !== null) await compareHead(db, walk, noted);
    // What is pruned meanwhile is gone for a good reason: begin again after it.
    if ((await readCheckpoint(db))?.seq !== checkpoint?.seq) continue;
    return { count: walk.links, checkpoint, head, ...walk.found() };
  }
}

/** Walks from a trusted place to another. The walk's faults say what is wrong between the two. */
export async function walkChain(db: Queryable, from: Head, to: Head): Promise<ChainWalk> {
  const walk = new ChainWalk(from);
  let links = await readLinks(db, from.seq, to.seq, PAGE);
  while (links.length > 0) {
    for (const link of links) walk.add(link);
    links = await readLinks(db, walk.last.seq, to.seq, PAGE);
  }
  walk.end(to);
  return walk;
}

/** Where a verification may begin. @throws HallpassError when that can't be trusted. */
export function startOf(checkpoint: SignedCheckpoint | null, publicKey: KeyObject | null): Head {
  if (checkpoint === null) return GENESIS;
  if (publicKey === null) {
    throw new HallpassError(
      `events up to seq ${checkpoint.seq} were pruned, and who signed for it can't be checked`,
      {
        passing: false,
        nextStep: 'Set AUDIT_PUBLIC_KEY_FILE to the public key that audit prune signs with (a PEM file).',
      },
    );
  }
  if (!isSignedBy(checkpoint, publicKey)) {
    throw new HallpassError(`the checkpoint at seq ${checkpoint.seq} is not signed by your key`, {
      passing: false,
      nextStep:
        'Give the key that it was pruned with in AUDIT_PUBLIC_KEY_FILE; when it is that one, somebody else deleted events.',
    });
  }
  return { seq: checkpoint.seq, hash: checkpoint.hash };
}

/** What is in the ledger and has no business there: events outside the chain, links before and after it. */
async function findStrangers(db: Queryable, walk: ChainWalk, from: Head): Promise<void> {
  let page = await readUnchained(db, null, UNCHAINED_PAGE);
  while (page.last !== null) {
    for (const { id, requestId } of page.found) {
      walk.fault({ seq: null, eventId: id, requestId, says: 'inserted: the event is not in the chain' });
    }
    page = await readUnchained(db, page.last, UNCHAINED_PAGE);
  }
  const [left] = await readLinks(db, 0, from.seq, 1);
  if (left !== undefined) {
    walk.fault({ ...left, says: 'pruned, and still here: run `hallpass audit prune` again' });
  }
  const beyond = await readBeyond(db);
  if (beyond !== null)
    walk.fault({ ...beyond, requestId: null, says: 'inserted: it is beyond the head of the chain' });
}

async function compareHead(db: Queryable, walk: ChainWalk, noted: Head): Promise<void> {
  const hash = await hashAt(db, noted.seq);
  if (hash === noted.hash) return;
  const says =
    hash === null
      ? `removed: the chain no longer reaches the head that was noted, ${headName(noted)}`
      : `rewritten: here or before, for the head that was noted is ${headName(noted)}`;
  walk.fault({ seq: noted.seq, eventId: null, requestId: null, says });
}

function prunedHead(noted: Head, from: Head): HallpassError {
  return new HallpassError(`the head at seq ${noted.seq} was pruned: the chain begins after ${from.seq}`, {
    passing: false,
    nextStep: 'Compare with a head that was noted later.',
  });
}
