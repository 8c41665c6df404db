import { z } from 'zod';
import type { StrayKind } from '../../domain/request/stray.js';
import type { Queryable } from '../pool.js';

const row = z.object({
  kind: z.enum(['leftover', 'late', 'orphan']) satisfies z.ZodType<StrayKind>,
  server: z.string(),
  grantorOid: z.number(),
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
  /** What keeps it from being proved gone; null when nothing is known of it. */
  trouble: z.string().nullable(),
  /** For how long it has been due, milliseconds. */
  ageMs: z.number(),
});

/** A membership to be revoked that no open request accounts for, and that is not proved gone yet. */
export type UnprovedStray = z.infer<typeof row>;

/** Those of one target, the oldest first. */
export async function readUnprovedStrays(db: Queryable, target: string): Promise<readonly UnprovedStray[]> {
  const { rows } = await db.query(
    `select kind, server, grantor_oid as "grantorOid", role_oid as "roleOid", member_oid as "memberOid", role, login,
         trouble, extract(epoch from now() - due_at)::float8 * 1000 as "ageMs"
       from strays where target = $1 and settled_at is null order by id`,
    [target],
  );
  return z.array(row).parse(rows);
}
