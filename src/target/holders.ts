/**
 * What taking back reads of each login, from the catalog as all facts are: little, because thousands may be due at the
 * same moment.
 */
import { z } from 'zod';
import type { Send } from './connect.js';
import { forEachMode, type Mode, me, roleBy, THROUGH } from './facts.js';
import type { OidPair } from './target.js';

const roleRow = z.object({ role: z.string(), may_lend: z.boolean() });
const holderRow = z.object({ login: z.string().nullable(), ours: z.boolean(), held: z.boolean() });

/** One role, and some logins. */
export interface Holders {
  /** null: no such role on this server. */
  readonly role: { readonly name: string; readonly mayLend: boolean } | null;
  /**
   * In the order asked for. `login` null: no such login. `held`: a member by somebody else, as in PairFacts; false
   * unless it was asked for.
   */
  readonly members: readonly {
    readonly login: string | null;
    readonly ours: boolean;
    readonly held: boolean;
  }[];
}

const ROLE = forEachMode(
  (mode) => `
WITH ${me(mode)}
SELECT r.rolname::text AS role,
       coalesce((SELECT bool_or(m.admin_option) FROM pg_auth_members m
                  WHERE m.roleid = r.oid AND m.member = me.oid), false) AS may_lend
  FROM me CROSS JOIN pg_roles r WHERE r.oid = $1::oid`,
);

const HOLDERS = forEachMode(
  (mode) => `
WITH ${me(mode)}
SELECT u.rolname::text AS login, coalesce(granted.ours, false) AS ours,
       $3::boolean AND (coalesce(granted.others, false) OR EXISTS (SELECT ${THROUGH})) AS held
  FROM me CROSS JOIN (SELECT $1::oid AS oid) r CROSS JOIN unnest($2::oid[]) WITH ORDINALITY AS asked (oid, n)
  LEFT JOIN LATERAL (${roleBy('asked.oid')}) u ON true
  CROSS JOIN LATERAL (
    SELECT bool_or(m.grantor = me.oid) AS ours, bool_or(m.grantor <> me.oid) AS others
      FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = u.oid) granted
 ORDER BY asked.n`,
);

/** Reads who of these holds the role. */
export async function readHolders(
  send: Send,
  roleOid: number,
  memberOids: readonly number[],
  { held, mode = 'direct' }: { readonly held: boolean; readonly mode?: Mode },
): Promise<Holders> {
  const [[role], members] = await Promise.all([
    send(roleRow, ROLE[mode], [roleOid]),
    send(holderRow, HOLDERS[mode], [roleOid, memberOids, held]),
  ]);
  if (members.length !== memberOids.length) throw new Error('the catalog did not answer for every login');
  return { role: role === undefined ? null : { name: role.role, mayLend: role.may_lend }, members };
}

const ourPair = z.object({ roleOid: z.number(), memberOid: z.number() });

const OURS = forEachMode(
  (mode) => `
WITH ${me(mode)}
SELECT p.role_oid AS "roleOid", p.member_oid AS "memberOid"
  FROM me CROSS JOIN unnest($1::oid[], $2::oid[]) AS p (role_oid, member_oid)
  JOIN LATERAL (SELECT FROM pg_auth_members m
                 WHERE m.roleid = p.role_oid AND m.member = p.member_oid AND m.grantor = me.oid OFFSET 0) AS ours ON true`,
);

/** Of these pairs, those with a membership of ours. */
export function readOurs(send: Send, pairs: readonly OidPair[], mode: Mode = 'direct'): Promise<OidPair[]> {
  return send(ourPair, OURS[mode], [
    pairs.map(({ roleOid }) => roleOid),
    pairs.map(({ memberOid }) => memberOid),
  ]);
}
