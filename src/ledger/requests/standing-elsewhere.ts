/** Open requests that make others of their target wait. */
import type { Queryable } from '../pool.js';

/** Does this target have grants on the server with this system_identifier? */
export async function hasGrantsElsewhere(db: Queryable, target: string, server: string): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>(
    `select exists (select from requests where target = $1 and server = $2
       and state in ('granting', 'active', 'ending')) as has`,
    [target, server],
  );
  return rows[0]?.has === true;
}

/**
 * The first request that another login of ours granted on a server; null when there is none, or when that other login has
 * granted something since, which makes it today's again.
 */
export async function hasGrantsOfAnotherLogin(
  db: Queryable,
  target: string,
  login: { readonly server: string; readonly grantorOid: number; readonly since: Date },
): Promise<number | null> {
  const { rows } = await db.query<{ id: number | null }>(
    `select min(r.id) as id from requests r where r.target = $1 and r.server = $2 and r.grantor_oid <> $3::bigint::oid
       and r.state in ('granting', 'active', 'ending')
       and not exists (select from requests n where n.target = $1 and n.server = $2 and n.grantor_oid = r.grantor_oid
         and n.state in ('granting', 'active', 'ending') and n.granted_at > $4)`,
    [target, login.server, login.grantorOid, login.since],
  );
  return rows[0]?.id ?? null;
}
