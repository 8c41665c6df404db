import { z } from 'zod';
import type { AuditEvent } from '../domain/request.js';
import type { Queryable } from './pool.js';

/** A membership by our own login that no request in this ledger explains. */
export interface Orphan {
  readonly id: number;
  readonly target: string;
  /** system_identifier of the server it was found on. */
  readonly server: string;
  readonly roleOid: number;
  readonly memberOid: number;
  readonly role: string;
  readonly login: string;
  /** Taken back, or found gone; `settledBy` is the operator who had it taken back. */
  readonly settled: boolean;
  readonly settledBy: string | null;
}

const orphan = z.object({
  id: z.number(),
  target: z.string(),
  server: z.string(),
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
  settled: z.boolean(),
  settledBy: z.string().nullable(),
}) satisfies z.ZodType<Orphan>;

const recorded = orphan.extend({ isNew: z.boolean(), foundAt: z.date() });

const COLUMNS = `id, target, server, role_oid as "roleOid", member_oid as "memberOid", role, login,
  settled_at is not null as settled, settled_by as "settledBy"`;

type Found = Pick<Orphan, 'roleOid' | 'memberOid' | 'role' | 'login'>;

/**
 * Writes down what was found on a target; what was found before and is there no more is settled.
 * @returns all of them. `isNew`: written by this call; `foundAt`: when it was first.
 */
export async function recordOrphans(
  db: Queryable,
  target: string,
  server: string,
  found: readonly Found[],
): Promise<readonly (Orphan & { readonly isNew: boolean; readonly foundAt: Date })[]> {
  const { rows } = await db.query(
    `with found as (
       select * from unnest($3::oid[], $4::oid[], $5::text[], $6::text[]) as f(role_oid, member_oid, role, login)
     ), gone as (
       update orphans o set settled_at = now() where o.target = $1 and o.server = $2 and o.settled_at is null
         and not exists (select from found f where f.role_oid = o.role_oid and f.member_oid = o.member_oid)
     ), known as (
       select o.* from orphans o join found f using (role_oid, member_oid)
         where o.target = $1 and o.server = $2 and o.settled_at is null
     ), added as (
       insert into orphans (target, server, role_oid, member_oid, role, login) select $1, $2, * from found
         on conflict (target, server, role_oid, member_oid) where settled_at is null do nothing
         returning *
     )
     select ${COLUMNS}, found_at as "foundAt", false as "isNew" from known
       union all select ${COLUMNS}, found_at, true from added order by id`,
    [
      target,
      server,
      found.map(({ roleOid }) => roleOid),
      found.map(({ memberOid }) => memberOid),
      found.map(({ role }) => role),
      found.map(({ login }) => login),
    ],
  );
  return z.array(recorded).parse(rows);
}

/** Those of a server that were reported, and neither are gone nor were taken: as `pairKey` writes them. */
export async function readReported(
  db: Queryable,
  target: string,
  server: string,
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ pair: string }>(
    `select role_oid || '/' || member_oid as pair from orphans
       where target = $1 and server = $2 and settled_at is null`,
    [target, server],
  );
  return new Set(rows.map(({ pair }) => pair));
}

export async function readOrphan(db: Queryable, id: number): Promise<Orphan | null> {
  const { rows } = await db.query(`select ${COLUMNS} from orphans where id = $1`, [id]);
  return rows[0] === undefined ? null : orphan.parse(rows[0]);
}

/**
 * Writes down that it was taken back, with its audit event, in one statement.
 * @param by the operator who had it taken back; null when Hallpass did by itself.
 * @returns false when it was settled before.
 */
export async function settleOrphan(
  db: Queryable,
  id: number,
  by: string | null,
  audit: AuditEvent['data'],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with settled as (
       update orphans set settled_at = now(), settled_by = $2 where id = $1 and settled_at is null returning id
     ), audited as (
       insert into events (kind, actor, data) select 'orphan_taken_back', $2, $3::jsonb from settled
     )
     select from settled`,
    [id, by, JSON.stringify(audit)],
  );
  return rowCount === 1;
}
