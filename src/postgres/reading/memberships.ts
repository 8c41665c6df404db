/** Which memberships are there, and who granted them: the catalog shows everybody's. */
import { z } from 'zod';
import type { Send, TargetConnection } from '../connect.js';
import type { Former, FormerPlace, OidPair } from '../target.js';
import { forEachMode, type Mode, me, oidsOf } from './fragments.js';
import { assertPrimary, readServer } from './server.js';
import { gives } from './usable.js';

const membership = z.object({
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
  setRole: z.boolean(),
});

/** Before 16 a row has no SET option: every member may. */
const MEMBERSHIPS = forEachMode(
  (mode) => `
WITH ${me(mode)}
SELECT m.roleid AS "roleOid", m.member AS "memberOid", r.rolname::text AS role, u.rolname::text AS login,
       coalesce((to_jsonb(m)->>'set_option')::boolean, true) AS "setRole"
  FROM me JOIN pg_auth_members m ON m.grantor = me.oid
  JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles u ON u.oid = m.member`,
);

/** Every membership of ours. */
export function readMemberships(send: Send, mode: Mode): Promise<z.infer<typeof membership>[]> {
  return send(membership, MEMBERSHIPS[mode]);
}

const ourPair = membership.pick({ roleOid: true, memberOid: true });

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
  return send(ourPair, OURS[mode], oidsOf(pairs));
}

const rowOfPair = z.object({
  grantorOid: z.number(),
  grantor: z.string(),
  ours: z.boolean(),
  mark: z.string(),
});

const ROWS_OF_PAIR = `
WITH ${me('direct')}
SELECT m.grantor AS "grantorOid", pg_get_userbyid(m.grantor)::text AS grantor, m.grantor = me.oid AS ours,
       pg_current_xact_id()::xid::text AS mark
  FROM me CROSS JOIN pg_auth_members m
 WHERE m.roleid = $1::oid AND m.member = $2::oid AND (m.grantor = me.oid OR ${gives('m')})`;

/** Direct mode: the rows of one pair that give anything. The grantor tells whose membership it is. */
export function readRowsOfPair(send: Send, pair: OidPair): Promise<z.infer<typeof rowOfPair>[]> {
  return send(rowOfPair, ROWS_OF_PAIR, [pair.roleOid, pair.memberOid]);
}

const formerRow = z.object({
  grantor: z.string().nullable(),
  role: z.string().nullable(),
  login: z.string().nullable(),
  stands: z.boolean(),
});

/** Up to 15 a row outlives its grantor. */
const FORMER = `
SELECT g.rolname::text AS grantor, r.rolname::text AS role, u.rolname::text AS login,
       EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = p.role_oid AND m.member = p.member_oid
                  AND m.grantor = p.grantor_oid) AS stands
  FROM unnest($1::oid[], $2::oid[], $3::oid[]) WITH ORDINALITY AS p (role_oid, member_oid, grantor_oid, n)
  LEFT JOIN pg_roles g ON g.oid = p.grantor_oid
  LEFT JOIN pg_roles r ON r.oid = p.role_oid
  LEFT JOIN pg_roles u ON u.oid = p.member_oid
 ORDER BY p.n`;

/** Memberships that were granted by a login that is no longer ours, in the order asked for. @throws TargetError */
export function readFormer(
  connection: TargetConnection,
  mode: Mode,
  server: string,
  places: readonly FormerPlace[],
): Promise<readonly Former[]> {
  return connection.read(async (send) => {
    const oids = [...oidsOf(places), places.map(({ grantorOid }) => grantorOid)];
    const [seen, rows] = await Promise.all([readServer(send, mode), send(formerRow, FORMER, oids)]);
    assertPrimary(seen, server);
    return places.map((place, i) => {
      const row = rows[i];
      if (row === undefined) throw new Error('the catalog did not answer for every membership');
      return { ...place, ...row };
    });
  });
}
