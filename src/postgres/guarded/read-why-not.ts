import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import type { PairFacts } from '../target.js';
import { BACKSTOP_MS } from './names.js';

const rulesRow = z.object({
  role: z.string().nullable(),
  login: z.string().nullable(),
  maySetRole: z.boolean(),
  longestMs: z.coerce.number().nullable(),
});

const RULES = `
SELECT w.about_role AS role, w.about_login AS login, w.may_set AS "maySetRole", w.longest_ms - ${BACKSTOP_MS} AS "longestMs"
  FROM unnest($1::oid[], $2::oid[]) WITH ORDINALITY AS p (role_oid, member_oid, n)
 CROSS JOIN LATERAL hallpass.why_not(p.role_oid, p.member_oid) w
 ORDER BY p.n`;

/**
 * What the server itself would refuse, so that a form can say it before anybody approves: asked of the same function
 * as the GRANT. It is a separate round trip, because a server set up by an older release lacks the function.
 * @throws TargetError
 */
export async function withRules(
  connection: TargetConnection,
  facts: readonly PairFacts[],
): Promise<readonly PairFacts[]> {
  const there = facts.filter(({ roleOid, memberOid }) => roleOid !== null && memberOid !== null);
  if (there.length === 0) return facts;
  const rows = await connection.read((send) =>
    send(rulesRow, RULES, [there.map(({ roleOid }) => roleOid), there.map(({ memberOid }) => memberOid)]),
  );
  const rules = new Map(there.map((fact, i) => [fact, rows[i] ?? null]));
  return facts.map((fact) => ({ ...fact, rules: rules.get(fact) ?? null }));
}
