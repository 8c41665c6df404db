/**
 * A least-privilege group role to grant: it reads or writes these schemas, owns nothing, and can't pass anything on.
 */
import { grantRightsSql } from '../reading/rights.js';
import { grantAdmin, grantConnect } from './hallpass-role.js';
import { makeRole, POWERLESS } from './make-role.js';
import { attempt, comment, doBlock, quoteText, type Step, transaction } from './script.js';
import type { SetupServer } from './server.js';

export const ACCESSES = ['metadata', 'read', 'write', 'monitor'] as const;
export type Access = (typeof ACCESSES)[number];

export interface GroupRole {
  readonly role: string;
  readonly access: Access;
  /** `all`: every schema there when the script runs, except the server's own and those of extensions. */
  readonly schemas: readonly string[] | 'all';
  /** At least one. */
  readonly databases: readonly string[];
}

/**
 * On present and future relations. REFERENCES shows keys to readers of the information schema. Never TRUNCATE, which
 * no row security and no DELETE trigger stops, and never TRIGGER, by which access outlives the grant.
 */
const PRIVILEGES: Readonly<
  Record<'read' | 'write', { readonly tables: string; readonly sequences: string }>
> = {
  read: { tables: 'SELECT, REFERENCES', sequences: 'SELECT' },
  write: { tables: 'SELECT, REFERENCES, INSERT, UPDATE, DELETE', sequences: 'SELECT, USAGE' },
};

const ABOUT: Readonly<Record<Access, string>> = {
  metadata: 'Sees what is in',
  read: 'Reads',
  write: 'Reads and writes',
  monitor: 'Monitors the server',
};

/** A cloud's administrator doesn't own everything: the script names what it could not grant, and does the rest. */
const AS_OWNER = 'Run the script once more as its owner, or as a superuser.';

export function groupRoleSteps(server: SetupServer, wish: GroupRole): readonly Step[] {
  return wish.databases.map((database, i) =>
    transaction(database, [
      ...(i === 0 ? makeGroup(server, wish) : []),
      comment(
        'People connect with their own logins, and through the role where CONNECT is not for everybody.',
      ),
      grantConnect(wish.role, database),
      ...(wish.access === 'monitor' ? [] : grantSchemas(wish.role, wish.access, wish.schemas)),
    ]),
  );
}

function makeGroup(server: SetupServer, { role, access, schemas }: GroupRole): readonly string[] {
  const where = schemas === 'all' ? 'all schemas' : schemas.join(', ');
  return [
    comment('The role to grant. Nobody logs in as it, and it has no attribute: those can outlive the grant.'),
    makeRole({
      name: role,
      attributes: ['NOLOGIN', ...POWERLESS],
      about: access === 'monitor' ? ABOUT.monitor : `${ABOUT[access]} ${where}`,
    }),
    ...(access === 'monitor' ? grantMonitor(server, role) : []),
    ...grantAdmin(server, [role]),
  ];
}

function grantMonitor({ version }: SetupServer, role: string): readonly string[] {
  return [
    comment(
      'Statistics, settings and sessions of the whole server, with the text of others’ statements; no table.',
    ),
    attempt(
      grantRightsSql(version, ['pg_monitor'], role),
      'Without it the role sees nothing of others. Run the script once more as a superuser, or with ADMIN OPTION on pg_monitor.',
    ),
  ];
}

function grantSchemas(
  role: string,
  access: Exclude<Access, 'monitor'>,
  schemas: GroupRole['schemas'],
): string[] {
  const usage = [
    comment(
      `USAGE to see what is in a schema${schemas === 'all' ? '. A schema made later is not covered: run this again' : ''}.`,
    ),
    doBlock(`
DECLARE
  schema record;
BEGIN
  FOR schema IN
${wanted(schemas)}
  LOOP
    IF schema.oid IS NULL THEN
      RAISE WARNING 'There is no schema % in the database %.', schema.name, current_database();
      CONTINUE;
    END IF;
    BEGIN
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema.name, ${quoteText(role)});
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'Not covered: the schema %; %', schema.name, SQLERRM
        USING HINT = ${quoteText(AS_OWNER)};
    END;
  END LOOP;
END`),
  ];
  if (access === 'metadata') return usage;
  const { tables, sequences } = PRIVILEGES[access];
  return [
    ...usage,
    comment('What is there now. What belongs to others, and is not yours to pass on, is counted and left.'),
    doBlock(`
DECLARE
  schema record;
  relation record;
  others record;
BEGIN
  FOR schema IN SELECT name, oid FROM (
${wanted(schemas)}
  ) wanted WHERE oid IS NOT NULL LOOP
    BEGIN
      EXECUTE format('GRANT ${tables} ON ALL TABLES IN SCHEMA %I TO %I', schema.name, ${quoteText(role)});
      EXECUTE format('GRANT ${sequences} ON ALL SEQUENCES IN SCHEMA %I TO %I', schema.name, ${quoteText(role)});
      CONTINUE;
    EXCEPTION WHEN insufficient_privilege THEN
      NULL; -- One by one.
    END;
    FOR relation IN
      SELECT c.relname AS name, CASE c.relkind WHEN 'S' THEN '${sequences} ON SEQUENCE' ELSE '${tables} ON TABLE' END AS what
        FROM pg_class c WHERE c.relnamespace = schema.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    LOOP
      BEGIN
        EXECUTE format('GRANT %s %I.%I TO %I', relation.what, schema.name, relation.name, ${quoteText(role)});
      EXCEPTION WHEN insufficient_privilege THEN
        NULL; -- Named below, with its like.
      END;
    END LOOP;
    FOR others IN
      SELECT pg_get_userbyid(c.relowner) AS owner, count(*) AS n, min(c.relname::text) AS one
        FROM pg_class c
       WHERE c.relnamespace = schema.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
         AND NOT has_table_privilege(${quoteText(role)}, c.oid, 'SELECT')
       GROUP BY 1 ORDER BY 1
    LOOP
      RAISE WARNING 'Not covered: % of % in the schema %, like %.', others.n, others.owner, schema.name, others.one
        USING HINT = ${quoteText(AS_OWNER)};
    END LOOP;
  END LOOP;
END`),
    comment(`What will be there: default privileges belong to who makes a table, so they are changed for each owner of what is
in the schemas now, and for the owners of the schemas.`),
    doBlock(`
DECLARE
  maker record;
BEGIN
  FOR maker IN
    WITH wanted AS (
${wanted(schemas)}
    )
    SELECT w.name AS schema, pg_get_userbyid(c.relowner) AS owner
      FROM wanted w JOIN pg_class c ON c.relnamespace = w.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION
    -- pg_database_owner is the owner of the database.
    SELECT w.name, pg_get_userbyid(CASE pg_get_userbyid(n.nspowner) WHEN 'pg_database_owner' THEN d.datdba ELSE n.nspowner END)
      FROM wanted w JOIN pg_namespace n ON n.oid = w.oid JOIN pg_database d ON d.datname = current_database()
  LOOP
    BEGIN
      EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT ${tables} ON TABLES TO %I',
                     maker.owner, maker.schema, ${quoteText(role)});
      EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT ${sequences} ON SEQUENCES TO %I',
                     maker.owner, maker.schema, ${quoteText(role)});
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'Not covered: what % will make in the schema %; %', maker.owner, maker.schema, SQLERRM
        USING HINT = ${quoteText(AS_OWNER)};
    END;
  END LOOP;
END`),
  ];
}

/** Each wanted schema: its `name` and `oid`, null when it is not in this database. */
function wanted(schemas: GroupRole['schemas']): string {
  if (schemas === 'all') {
    return `      SELECT n.nspname AS name, n.oid FROM pg_namespace n
       WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
         AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')`;
  }
  return `      SELECT w.name::name, n.oid
        FROM unnest(ARRAY[${schemas.map(quoteText).join(', ')}]) w (name)
        LEFT JOIN pg_namespace n ON n.nspname = w.name::name`;
}
