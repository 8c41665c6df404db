/**
 * What a role brings in one database. The server itself is asked, because only it knows inheritance, PUBLIC,
 * ownership and the predefined roles of its release. All tables of a schema with the same owner and the same grants
 * get the same answer, so it is asked once for them.
 */
import { z } from 'zod';
import { isPredefined } from '../../domain/postgres/predefined-roles.js';
import type { Send } from '../connect.js';
import { uncompressed } from '../reading/acl.js';
import type { Reach } from './reach.js';

const schemaRow = z.object({
  name: z.string(),
  read: z.number(),
  write: z.number(),
  owns: z.number(),
  newRead: z.number(),
  newWrite: z.number(),
  /** Tables that it doesn't own, on which it may make triggers, or grant further. */
  triggers: z.number(),
  grantsOn: z.number(),
});

const powerRow = z.object({
  /** Schemas that it doesn't own, in which it may create, or on which it may grant further. */
  creates: z.array(z.string()),
  grantsOn: z.array(z.string()),
  /** Functions that act as their owner and that not everybody can call; and those whose owner is an administrator. */
  functions: z.number(),
  asAdministrator: z.number(),
  /** Granted by name, and not open to everybody: functions written in C, tables of the system, foreign servers. */
  builtIn: z.number(),
  catalogs: z.number(),
  servers: z.number(),
  /** Sequences and large objects that it may change. */
  others: z.number(),
  /** It may change, or read, tables that are made later (ALTER DEFAULT PRIVILEGES). */
  laterWrite: z.boolean(),
  laterRead: z.boolean(),
});

/** Other objects on which it may grant further. */
const grantableRow = z.object({ kind: z.string(), count: z.number() });

export interface InDatabase {
  readonly name: string;
  readonly schemas: readonly z.infer<typeof schemaRow>[];
  readonly powers: z.infer<typeof powerRow>;
  readonly grantable: readonly z.infer<typeof grantableRow>[];
}

const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;
const CHANGE = 'INSERT, UPDATE, DELETE, TRUNCATE';
const GRANT_ON =
  'SELECT WITH GRANT OPTION, INSERT WITH GRANT OPTION, UPDATE WITH GRANT OPTION, REFERENCES WITH GRANT OPTION';
const GRANT_ON_TABLE = `${GRANT_ON}, DELETE WITH GRANT OPTION, TRUNCATE WITH GRANT OPTION, TRIGGER WITH GRANT OPTION`;

/** On the whole table, or on any column where single columns were granted. */
const may = (oid: string, privileges: string, onColumn: string): string => `
(has_table_privilege(${oid}, sample, '${privileges}')
 OR columned IS NOT NULL AND has_any_column_privilege(${oid}, sample, '${onColumn}'))`;

const loginMay = (privileges: string, onColumn: string): string =>
  `coalesce(${may('$3::oid', privileges, onColumn)}, false)`;

/**
 * What is new depends on both: the role may open a schema in which the login was already granted a table. Each
 * question costs time, so none is asked whose answer changes nothing: AND, OR and CASE stop at what decides them. The
 * server remembers the memberships of one role at a time, so everything is asked about the role first, then about the
 * login.
 */
const SCHEMAS = `
WITH this AS MATERIALIZED (
  SELECT d.oid, coalesce(has_database_privilege($3::oid, d.oid, 'CONNECT'), false) AS login_connects,
         (SELECT bool_or(has_database_privilege(top, d.oid, 'CONNECT')) FROM unnest($1::oid[]) AS top) AS role_connects
    FROM pg_database d WHERE d.datname = current_database()),
columned AS (
  SELECT DISTINCT s.objid FROM this JOIN pg_shdepend s ON s.dbid = this.oid
   WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = ANY ($2::oid[] || $3::oid)
     AND s.classid = 'pg_class'::regclass AND s.objsubid <> 0),
space AS MATERIALIZED (
  SELECT n.oid, n.nspname::text AS name, coalesce(has_schema_privilege($3::oid, n.oid, 'USAGE'), false) AS login_enters,
         ARRAY(SELECT top FROM unnest($1::oid[]) AS top WHERE has_schema_privilege(top, n.oid, 'USAGE')) AS entering
    FROM pg_namespace n WHERE ${OURS}),
alike AS MATERIALIZED (
  SELECT c.relnamespace, c.relowner, c.relacl, columned.objid AS columned, min(c.oid) AS sample, count(*) AS count
    FROM pg_class c LEFT JOIN columned ON columned.objid = c.oid
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace IN (SELECT oid FROM space)
   GROUP BY 1, 2, 3, 4),
role AS MATERIALIZED (
  SELECT name, login_enters, columned, sample, count, can.*
    FROM alike JOIN space ON space.oid = relnamespace CROSS JOIN LATERAL (
    SELECT bool_or(enters) AS enters, bool_or(owns) AS owns,
           bool_or(${may('top', 'SELECT', 'SELECT')}) AS selects,
           bool_or(${may('top', CHANGE, 'INSERT, UPDATE')}) AS changes,
           bool_or(leads_on AND has_table_privilege(top, sample, 'TRIGGER')) AS triggers,
           bool_or(leads_on AND ${may('top', GRANT_ON_TABLE, GRANT_ON)}) AS grants_on
      FROM unnest($1::oid[]) AS top, pg_has_role(top, relowner, 'USAGE') AS owns,
           LATERAL (SELECT top = ANY (entering) AS enters) AS e, LATERAL (
             SELECT enters AND NOT owns AND ${may('top', `TRIGGER, ${GRANT_ON_TABLE}`, GRANT_ON)} AS leads_on) AS l) AS can
   WHERE enters OR selects OR changes OR owns),
together AS MATERIALIZED (
  SELECT role.*,
         CASE WHEN login_connects AND login_enters THEN selects AND NOT ${loginMay('SELECT', 'SELECT')}
              WHEN open THEN selects OR ${loginMay('SELECT', 'SELECT')} END AS new_read,
         CASE WHEN login_connects AND login_enters THEN changes AND NOT ${loginMay(CHANGE, 'INSERT, UPDATE')}
              WHEN open THEN changes OR ${loginMay(CHANGE, 'INSERT, UPDATE')} END AS new_write
    FROM role CROSS JOIN this CROSS JOIN LATERAL (
      SELECT (login_connects OR role_connects) AND (login_enters OR enters) AS open) AS o)
SELECT name,
       coalesce(sum(count) FILTER (WHERE enters AND selects), 0)::int AS read,
       coalesce(sum(count) FILTER (WHERE enters AND changes), 0)::int AS write,
       coalesce(sum(count) FILTER (WHERE owns), 0)::int AS owns,
       coalesce(sum(count) FILTER (WHERE new_read), 0)::int AS "newRead",
       coalesce(sum(count) FILTER (WHERE new_write), 0)::int AS "newWrite",
       coalesce(sum(count) FILTER (WHERE triggers), 0)::int AS triggers,
       coalesce(sum(count) FILTER (WHERE grants_on), 0)::int AS "grantsOn"
  FROM together
 WHERE enters AND (selects OR changes) OR owns OR new_read OR new_write OR triggers OR grants_on
 GROUP BY 1 ORDER BY 1`;

/** Granted by name to a role that it uses; what predefined roles have is known. */
const granted = (acl: string, what = 'true'): string =>
  `EXISTS (SELECT FROM aclexplode(${uncompressed(acl)}) e WHERE e.grantee = ANY ($3::oid[]) AND ${what})`;

const POWERS = `
SELECT (SELECT coalesce(array_agg(n.nspname::text ORDER BY n.nspname), '{}') FROM pg_namespace n
         WHERE ${OURS} AND EXISTS (
           SELECT FROM unnest($1::oid[]) AS top
            WHERE has_schema_privilege(top, n.oid, 'CREATE') AND NOT pg_has_role(top, n.nspowner, 'USAGE')
              AND ($2::boolean OR NOT has_schema_privilege(0::oid, n.oid, 'CREATE')))) AS creates,
       (SELECT coalesce(array_agg(n.nspname::text ORDER BY n.nspname), '{}') FROM pg_namespace n
         WHERE EXISTS (
           SELECT FROM unnest($1::oid[]) AS top
            WHERE has_schema_privilege(top, n.oid, 'USAGE WITH GRANT OPTION, CREATE WITH GRANT OPTION')
              AND NOT pg_has_role(top, n.nspowner, 'USAGE'))) AS "grantsOn",
       acting.functions, acting.as_administrator AS "asAdministrator",
       (SELECT count(*)::int FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
         WHERE p.proacl IS NOT NULL AND l.lanname IN ('c', 'internal') AND ${granted('p.proacl', "e.privilege_type = 'EXECUTE'")}
           AND NOT has_function_privilege(0::oid, p.oid, 'EXECUTE')) AS "builtIn",
       (SELECT count(*)::int FROM pg_class c
         WHERE c.relnamespace = 'pg_catalog'::regnamespace
           AND (c.relacl IS NOT NULL AND ${granted('c.relacl')} AND NOT has_table_privilege(0::oid, c.oid, 'SELECT')
                OR EXISTS (SELECT FROM pg_attribute a
                            WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND ${granted('a.attacl')}))) AS catalogs,
       (SELECT count(*)::int FROM pg_foreign_server f
         WHERE f.srvacl IS NOT NULL AND ${granted('f.srvacl')}
           AND NOT has_server_privilege(0::oid, f.oid, 'USAGE')) AS servers,
       (SELECT count(*)::int FROM pg_class c
         WHERE c.relkind = 'S' AND c.relacl IS NOT NULL
           AND ${granted('c.relacl', "e.privilege_type IN ('UPDATE', 'USAGE')")})
       + (SELECT count(*)::int FROM pg_shdepend s
           WHERE s.dbid = this.oid AND s.classid = 'pg_largeobject'::regclass AND s.deptype = 'a'
             AND s.refclassid = 'pg_authid'::regclass AND s.refobjid = ANY ($3::oid[])) AS others,
       EXISTS (SELECT FROM pg_default_acl d
                WHERE d.defaclobjtype = 'r'
                  AND ${granted('d.defaclacl', "e.privilege_type NOT IN ('SELECT', 'REFERENCES')")}) AS "laterWrite",
       EXISTS (SELECT FROM pg_default_acl d
                WHERE d.defaclobjtype = 'r' AND ${granted('d.defaclacl', "e.privilege_type = 'SELECT'")}) AS "laterRead"
  FROM (SELECT oid, has_database_privilege(0::oid, oid, 'CONNECT') AS open
          FROM pg_database WHERE datname = current_database()) this
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE NOT r.rolsuper AND NOT r.rolcreaterole)::int AS functions,
          count(*) FILTER (WHERE r.rolsuper OR r.rolcreaterole)::int AS as_administrator
     FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
    WHERE p.prosecdef
      AND NOT (this.open AND has_function_privilege(0::oid, p.oid, 'EXECUTE')
               AND has_schema_privilege(0::oid, p.pronamespace, 'USAGE'))
      AND EXISTS (
        SELECT FROM unnest($1::oid[]) AS top
         WHERE has_function_privilege(top, p.oid, 'EXECUTE') AND has_schema_privilege(top, p.pronamespace, 'USAGE')
           AND NOT pg_has_role(top, p.proowner, 'USAGE'))) acting`;

/** Kinds of objects with grants, as people call them: catalog, owner, grants, and which rows. */
const KINDS = [
  ['function', 'pg_proc', 'proowner', 'proacl', 'true'],
  ['sequence', 'pg_class', 'relowner', 'relacl', "o.relkind = 'S'"],
  ['type', 'pg_type', 'typowner', 'typacl', 'true'],
  ['language', 'pg_language', 'lanowner', 'lanacl', 'true'],
  ['foreign server', 'pg_foreign_server', 'srvowner', 'srvacl', 'true'],
  ['foreign-data wrapper', 'pg_foreign_data_wrapper', 'fdwowner', 'fdwacl', 'true'],
  // There may be millions, so they are found through the dependencies, by index.
  [
    'large object',
    'pg_largeobject_metadata',
    'lomowner',
    'lomacl',
    `o.oid IN (SELECT s.objid FROM pg_shdepend s
                WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = ANY ($1::oid[])
                  AND s.classid = 'pg_largeobject'::regclass)`,
  ],
] as const;

const GRANTABLE = KINDS.map(
  ([kind, catalog, owner, acl, where]) => `
SELECT '${kind}' AS kind, count(*)::int AS count FROM ${catalog} o
 WHERE o.${acl} IS NOT NULL AND ${where} AND o.${owner} <> ALL ($1::oid[])
   AND EXISTS (SELECT FROM aclexplode(${uncompressed(`o.${acl}`)}) e WHERE e.is_grantable AND e.grantee = ANY ($1::oid[]))
HAVING count(*) > 0`,
).join('\nUNION ALL');

export async function readDatabase(
  send: Send,
  name: string,
  { roles, loginOid }: Reach,
): Promise<InDatabase> {
  const oids = (which: 'top' | 'used') => roles.filter((role) => role[which]).map(({ oid }) => oid);
  const [tops, used] = [oids('top'), oids('used')];
  const own = roles.filter((role) => role.used && !isPredefined(role.name)).map(({ oid }) => oid);
  const [, schemas, [powers], grantable] = await Promise.all([
    noJit(send),
    send(schemaRow, SCHEMAS, [tops, used, loginOid]),
    send(powerRow, POWERS, [tops, roles.some(({ become }) => become), own]),
    send(grantableRow, GRANTABLE, [used]),
  ]);
  if (powers === undefined) throw new Error('the catalog did not answer for the role');
  return { name, schemas, powers, grantable };
}

/** Compiling such a statement takes longer than running it. */
export function noJit(send: Send): Promise<unknown> {
  return send(z.unknown(), 'SET LOCAL jit = off');
}
