/** What revoking reads of each login. It is little, because thousands may be due at the same moment. */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { forEachMode, type Mode, me, roleBy } from './fragments.js';
import { lastStep, reachOf, rowsOf, sets } from './usable.js';

const holdersRow = z.object({
  /** null: no such role on this server. */
  role: z.string().nullable(),
  mayGrant: z.boolean(),
  /** In the order asked for. `login` null: no such login. `held`: as in PairFacts; false unless it was asked for. */
  members: z.array(z.object({ login: z.string().nullable(), ours: z.boolean(), held: z.boolean() })),
});
/** One role, and some logins. */
export type Holders = z.infer<typeof holdersRow>;

/**
 * One row, with the logins as one value: a row for each of them takes several times as long to read. Another membership
 * of ours in the same role, on the way of a login, spares its sessions if it allows SET ROLE itself: they are ended with
 * that one.
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
                  WHERE m.roleid = r.oid AND m.member = me.oid), false) AS "mayGrant",
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

/** Reads which of these logins hold the role. */
export async function readHolders(
  send: Send,
  roleOid: number,
  memberOids: readonly number[],
  { held, mode = 'direct' }: { readonly held: boolean; readonly mode?: Mode },
): Promise<Holders> {
  const [row] = await send(holdersRow, HOLDERS[mode], [roleOid, memberOids, held]);
  if (row?.members.length !== memberOids.length) {
    throw new Error('the catalog did not answer for every login');
  }
  return row;
}
