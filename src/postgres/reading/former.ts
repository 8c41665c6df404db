/** What stands of memberships that a login granted which is ours no longer: the catalog shows everybody's. */
import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import type { Former, FormerPlace } from '../target.js';
import { assertPrimary, type Mode, readServer } from './facts.js';

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

/** In the order asked for. @throws TargetError */
export function readFormer(
  connection: TargetConnection,
  mode: Mode,
  server: string,
  places: readonly FormerPlace[],
): Promise<readonly Former[]> {
  return connection.read(async (send) => {
    const oids = [
      places.map(({ roleOid }) => roleOid),
      places.map(({ memberOid }) => memberOid),
      places.map(({ grantorOid }) => grantorOid),
    ];
    const [seen, rows] = await Promise.all([readServer(send, mode), send(formerRow, FORMER, oids)]);
    assertPrimary(seen, server);
    return places.map((place, i) => {
      const row = rows[i];
      if (row === undefined) throw new Error('the catalog did not answer for every membership');
      return { ...place, ...row };
    });
  });
}
