/** What is read from a target's catalog, and how: one statement each, parsed before it is believed. */
import { z } from 'zod';
import type { Send } from './connect.js';
import { describeUnfit } from './inspect.js';
import { isNamed, nameValues } from './quote.js';
import type { NamePair, OidPair, PairFacts, Server } from './target.js';

const serverRow = z.object({
  id: z.string(),
  version: z.number(),
  in_recovery: z.boolean(),
  login: z.string(),
  login_oid: z.number(),
  superuser: z.boolean(),
  create_role: z.boolean(),
});

const SERVER = `
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS id,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS in_recovery,
       rolname::text AS login, oid AS login_oid, rolsuper AS superuser, rolcreaterole AS create_role
  FROM pg_roles WHERE rolname = current_user`;

/** Reads who the server is and who we are there: with every transaction, for behind one address both may change. */
export async function readServer(send: Send): Promise<Server> {
  const [row] = await send(serverRow, SERVER);
  if (row === undefined) throw new Error('our own login is not in pg_roles');
  return {
    id: row.id,
    version: row.version,
    inRecovery: row.in_recovery,
    login: row.login,
    loginOid: row.login_oid,
    unfit: describeUnfit(row.login, row.superuser, row.create_role),
  };
}

const factRow = z.object({
  role_oid: z.number().nullable(),
  role: z.string().nullable(),
  role_is_superuser: z.boolean(),
  may_lend: z.boolean(),
  member_oid: z.number().nullable(),
  login: z.string().nullable(),
  member_can_login: z.boolean(),
  member_is_superuser: z.boolean(),
  ours: z.boolean(),
  direct: z.string().nullable(),
  through: z.string().nullable(),
});

/** Our own login's OID, as the table `me`. */
const ME = 'me AS MATERIALIZED (SELECT oid FROM pg_roles WHERE rolname = current_user)';

const PAIRS_BY_NAME = `
SELECT p.n, r.oid AS role_oid, u.oid AS member_oid
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS p (role, login, n)
  LEFT JOIN pg_roles r ON ${isNamed('r', 'p.role')}
  LEFT JOIN pg_roles u ON ${isNamed('u', 'p.login')}`;

const PAIRS_BY_OID = `
SELECT * FROM unnest($1::oid[], $2::oid[]) WITH ORDINALITY AS p (role_oid, member_oid, n)`;

/**
 * One row a pair, in order. `through`: a role whose member the login is by somebody else, and that has the use of
 * the pair's role. pg_has_role follows each release's own rules of inheritance, but would count our own row, were it
 * asked for the pair itself; and it says yes to every superuser, whose attribute no member inherits.
 */
const facts = (pairs: string): string => `
WITH ${ME}, pair AS (${pairs})
SELECT r.oid AS role_oid, r.rolname::text AS role,
       coalesce(r.rolsuper, false) AS role_is_superuser,
       EXISTS (SELECT FROM pg_auth_members m
                WHERE m.roleid = r.oid AND m.member = me.oid AND m.admin_option) AS may_lend,
       u.oid AS member_oid, u.rolname::text AS login,
       coalesce(u.rolcanlogin, false) AS member_can_login,
       coalesce(u.rolsuper, false) AS member_is_superuser,
       coalesce(granted.ours, false) AS ours, granted.direct,
       (SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
         WHERE m.member = u.oid AND m.roleid <> r.oid AND m.grantor <> me.oid AND NOT g.rolsuper
           AND pg_has_role(u.oid, g.oid, 'USAGE') AND pg_has_role(g.oid, r.oid, 'USAGE')
         ORDER BY g.rolname LIMIT 1) AS through
  FROM me CROSS JOIN pair
  LEFT JOIN pg_roles r ON r.oid = pair.role_oid
  LEFT JOIN pg_roles u ON u.oid = pair.member_oid
  CROSS JOIN LATERAL (
    SELECT bool_or(m.grantor = me.oid) AS ours,
           min(pg_get_userbyid(m.grantor)::text) FILTER (WHERE m.grantor <> me.oid) AS direct
      FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = u.oid) granted
 ORDER BY pair.n`;

const FACTS_BY_NAME = facts(PAIRS_BY_NAME);
const FACTS_BY_OID = facts(PAIRS_BY_OID);

/** Reads each pair as it was asked for; the names are those asked for. */
export async function readFactsByName(send: Send, pairs: readonly NamePair[]): Promise<PairFacts[]> {
  const names = [nameValues(pairs.map((pair) => pair.role)), nameValues(pairs.map((pair) => pair.login))];
  const rows = await send(factRow, FACTS_BY_NAME, names);
  return pairs.map((pair, i) => toFacts(pair, rows[i]));
}

/** Reads each pair by what it is called today; what is gone is called by its OID. */
export async function readFactsByOid(send: Send, pairs: readonly OidPair[]): Promise<PairFacts[]> {
  const oids = [pairs.map((pair) => pair.roleOid), pairs.map((pair) => pair.memberOid)];
  const rows = await send(factRow, FACTS_BY_OID, oids);
  return pairs.map((pair, i) =>
    toFacts(
      {
        role: rows[i]?.role ?? `with OID ${pair.roleOid}`,
        login: rows[i]?.login ?? `with OID ${pair.memberOid}`,
      },
      rows[i],
    ),
  );
}

function toFacts({ role, login }: NamePair, row: z.infer<typeof factRow> | undefined): PairFacts {
  if (row === undefined) throw new Error('the catalog did not answer for every pair');
  return {
    role,
    login,
    roleOid: row.role_oid,
    roleIsSuperuser: row.role_is_superuser,
    mayLend: row.may_lend,
    memberOid: row.member_oid,
    memberCanLogin: row.member_can_login,
    memberIsSuperuser: row.member_is_superuser,
    ours: row.ours,
    held: heldBy(row),
  };
}

function heldBy({ direct, through }: z.infer<typeof factRow>): PairFacts['held'] {
  if (direct !== null) return { how: 'direct', via: direct };
  return through === null ? null : { how: 'through', via: through };
}

const rowOfPair = z.object({ grantor_oid: z.number(), grantor: z.string(), ours: z.boolean() });

const ROWS_OF_PAIR = `
WITH ${ME}
SELECT m.grantor AS grantor_oid, pg_get_userbyid(m.grantor)::text AS grantor, m.grantor = me.oid AS ours
  FROM me CROSS JOIN pg_auth_members m WHERE m.roleid = $1::oid AND m.member = $2::oid`;

/** The membership rows of one pair, with who granted them: whose membership it is. */
export function readRowsOfPair(send: Send, pair: OidPair): Promise<z.infer<typeof rowOfPair>[]> {
  return send(rowOfPair, ROWS_OF_PAIR, [pair.roleOid, pair.memberOid]);
}

const membership = z.object({
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
});

const MEMBERSHIPS = `
WITH ${ME}
SELECT m.roleid AS "roleOid", m.member AS "memberOid", r.rolname::text AS role, u.rolname::text AS login
  FROM me JOIN pg_auth_members m ON m.grantor = me.oid
  JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles u ON u.oid = m.member`;

/** Every membership that our own login granted. */
export function readMemberships(send: Send): Promise<z.infer<typeof membership>[]> {
  return send(membership, MEMBERSHIPS);
}
