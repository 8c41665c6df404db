import { z } from 'zod';
import type { Anchor } from '../domain/anchor.js';
import type { Queryable } from './pool.js';

const row = z.object({ seq: z.number(), hash: z.string(), lastId: z.number() });

/** How far this ledger goes now. */
export async function readAnchor(db: Queryable): Promise<Anchor> {
  const { rows } = await db.query(
    `select seq, encode(hash, 'hex') as hash, coalesce((select max(id) from requests), 0) as "lastId" from audit_head`,
  );
  return row.parse(rows[0]);
}

/**
 * Does the audit chain hold this anchor? Every chain holds its own beginning, before the first event. What was pruned
 * can't be told apart, and is older than any backup.
 */
export async function holdsAnchor(db: Queryable, { seq, hash }: Anchor): Promise<boolean> {
  const { rows } = await db.query<{ holds: boolean }>(
    `select $1 = 0 or exists (select from audit_chain where seq = $1 and starts_with(encode(hash, 'hex'), $2))
         or $1 < coalesce((select min(seq) from audit_chain), 0) as holds`,
    [seq, hash],
  );
  return rows[0]?.holds === true;
}

/** Notes the anchor that this ledger doesn't hold, or null: it holds it. @returns whether that is news. */
export async function recordDoubt(db: Queryable, target: string, doubt: string | null): Promise<boolean> {
  const { rowCount } = await db.query(
    'update targets set doubt = $2, checked_at = null where name = $1 and doubt is distinct from $2',
    [target, doubt],
  );
  return rowCount === 1;
}
