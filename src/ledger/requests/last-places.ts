import { z } from 'zod';
import type { Queryable } from '../pool.js';

const row = z.object({
  what: z.enum(['role', 'login']),
  name: z.string(),
  grantorOid: z.number(),
  roleOid: z.number(),
  memberOid: z.number(),
});

/** The last membership that was granted under a name in the configuration. */
export type LastPlace = z.infer<typeof row>;

/** The last membership granted on this server for each of these roles and logins of one target; many have none. */
export async function readLastPlaces(
  db: Queryable,
  target: string,
  server: string,
  names: { readonly roles: readonly string[]; readonly logins: readonly string[] },
): Promise<readonly LastPlace[]> {
  const last = (what: 'role' | 'login', parameter: string): string => `
    select '${what}' as what, n.name, r.grantor_oid as "grantorOid", r.role_oid as "roleOid", r.member_oid as "memberOid"
      from unnest(${parameter}::text[]) as n (name) cross join lateral (
        select * from requests where target = $1 and server = $2 and ${what} = n.name order by id desc limit 1) r`;
  const { rows } = await db.query(`${last('role', '$3')} union all ${last('login', '$4')}`, [
    target,
    server,
    names.roles,
    names.logins,
  ]);
  return z.array(row).parse(rows);
}
