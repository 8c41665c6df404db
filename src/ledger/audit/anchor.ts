import { z } from 'zod';
import type { Anchor, LedgerReach } from '../../domain/audit/anchor.js';
import type { Queryable } from '../pool.js';

const row = z.object({ seq: z.number(), hash: z.string(), lastId: z.number(), key: z.instanceof(Buffer) });

/** How far this ledger goes now, and the key that signs its anchors. */
export async function readReach(db: Queryable): Promise<LedgerReach & { readonly key: Uint8Array }> {
  const { rows } = await db.query(
    `select h.seq, encode(h.hash, 'hex') as hash, coalesce((select max(id) from requests), 0) as "lastId", k.key
       from audit_head h, anchor_key k`,
  );
  return row.parse(rows[0]);
}

/**
 * Does the audit chain contain this anchor? Every chain contains its own beginning, before the first event. A pruned
 * part can't be checked, and is older than any backup.
 */
export async function holdsAnchor(
  db: Queryable,
  { seq, hash }: Pick<Anchor, 'seq' | 'hash'>,
): Promise<boolean> {
  const { rows } = await db.query<{ holds: boolean }>(
    `select $1::bigint = 0
         or exists (select from audit_chain where seq = $1::bigint and starts_with(encode(hash, 'hex'), $2))
         or $1::bigint < coalesce((select min(seq) from audit_chain), 0) as holds`,
    [seq, hash],
  );
  return rows[0]?.holds === true;
}

/** Was an anchor signed by this ledger ever there? From then on an unsigned one can't be this ledger's. */
export async function readAnchored(db: Queryable, target: string): Promise<boolean> {
  const { rows } = await db.query<{ anchored: boolean }>('select anchored from targets where name = $1', [
    target,
  ]);
  return rows[0]?.anchored === true;
}

export async function recordAnchored(db: Queryable, target: string): Promise<void> {
  await db.query('update targets set anchored = true where name = $1 and not anchored', [target]);
}

/** @param doubt the anchor that this ledger's chain doesn't contain; null: it contains it. @returns whether that is news. */
export async function recordDoubt(db: Queryable, target: string, doubt: string | null): Promise<boolean> {
  const { rowCount } = await db.query(
    'update targets set doubt = $2, checked_at = null where name = $1 and doubt is distinct from $2',
    [target, doubt],
  );
  return rowCount === 1;
}
