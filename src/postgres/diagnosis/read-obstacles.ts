/** What keeps a login from a role's tables inside one database. */
import { z } from 'zod';
import type { Send } from '../connect.js';

/** Longer lists are cut. */
const MOST = 20;

const schemaRow = z.object({
  name: z.string(),
  /** Tables, views and the like on which the role has a privilege. */
  tables: z.number(),
  /** The login, or the role for it, has USAGE. */
  usage: z.boolean(),
});

const protectedRow = z.object({
  /** As SQL writes it. */
  table: z.string(),
  /** A permissive policy lets this login, or the role for it, read some rows. */
  hasPolicy: z.boolean(),
});

export interface Obstacles {
  /** Every schema in which the role has something. */
  readonly schemas: readonly z.infer<typeof schemaRow>[];
  /** Tables of the role with row security that holds for the login. */
  readonly rowSecurity: readonly z.infer<typeof protectedRow>[];
}

const OF_ROLE = `c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

const SCHEMAS = `
SELECT n.nspname::text AS name, count(*)::int AS tables,
       has_schema_privilege($1::oid, n.oid, 'USAGE') OR has_schema_privilege($2::oid, n.oid, 'USAGE') AS usage
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE ${OF_ROLE} AND (has_any_column_privilege($2::oid, c.oid, 'SELECT, INSERT, UPDATE')
                       OR has_table_privilege($2::oid, c.oid, 'DELETE'))
 GROUP BY n.oid, n.nspname ORDER BY n.nspname`;

/** PostgreSQL documentation, "Row Security Policies": owners and BYPASSRLS are exempt; policies go by inheritance. */
const ROW_SECURITY = `
SELECT c.oid::regclass::text AS table,
       EXISTS (SELECT FROM pg_policy p CROSS JOIN LATERAL unnest(p.polroles) AS whom (oid)
                WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
                  AND (whom.oid = 0 OR pg_has_role($1::oid, whom.oid, 'USAGE')
                       OR pg_has_role($2::oid, whom.oid, 'USAGE'))) AS "hasPolicy"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE ${OF_ROLE} AND c.relrowsecurity AND has_any_column_privilege($2::oid, c.oid, 'SELECT')
   AND NOT (SELECT u.rolbypassrls OR u.rolsuper FROM pg_roles u WHERE u.oid = $1::oid)
   AND (c.relforcerowsecurity
        OR NOT (pg_has_role($1::oid, c.relowner, 'USAGE') OR pg_has_role($2::oid, c.relowner, 'USAGE')))
 ORDER BY 2, 1 LIMIT ${MOST}`;

export async function readObstacles(send: Send, loginOid: number, roleOid: number): Promise<Obstacles> {
  const [schemas, rowSecurity] = await Promise.all([
    send(schemaRow, SCHEMAS, [loginOid, roleOid]),
    send(protectedRow, ROW_SECURITY, [loginOid, roleOid]),
  ]);
  return { schemas, rowSecurity };
}
