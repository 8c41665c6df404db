/**
 * What revoking reads of each login, from the catalog as all facts are: little, because thousands may be due at the
 * same moment.
 */
import { z } from 'zod';
import type { Send } from '../connect.js';
import type { OidPair } from '../target.js';
import { forEachMode, type Mode, me, roleBy } from './facts.js';
import { lastStep, reachOf, rowsOf, sets } from './usable.js';

const holdersRow = z.object({
  role: z.string().nullable(),
  may_grant: z.boolean(),
  members: z.array(z.object({ login: z.string().nullable(), ours: z.boolean(), held: z.boolean() })),
});

/** One role, and some logins. */
export interface Holders {
  /** null: no such role on this server. */
  readonly role: { readonly name: string; readonly mayGrant: boolean } | null;
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

/**
 * One row, with the logins as one value: a row of its own for each of them costs several times as much to read. A
 * membership of ours in the same role, on the way of a login, spares its sessions where it allows SET ROLE itself: they
 * are looked for when it ends.
 */
const HOLDERS = forEachMode(
  (mode) => `
WITH RECURSIVE ${me(mode)}, ${reachOf("CASE WHEN $3::boolean THEN $2::oid[] ELSE '{}' END")},
still AS MATERIALIZED (
  SELECT DISTINCT reach.login
    FROM me CROSS JOIN reach CROSS JOIN LATERAL (${rowsOf('$1::oid', 'reach.oid')}) m
   WHERE ${lastStep('reach', 'm')} AND (m.grantor <> me.oid OR ${sets('m')}))
SELECT r.rolname::text AS role,
       coalesce((SELECT bool_or(m.admin_option) FROM pg_auth_members m
                  WHERE m.roleid = r.oid AND m.member = me.oid), false) AS may_grant,
       (SELECT coalesce(json_agg(json_build_object(
                 'login', u.rolname,
                 'ours', coalesce(granted.ours, false),
                 'held', still.login IS NOT NULL
               ) ORDER BY asked.n), '[]')
          FROM unnest($2::oid[]) WITH ORDINALITY AS asked (oid, n)
          LEFT JOIN LATERAL (${roleBy('asked.oid')}) u ON true
          LEFT JOIN still ON still.login = u.oid
          CROSS JOIN LATERAL (
            SELECT bool_or(m.grantor = me.oid) AS ours FROM (${rowsOf('r.oid', 'u.oid')}) m) granted) AS members
  FROM me LEFT JOIN pg_roles r ON r.oid = $1::oid`,
);

/** Reads who of these holds the role. */
export async function readHolders(
  send: Send,
  roleOid: number,
  memberOids: readonly number[],
  { held, mode = 'direct' }: { readonly held: boolean; readonly mode?: Mode },
): Promise<Holders> {
  const [row] = await send(holdersRow, HOLDERS[mode], [roleOid, memberOids, held]);
  if (row?.members.length !== memberOids.length)
    throw new Error('the catalog did not answer for every login');
  const { role, may_grant: mayGrant, members } = row;
  return { role: role === null ? null : { name: role, mayGrant }, members };
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
