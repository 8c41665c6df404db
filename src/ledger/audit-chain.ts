/**
 * The chain over the audit events, as migrations/0008_audit_chain.sql makes it: each hash is
 * `sha256(previous hash in hex || canonical text of the event)`. Hallpass's own login only reads here.
 */
import { z } from 'zod';
import { LedgerError, type Queryable } from './pool.js';

/** A place in the chain. `hash`: 64 hexadecimal digits. */
export interface Head {
  /** 1 for the first event ever chained; 0 before it. */
  readonly seq: number;
  readonly hash: string;
}

/** What the first event is chained to. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

const headRow = z.object({ seq: z.number(), hash: z.string() });

/** Where the chain ends now. @throws LedgerError when somebody took the head away. */
export async function readHead(db: Queryable): Promise<Head> {
  const { rows } = await db.query(`select seq, encode(hash, 'hex') as hash from audit_head`);
  if (rows[0] === undefined) {
    throw new LedgerError('the audit chain has no head', {
      passing: false,
      nextStep: 'Somebody deleted it as the owner of the ledger: restore the ledger from a backup.',
    });
  }
  return headRow.parse(rows[0]);
}

/** The hash at this place, also of a checkpoint after pruning; null when the chain does not reach, or no longer has it. */
export async function hashAt(db: Queryable, seq: number): Promise<string | null> {
  if (seq === GENESIS.seq) return GENESIS.hash;
  const { rows } = await db.query<{ hash: string }>(
    `select encode(hash, 'hex') as hash from audit_chain where seq = $1
       union all select encode(hash, 'hex') from audit_checkpoints where seq = $1 limit 1`,
    [seq],
  );
  return rows[0]?.hash ?? null;
}
