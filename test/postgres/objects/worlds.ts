/**
 * Random servers: nested roles, schemas, objects and grants of every kind; and what each role gives there, as the server
 * itself says it of a login that is granted the role.
 */
import pg from 'pg';
import type { Privilege } from '../../../src/domain/wanted/wanted.js';
import type { TestServer } from '../server.js';

/** An open database, one that few may connect to, and one that is owned by a role of each world. */
export const DATABASES = ['postgres', 'closed', 'owned'] as const;

type Database = (typeof DATABASES)[number];

/** A server for worlds, and a session of its superuser in each database: most of a world's time went into connecting. */
export interface Ground {
  readonly server: TestServer;
  run(statements: readonly string[], database?: Database): Promise<void>;
  ask<Row extends pg.QueryResultRow>(database: Database, sql: string, params: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function prepare(server: TestServer): Promise<Ground> {
  await server.sql('CREATE DATABASE closed');
  await server.sql('REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
  await server.sql('GRANT CONNECT ON DATABASE closed TO hallpass');
  await server.sql('CREATE DATABASE owned');
  const open = async (database: Database) => {
    const client = new pg.Client({ connectionString: server.cluster.urlFor({ database }) });
    await client.connect();
    return client;
  };
  const [postgres, closed, owned] = [await open('postgres'), await open('closed'), await open('owned')];
  const clients = { postgres, closed, owned };
  return {
    server,
    run: async (statements, database = 'postgres') => {
      await clients[database].query(statements.join(';\n'));
    },
    ask: async <Row extends pg.QueryResultRow>(database: Database, sql: string, params: unknown[]) =>
      (await clients[database].query<Row>(sql, params)).rows,
    close: async () => {
      for (const client of Object.values(clients)) await client.end();
    },
  };
}

export interface World {
  readonly roles: readonly string[];
  drop(): Promise<void>;
}

/** @returns numbers from 0 to 1, always the same ones. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const TABLE = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ALL'] as const;
const COLUMN = ['SELECT', 'INSERT', 'UPDATE'] as const;

/** Makes a world whose names begin with `prefix`. */
export async function makeWorld(ground: Ground, prefix: string, random: () => number): Promise<World> {
  const { server, run } = ground;
  const chance = (share: number) => random() < share;
  const one = <T>(all: readonly [T, ...T[]]): T => all[Math.floor(random() * all.length)] ?? all[0];
  const roles: [string, ...string[]] = [`${prefix}_r0`];
  while (roles.length < 4 + Math.floor(random() * 5)) roles.push(`${prefix}_r${roles.length}`);
  const grantee = () => (chance(0.2) ? 'PUBLIC' : one(roles));
  const options = () =>
    server.grantorsCount
      ? ` WITH INHERIT ${chance(0.7)}, SET ${chance(0.6)}${chance(0.1) ? ', ADMIN TRUE' : ''}`
      : '';

  const shared = [
    ...roles.map(
      (role) => `CREATE ROLE ${role}${chance(0.2) ? ' NOINHERIT' : ''}${chance(0.03) ? ' SUPERUSER' : ''}`,
    ),
    ...roles.flatMap((role, i) =>
      roles.slice(i + 1).flatMap((member) => (chance(0.3) ? [`GRANT ${role} TO ${member}${options()}`] : [])),
    ),
    ...['pg_read_all_data', 'pg_write_all_data'].flatMap((all) =>
      chance(0.15) ? [`GRANT ${all} TO ${one(roles)}${options()}`] : [],
    ),
    ...(chance(0.5) ? [`GRANT CONNECT ON DATABASE closed TO ${one(roles)}`] : []),
    ...(chance(0.3) ? [`GRANT CREATE ON DATABASE closed TO ${one(roles)}`] : []),
    `ALTER DATABASE owned OWNER TO ${chance(0.7) ? one(roles) : 'postgres'}`,
    `GRANT CREATE, CONNECT, TEMPORARY ON DATABASE owned TO hallpass`,
  ];

  const inSchema = (name: string): string[] => {
    const on = (what: string, privileges: readonly [string, ...string[]]) =>
      Array.from(
        { length: Math.floor(random() * 3) },
        () => `GRANT ${one(privileges)} ON ${what} TO ${grantee()}`,
      );
    const tables = ['t0', 't1', 'v0', 'm0'].map((table) => `${name}.${table}`);
    const owned = [
      ...tables.slice(0, 2).map((table) => `TABLE ${table}`),
      `VIEW ${name}.v0`,
      `MATERIALIZED VIEW ${name}.m0`,
    ];
    return [
      `CREATE SCHEMA ${name}`,
      ...on(`SCHEMA ${name}`, ['USAGE', 'USAGE', 'USAGE', 'CREATE']),
      ...(chance(0.3)
        ? [
            `ALTER DEFAULT PRIVILEGES IN SCHEMA ${name} GRANT ${one(['SELECT', 'ALL'])} ON TABLES TO ${grantee()}`,
          ]
        : []),
      `CREATE TABLE ${name}.t0 (a int, b int)`,
      `CREATE TABLE ${name}.t1 (a int, b int)`,
      `CREATE VIEW ${name}.v0 AS SELECT 1 AS a, 2 AS b`,
      `CREATE MATERIALIZED VIEW ${name}.m0 AS SELECT 1 AS a, 2 AS b`,
      `CREATE SEQUENCE ${name}.s0`,
      `CREATE FUNCTION ${name}.f0(int) RETURNS int LANGUAGE sql RETURN 1`.replace(
        'RETURN 1',
        `AS 'SELECT 1'`,
      ),
      `CREATE TYPE ${name}.e0 AS ENUM ('a')`,
      ...(chance(0.7) ? [`REVOKE EXECUTE ON FUNCTION ${name}.f0(int) FROM PUBLIC`] : []),
      ...(chance(0.7) ? [`REVOKE USAGE ON TYPE ${name}.e0 FROM PUBLIC`] : []),
      ...tables.flatMap((table) => [
        ...on(table, TABLE),
        ...(chance(0.3)
          ? [`GRANT ${one(COLUMN)} (${one(['a', 'b', 'a, b'])}) ON ${table} TO ${grantee()}`]
          : []),
      ]),
      ...on(`SEQUENCE ${name}.s0`, ['USAGE', 'SELECT', 'UPDATE']),
      ...on(`FUNCTION ${name}.f0(int)`, ['EXECUTE']),
      ...on(`TYPE ${name}.e0`, ['USAGE']),
      ...owned.flatMap((what) => (chance(0.3) ? [`ALTER ${what} OWNER TO ${one(roles)}`] : [])),
      ...(chance(0.3) ? [`ALTER SCHEMA ${name} OWNER TO ${one([...roles, 'pg_database_owner'])}`] : []),
      ...(chance(0.3) ? [`ALTER SEQUENCE ${name}.s0 OWNER TO ${one(roles)}`] : []),
      ...(chance(0.3) ? [`ALTER FUNCTION ${name}.f0(int) OWNER TO ${one(roles)}`] : []),
      // An owner may have taken from itself what it doesn't need.
      ...(chance(0.2)
        ? [
            `DO $$ BEGIN EXECUTE format('REVOKE INSERT ON ${name}.t0 FROM %s', (SELECT relowner::regrole FROM pg_class WHERE oid = '${name}.t0'::regclass)); END $$`,
          ]
        : []),
    ];
  };

  await run(shared);
  for (const database of DATABASES) {
    await run([...inSchema(`${prefix}_a`), ...inSchema(`${prefix}_b`)], database);
  }
  const logins = roles.flatMap((role) => [`${role}_plain`, `${role}_set`]);
  await run([
    `CREATE ROLE ${prefix}_nobody LOGIN`,
    ...logins.map((login) => `CREATE ROLE ${login} LOGIN`),
    ...roles.flatMap((role) =>
      server.grantorsCount
        ? [
            `GRANT ${role} TO ${role}_plain WITH INHERIT TRUE, SET FALSE`,
            `GRANT ${role} TO ${role}_set WITH INHERIT TRUE, SET TRUE`,
          ]
        : [`GRANT ${role} TO ${role}_plain`, `GRANT ${role} TO ${role}_set`],
    ),
  ]);
  return {
    roles,
    async drop() {
      await run(['ALTER DATABASE owned OWNER TO postgres']);
      for (const database of DATABASES) {
        await run(
          [`DROP SCHEMA ${prefix}_a, ${prefix}_b CASCADE`, `DROP OWNED BY ${roles.join(', ')}`],
          database,
        );
      }
      await run([`DROP ROLE ${[`${prefix}_nobody`, ...logins, ...roles.toReversed()].join(', ')}`]);
    },
  };
}

export interface Truth {
  readonly kind: 'relation' | 'sequence' | 'schema' | 'function' | 'type' | 'database';
  readonly schema: string | null;
  readonly name: string;
  readonly privilege: Privilege;
  /** As `role plain`, `role set`: who is given it wholly, and who is given some column. */
  readonly whole: readonly string[];
  readonly part: readonly string[];
}

/**
 * Asks the server, of each login: as itself and as each role that it may SET ROLE to, may it, in a schema that it may use,
 * and could it not without any role?
 */
const TRUTH = `
WITH early AS (SELECT current_setting('server_version_num')::int < 160000 AS early),
identity AS MATERIALIZED (
  SELECT l.rolname::text AS login, u.oid AS u
    FROM pg_roles l CROSS JOIN early JOIN pg_roles u
      ON u.oid = l.oid OR (u.rolname !~ '_(plain|set|nobody)$' AND pg_has_role(l.oid, u.oid, CASE WHEN early THEN 'MEMBER' ELSE 'SET' END))
   WHERE l.rolname ~ ('^' || $1 || '_r\\d+_(plain|set)$')),
nobody AS (SELECT oid AS nobody FROM pg_roles WHERE rolname = $1 || '_nobody'),
this AS (SELECT d.oid AS database, d.datname::text AS name, d.datdba,
                has_database_privilege(nobody, d.oid, 'CONNECT') AS open
           FROM pg_database d, nobody WHERE d.datname = current_database()),
asker AS MATERIALIZED (
  SELECT identity.*, nobody, this.open OR NOT has_database_privilege(u, this.database, 'CONNECT') AS reached
    FROM identity, nobody, this),
space AS (SELECT oid, nspname::text AS name, nspowner AS owner FROM pg_namespace WHERE nspname LIKE $1 || '\\_%'),
answer AS (
  SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'relation' END AS kind, space.name AS schema, c.relname::text AS name,
         p AS privilege, login,
         has_schema_privilege(u, space.oid, 'USAGE') AND (
           CASE WHEN p = 'OWN' THEN pg_has_role(u, c.relowner, 'USAGE')
                WHEN c.relkind = 'S' THEN has_sequence_privilege(u, c.oid, p)
                     AND NOT (reached AND has_schema_privilege(nobody, space.oid, 'USAGE') AND has_sequence_privilege(nobody, c.oid, p))
                ELSE has_table_privilege(u, c.oid, p)
                     AND NOT (reached AND has_schema_privilege(nobody, space.oid, 'USAGE') AND has_table_privilege(nobody, c.oid, p))
           END) AS whole,
         CASE WHEN c.relkind <> 'S' AND p IN ('SELECT', 'INSERT', 'UPDATE') THEN
           has_schema_privilege(u, space.oid, 'USAGE')
           AND NOT (reached AND has_schema_privilege(nobody, space.oid, 'USAGE') AND has_table_privilege(nobody, c.oid, p))
           AND EXISTS (SELECT FROM unnest(ARRAY['a', 'b']) AS col
                        WHERE has_column_privilege(u, c.oid, col, p)
                          AND NOT (reached AND has_schema_privilege(nobody, space.oid, 'USAGE')
                                   AND has_column_privilege(nobody, c.oid, col, p)))
         ELSE false END AS part
    FROM pg_class c JOIN space ON space.oid = c.relnamespace CROSS JOIN asker
   CROSS JOIN LATERAL unnest(CASE c.relkind WHEN 'S' THEN ARRAY['SELECT', 'UPDATE', 'OWN']
                             ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'OWN'] END) AS p
   WHERE c.relkind IN ('r', 'v', 'm', 'S')
  UNION ALL
  SELECT 'schema', NULL, space.name, p, login,
         CASE p WHEN 'OWN' THEN pg_has_role(u, space.owner, 'USAGE')
                ELSE has_schema_privilege(u, space.oid, p)
                     AND NOT (reached AND has_schema_privilege(nobody, space.oid, p)) END, false
    FROM space CROSS JOIN asker CROSS JOIN unnest(ARRAY['USAGE', 'CREATE', 'OWN']) AS p
  UNION ALL
  SELECT 'function', space.name, f.proname::text, p, login,
         has_schema_privilege(u, space.oid, 'USAGE') AND
         CASE p WHEN 'OWN' THEN pg_has_role(u, f.proowner, 'USAGE')
                ELSE has_function_privilege(u, f.oid, p)
                     AND NOT (reached AND has_schema_privilege(nobody, space.oid, 'USAGE') AND has_function_privilege(nobody, f.oid, p)) END, false
    FROM pg_proc f JOIN space ON space.oid = f.pronamespace CROSS JOIN asker CROSS JOIN unnest(ARRAY['EXECUTE', 'OWN']) AS p
  UNION ALL
  SELECT 'type', space.name, t.typname::text, 'USAGE', login,
         has_schema_privilege(u, space.oid, 'USAGE') AND has_type_privilege(u, t.oid, 'USAGE')
         AND NOT (reached AND has_schema_privilege(nobody, space.oid, 'USAGE') AND has_type_privilege(nobody, t.oid, 'USAGE')), false
    FROM pg_type t JOIN space ON space.oid = t.typnamespace CROSS JOIN asker WHERE t.typtype = 'e'
  UNION ALL
  SELECT 'database', NULL, this.name, p, login,
         CASE p WHEN 'OWN' THEN pg_has_role(u, this.datdba, 'USAGE')
                ELSE has_database_privilege(u, this.database, p) AND NOT has_database_privilege(nobody, this.database, p) END, false
    FROM this CROSS JOIN asker CROSS JOIN unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY', 'OWN']) AS p)
SELECT kind, schema, name, privilege,
       coalesce(array_agg(DISTINCT login ORDER BY login) FILTER (WHERE whole), '{}') AS whole,
       coalesce(array_agg(DISTINCT login ORDER BY login) FILTER (WHERE part), '{}') AS part
  FROM answer GROUP BY 1, 2, 3, 4`;

/** What is true in this database. */
export function readTruth(ground: Ground, prefix: string, database: Database): Promise<readonly Truth[]> {
  return ground.ask<Truth>(database, TRUTH, [prefix]);
}
