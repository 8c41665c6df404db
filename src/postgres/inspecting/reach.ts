/**
 * What a role brings on the whole server: which roles its member can use, which it can become, and in which databases
 * that counts. Read in one round trip, from any database.
 */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { GRANTORS_SINCE, isNamed, nameValues } from '../quote.js';

const roleRow = z.object({
  oid: z.number(),
  name: z.string(),
  /** The member has its privileges. */
  used: z.boolean(),
  /** The member can SET ROLE to it: attributes can be used only so. */
  become: z.boolean(),
  /** Its privileges are not included in those of another of these: asking about these asks about all. */
  top: z.boolean(),
  /** `administered`: the member can grant it; `gained`: that, or it comes with a role that the member can grant. */
  administered: z.boolean(),
  gained: z.boolean(),
  superuser: z.boolean(),
  createRole: z.boolean(),
  createDb: z.boolean(),
  replication: z.boolean(),
  bypassRls: z.boolean(),
  login: z.boolean(),
});
export type ReachedRole = z.infer<typeof roleRow>;

const databaseRow = z.object({
  name: z.string(),
  template: z.boolean(),
  /** Hallpass's own login has CONNECT. */
  mayRead: z.boolean(),
  /** How many of its objects name a used role, and whether the database itself does. */
  objects: z.number(),
  named: z.boolean(),
  creates: z.boolean(),
  grantsOn: z.boolean(),
  /** The login, with the role, can connect to it; and so can everybody. */
  reachable: z.boolean(),
  open: z.boolean(),
  /** Catalogs of the objects there on which a used role was granted something. */
  grantedOn: z.array(z.string()),
});

/** `database: null`: of the whole server. `kind`: the catalog's name. */
const ownedRow = z.object({ database: z.string().nullable(), kind: z.string(), count: z.number() });
export type Owned = z.infer<typeof ownedRow>;

/** Settings that a used role may change: for its sessions, or for the server. */
const parameterRow = z.object({ name: z.string(), system: z.boolean() });

const aboutRow = z.object({ version: z.number(), loginOid: z.number().nullable() });

export interface Reach {
  readonly version: number;
  /** null: there is no such login. */
  readonly loginOid: number | null;
  /** The role itself and all that it is a member of; empty when there is no such role. */
  readonly roles: readonly ReachedRole[];
  readonly databases: readonly z.infer<typeof databaseRow>[];
  readonly owned: readonly Owned[];
  readonly parameters: readonly z.infer<typeof parameterRow>[];
}

/**
 * Before 16 every member can SET ROLE, to the role and everything it is a member of; from 16 on only along SET TRUE.
 * What can be used is then asked of the server, which knows the rules of its release.
 */
const REACH = `
WITH RECURSIVE asked AS (SELECT r.oid FROM pg_roles r WHERE ${isNamed('r', '$1')}),
release AS (SELECT current_setting('server_version_num')::int < ${GRANTORS_SINCE} AS early),
up (oid) AS (
  SELECT oid FROM asked
  UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid),
become AS MATERIALIZED (
  SELECT up.oid FROM up, asked, release
   WHERE ($2::boolean OR early)
     AND pg_has_role(asked.oid, up.oid, CASE WHEN early THEN 'MEMBER' ELSE 'SET' END)),
top AS MATERIALIZED (
  SELECT oid FROM asked
  UNION SELECT become.oid FROM become, asked WHERE NOT pg_has_role(asked.oid, become.oid, 'USAGE')),
used AS MATERIALIZED (
  SELECT up.oid FROM up WHERE EXISTS (SELECT FROM top WHERE pg_has_role(top.oid, up.oid, 'USAGE')))`;

const ABOUT = `
SELECT current_setting('server_version_num')::int AS version,
       (SELECT u.oid FROM pg_roles u WHERE ${isNamed('u', '$1')}) AS "loginOid"`;

/** From 16 on, having the privileges of its holder is enough to use ADMIN OPTION: SET FALSE doesn't matter. */
const ROLES = `${REACH},
administered AS (
  SELECT m.roleid AS oid FROM pg_auth_members m JOIN used ON m.member = used.oid WHERE m.admin_option),
gained (oid) AS (
  SELECT oid FROM administered
  UNION SELECT m.roleid FROM gained JOIN pg_auth_members m ON m.member = gained.oid)
SELECT r.oid, r.rolname::text AS name,
       r.oid IN (SELECT oid FROM used) AS used,
       r.oid IN (SELECT oid FROM become) AS become,
       r.oid IN (SELECT oid FROM top) AS top,
       r.oid IN (SELECT oid FROM administered) AS administered,
       r.oid IN (SELECT oid FROM gained) AS gained,
       r.rolsuper AS superuser, r.rolcreaterole AS "createRole", r.rolcreatedb AS "createDb",
       r.rolreplication AS replication, r.rolbypassrls AS "bypassRls", r.rolcanlogin AS login
  FROM up JOIN pg_roles r USING (oid) ORDER BY r.rolname`;

/**
 * What PUBLIC may do is not the role's doing; but a member that can become the role can leave, wherever anything can
 * be created, a function that goes on acting as the role.
 */
const DATABASES = `${REACH},
named AS MATERIALIZED (
  SELECT s.dbid, s.classid, s.objid, s.deptype FROM pg_shdepend s
   WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid IN (SELECT oid FROM used))
SELECT d.datname::text AS name, d.datistemplate AS template,
       has_database_privilege(d.oid, 'CONNECT') AS "mayRead",
       coalesce(inside.count, 0) AS objects,
       EXISTS (SELECT FROM named
                WHERE named.dbid = 0 AND named.classid = 'pg_database'::regclass AND named.objid = d.oid) AS named,
       coalesce(can.creates, false) AS creates, coalesce(can.grants_on, false) AS "grantsOn",
       coalesce((SELECT has_database_privilege(u.oid, d.oid, 'CONNECT') FROM pg_roles u WHERE ${isNamed('u', '$3')}), false)
         OR EXISTS (SELECT FROM top WHERE has_database_privilege(top.oid, d.oid, 'CONNECT')) AS reachable,
       has_database_privilege(0::oid, d.oid, 'CONNECT') AS open,
       coalesce(inside.granted_on, '{}') AS "grantedOn"
  FROM pg_database d
  LEFT JOIN (SELECT dbid, count(*)::int AS count,
                    array_agg(DISTINCT classid::regclass::text) FILTER (WHERE deptype <> 'o') AS granted_on
               FROM named GROUP BY dbid) inside ON inside.dbid = d.oid
  CROSS JOIN LATERAL (
    SELECT bool_or(has_database_privilege(top.oid, d.oid, 'CREATE')
                   AND (EXISTS (SELECT FROM become) OR NOT has_database_privilege(0::oid, d.oid, 'CREATE'))) AS creates,
           bool_or(has_database_privilege(top.oid, d.oid,
             'CREATE WITH GRANT OPTION, CONNECT WITH GRANT OPTION, TEMPORARY WITH GRANT OPTION')) AS grants_on
      FROM top WHERE NOT pg_has_role(top.oid, d.datdba, 'USAGE')) can
 WHERE d.datallowconn
 ORDER BY objects DESC, name`;

/** The catalogs have the same OIDs in every database. Default privileges are no objects. */
const OWNED = `${REACH}
SELECT d.datname::text AS database, s.classid::regclass::text AS kind, count(*)::int AS count
  FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
 WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid IN (SELECT oid FROM used)
   AND s.deptype = 'o' AND s.classid <> 'pg_default_acl'::regclass
 GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 3 DESC, 2`;

/** From 15 on. Without such a grant only a superuser may, so each of these leads further than its name says. */
const PARAMETERS = `
SELECT p.parname AS name, bool_or(e.privilege_type = 'ALTER SYSTEM') AS system
  FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) e
 WHERE e.grantee = ANY ($1::oid[]) GROUP BY 1 ORDER BY 1`;
const PARAMETERS_SINCE = 150_000;

/** `setRole`: the login may SET ROLE to it, from 16 on. */
export async function readReach(
  send: Send,
  names: { readonly role: string; readonly login: string | null; readonly setRole: boolean },
): Promise<Reach> {
  const [role = '', login = ''] = nameValues([names.role, names.login ?? '']);
  const asked = [role, names.setRole];
  const [[about], roles, databases, owned] = await Promise.all([
    send(aboutRow, ABOUT, [login]),
    send(roleRow, ROLES, asked),
    send(databaseRow, DATABASES, [...asked, login]),
    send(ownedRow, OWNED, asked),
  ]);
  if (about === undefined) throw new Error('the server did not say its version');
  const used = roles.filter((each) => each.used).map(({ oid }) => oid);
  const parameters = about.version < PARAMETERS_SINCE ? [] : await send(parameterRow, PARAMETERS, [used]);
  return { ...about, roles, databases, owned, parameters };
}
