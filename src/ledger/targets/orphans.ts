import { z } from 'zod';
import type { Standpoint } from '../../domain/postgres/memberships.js';
import type { Queryable } from '../pool.js';

const orphan = z.object({
  id: z.number(),
  target: z.string(),
  /** system_identifier of the server it was found on. */
  server: z.string(),
  /** Our own login there; null: found by an older release, and not seen since. */
  grantorOid: z.number().nullable(),
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
  /** It allows SET ROLE, as far as is known. */
  setRole: z.boolean(),
  /** Revoked, or found gone; `settledBy` is the operator who had it revoked. */
  settled: z.boolean(),
  settledBy: z.string().nullable(),
});

/** A membership by our own login that no request in this ledger explains. */
export type Orphan = Readonly<z.infer<typeof orphan>>;

const recorded = orphan.extend({ isNew: z.boolean(), foundAt: z.date() });

const COLUMNS = `id, target, server, grantor_oid as "grantorOid", role_oid as "roleOid", member_oid as "memberOid", role,
  login, coalesce(set_role, true) as "setRole",
  settled_at is not null as settled, settled_by as "settledBy"`;

type FoundMembership = Pick<Orphan, 'roleOid' | 'memberOid' | 'role' | 'login' | 'setRole'>;

/**
 * Records what was found on a target, and settles what was found before and is gone, unless it is being revoked: then
 * its sessions have to be proved gone, too.
 * @returns all of them. `isNew`: written by this call; `foundAt`: when it was found first.
 */
export async function recordOrphans(
  db: Queryable,
  target: string,
  server: Standpoint,
  found: readonly FoundMembership[],
): Promise<readonly (Orphan & { readonly isNew: boolean; readonly foundAt: Date })[]> {
  const { rows } = await db.query(
    `with found as (
       select * from unnest($3::oid[], $4::oid[], $5::text[], $6::text[], $7::boolean[])
         as f(role_oid, member_oid, role, login, set_role)
     ), gone as (
       update orphans o set settled_at = now() where o.target = $1 and o.server = $2 and o.settled_at is null
         and not exists (select from found f where f.role_oid = o.role_oid and f.member_oid = o.member_oid)
         and not exists (select from strays s where s.orphan_id = o.id and s.settled_at is null)
     ), seen as (
       update orphans o set grantor_oid = $8::oid, set_role = f.set_role from found f
         where o.target = $1 and o.server = $2 and o.role_oid = f.role_oid and o.member_oid = f.member_oid
           and o.settled_at is null and (o.grantor_oid, o.set_role) is distinct from ($8::oid, f.set_role)
     ), known as (
       select o.id, o.target, o.server, $8::oid as grantor_oid, o.role_oid, o.member_oid, o.role, o.login, f.set_role,
           o.settled_at, o.settled_by, o.found_at from orphans o join found f using (role_oid, member_oid)
         where o.target = $1 and o.server = $2 and o.settled_at is null
     ), added as (
       insert into orphans (target, server, role_oid, member_oid, role, login, set_role, grantor_oid)
         select $1, $2, f.*, $8::oid from found f
         on conflict (target, server, role_oid, member_oid) where settled_at is null do nothing
         returning *
     )
     select ${COLUMNS}, found_at as "foundAt", false as "isNew" from known
       union all select ${COLUMNS}, found_at, true from added order by id`,
    [
      target,
      server.server,
      found.map(({ roleOid }) => roleOid),
      found.map(({ memberOid }) => memberOid),
      found.map(({ role }) => role),
      found.map(({ login }) => login),
      found.map(({ setRole }) => setRole),
      server.grantorOid,
    ],
  );
  return z.array(recorded).parse(rows);
}

/** Those of a server that were reported and not settled, as `pairKey` writes them. */
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

/** Those on a target that are there and not being revoked; the next ones after an id. */
export async function readOpenOrphans(
  db: Queryable,
  target: string,
  login: string | null,
  after: number,
  limit: number,
): Promise<readonly (Orphan & { readonly foundAt: Date })[]> {
  const { rows } = await db.query(
    `select ${COLUMNS}, found_at as "foundAt" from orphans o
       where target = $1 and settled_at is null and ($2::text is null or login = $2) and id > $3
         and not exists (select from strays x where x.orphan_id = o.id and x.settled_at is null)
       order by id limit $4`,
    [target, login, after, limit],
  );
  return z.array(orphan.extend({ foundAt: z.date() })).parse(rows);
}
