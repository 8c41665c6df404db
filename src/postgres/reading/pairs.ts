/** What the server has for each pair of a role and a login, in one statement. */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { OWNER, PEOPLE } from '../guarded/names.js';
import { isNamed, nameValues } from '../quote.js';
import type { NamePair, OidPair, PairFacts } from '../target.js';
import { forEachMode, type Mode, me, oidsOf, roleBy } from './fragments.js';
import { rolePower } from './refused-roles.js';
import { gives, reachOf } from './usable.js';

const factRow = z.object({
  role: z.string().nullable(),
  roleOid: z.number().nullable(),
  roleIsSuperuser: z.boolean(),
  rolePower: z.string().nullable(),
  mayGrant: z.boolean(),
  login: z.string().nullable(),
  memberOid: z.number().nullable(),
  memberCanLogin: z.boolean(),
  memberIsSuperuser: z.boolean(),
  memberValidUntil: z.string().nullable(),
  memberConnectionLimit: z.number(),
  memberInherits: z.boolean(),
  ours: z.boolean(),
  direct: z.string().nullable(),
  through: z.string().nullable(),
});

const PAIRS_BY_NAME = `
SELECT p.n, r.oid AS role_oid, u.oid AS member_oid
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS p (role, login, n)
  LEFT JOIN pg_roles r ON ${isNamed('r', 'p.role')}
  LEFT JOIN pg_roles u ON ${isNamed('u', 'p.login')}`;

const PAIRS_BY_OID = `
SELECT * FROM unnest($1::oid[], $2::oid[]) WITH ORDINALITY AS p (role_oid, member_oid, n)`;

/**
 * One row for each pair, in order. Nothing that our own grantor granted counts as held, whether to this login or to
 * another on the way: it will end.
 */
const facts = (pairs: string, mode: Mode): string => `
WITH RECURSIVE ${me(mode)}, pair AS MATERIALIZED (${pairs}),
${reachOf('(SELECT array_agg(p.member_oid) FROM pair p)')},
power AS MATERIALIZED (
  SELECT asked.role_oid, ${rolePower('asked.role_oid', mode === 'direct' ? "'{}'::text[]" : `ARRAY['${OWNER}', '${PEOPLE}']`)} AS name
    FROM (SELECT DISTINCT p.role_oid FROM pair p) asked),
held AS MATERIALIZED (
  SELECT reach.login, reach.oid, min(g.rolname::text) AS through
    FROM reach JOIN pg_roles g ON g.oid = reach.via WHERE reach.oid <> reach.via GROUP BY reach.login, reach.oid)
SELECT r.oid AS "roleOid", r.rolname::text AS role,
       coalesce(r.rolsuper, false) AS "roleIsSuperuser", power.name AS "rolePower",
       coalesce(admin.option, false) AS "mayGrant",
       u.oid AS "memberOid", u.rolname::text AS login,
       coalesce(u.rolcanlogin, false) AS "memberCanLogin",
       coalesce(u.rolsuper, false) AS "memberIsSuperuser",
       CASE WHEN u.rolvaliduntil <= clock_timestamp() THEN u.rolvaliduntil::text END AS "memberValidUntil",
       coalesce(u.rolconnlimit, -1) AS "memberConnectionLimit", coalesce(u.rolinherit, true) AS "memberInherits",
       coalesce(granted.ours, false) AS ours, granted.direct, held.through
  FROM me CROSS JOIN pair
  LEFT JOIN LATERAL (${roleBy('pair.role_oid')}) r ON true
  LEFT JOIN LATERAL (${roleBy('pair.member_oid')}) u ON true
  LEFT JOIN power ON power.role_oid = pair.role_oid
  LEFT JOIN held ON held.login = u.oid AND held.oid = r.oid
  CROSS JOIN LATERAL (
    SELECT bool_or(m.admin_option) AS option
      FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = me.oid) admin
  CROSS JOIN LATERAL (
    SELECT bool_or(m.grantor = me.oid) AS ours,
           min(pg_get_userbyid(m.grantor)::text) FILTER (WHERE m.grantor <> me.oid AND ${gives('m')}) AS direct
      FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = u.oid) granted
 ORDER BY pair.n`;

const BY_NAME = forEachMode((mode) => facts(PAIRS_BY_NAME, mode));
const BY_OID = forEachMode((mode) => facts(PAIRS_BY_OID, mode));

/** Reads each pair as it was asked for; the names are those asked for. */
export async function readFactsByName(
  send: Send,
  pairs: readonly NamePair[],
  mode: Mode = 'direct',
): Promise<PairFacts[]> {
  const names = [nameValues(pairs.map(({ role }) => role)), nameValues(pairs.map(({ login }) => login))];
  const rows = await send(factRow, BY_NAME[mode], names);
  return pairs.map((pair, i) => toFacts(rows[i], () => pair));
}

/** Reads each pair by its names of today; a role that is gone is called by its OID. */
export async function readFactsByOid(
  send: Send,
  pairs: readonly OidPair[],
  mode: Mode = 'direct',
): Promise<PairFacts[]> {
  const rows = await send(factRow, BY_OID[mode], oidsOf(pairs));
  return pairs.map(({ roleOid, memberOid }, i) =>
    toFacts(rows[i], ({ role, login }) => ({
      role: role ?? `with OID ${roleOid}`,
      login: login ?? `with OID ${memberOid}`,
    })),
  );
}

type FactRow = z.infer<typeof factRow>;

function toFacts(row: FactRow | undefined, namesOf: (row: FactRow) => NamePair): PairFacts {
  if (row === undefined) throw new Error('the catalog did not answer for every pair');
  const { direct, through, ...facts } = row;
  const { role, login } = namesOf(row);
  const indirect = through === null ? null : ({ how: 'through', via: through } as const);
  return { ...facts, role, login, held: direct === null ? indirect : { how: 'direct', via: direct } };
}
