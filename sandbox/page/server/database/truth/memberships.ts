import type { Pool } from 'pg';
import type { Membership, Memberships } from '../../../api-database.js';

/** How many are shown. */
const SHOWN = 20;

/** Who grants for Hallpass: its login, and on a guarded server the owner of its functions. */
const GRANTORS = ['hallpass', 'hallpass_owner'];

interface Row extends Membership {
  readonly total: number;
  readonly totalGranted: number;
}

/**
 * Who is a member of a role that somebody made: not of Postgres's own, and not of what Hallpass needs for itself.
 * Postgres 15 and earlier have neither `inherit_option` nor `set_option`: a row is read by its JSON.
 */
const MEMBERSHIPS = `
  with row as (
    select r.rolname as role, u.rolname as member, g.rolname as grantor, m.admin_option as admin, to_jsonb(m) as raw,
        g.rolname = any($1) and not m.admin_option as granted
      from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
      left join pg_roles g on g.oid = m.grantor
      where r.oid >= 16384 and r.rolname !~ '^hallpass')
  select role, member, coalesce(grantor, '?') as grantor, admin, granted,
      (raw ->> 'inherit_option')::bool as inherit, (raw ->> 'set_option')::bool as set,
      count(*) over ()::int as total, (count(*) filter (where granted) over ())::int as "totalGranted"
    from row order by granted desc, member = any($1), role, member, grantor limit ${SHOWN}`;

/** @param db as superuser */
export async function readMemberships(db: Pool): Promise<Memberships> {
  const { rows } = await db.query<Row>(MEMBERSHIPS, [GRANTORS]);
  return {
    total: rows[0]?.total ?? 0,
    granted: rows[0]?.totalGranted ?? 0,
    rows: rows.map(({ total, totalGranted, ...row }) => row),
  };
}
