/**
 * What one database holds, and to whom it is granted. Objects of one kind and schema with the same owner and the same
 * grants are one row: five thousand tables have rarely more than some dozen kinds of grants.
 */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { noJit } from '../inspecting/tables.js';
import { uncompressed } from '../reading/acl.js';
import { grantsOf } from './grants.js';

/** A database with more of a kind is not read, or it would take the memory that Hallpass needs. */
const MAX_OBJECTS = 100_000;

const objectsRow = z.object({
  kind: z.enum([
    'relation',
    'sequence',
    'schema',
    'function',
    'foreign server',
    'foreign-data wrapper',
    'type',
    'language',
  ]),
  schema: z.string().nullable(),
  owner: z.number(),
  names: z.array(z.string()),
  /** Of functions, by the place of the name. */
  args: z.array(z.string()).nullable(),
  /** As `toGrants` takes them. */
  grants: z.string(),
  /** Where single columns were granted: the column, the grantee (0: everybody), the privilege. */
  columns: z.array(z.tuple([z.string(), z.number(), z.string()])).nullable(),
});
export type ObjectsRow = Readonly<z.infer<typeof objectsRow>>;

const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;

const OBJECTS = `
WITH concerned AS MATERIALIZED (SELECT c.oid FROM unnest($1::oid[]) AS c (oid)),
all_powerful AS MATERIALIZED (SELECT FROM pg_roles r JOIN concerned USING (oid) WHERE r.rolsuper),
space AS MATERIALIZED (
  SELECT n.oid, n.nspname::text AS name, n.nspowner AS owner, n.nspacl AS acl,
         has_schema_privilege(0::oid, n.oid, 'USAGE') AND has_database_privilege(0::oid, current_database(), 'CONNECT')
           AS open
    FROM pg_namespace n WHERE ${OURS}),
columned AS MATERIALIZED (
  SELECT a.attrelid AS oid, jsonb_agg(jsonb_build_array(a.attname, e.grantee::bigint, e.privilege_type)) AS columns
    FROM pg_attribute a CROSS JOIN LATERAL aclexplode(${uncompressed('a.attacl')}) e
   WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
     AND (e.grantee = 0 OR e.grantee IN (SELECT oid FROM concerned))
   GROUP BY 1),
relations AS MATERIALIZED (
  SELECT c.oid, c.relname::text AS name, c.relnamespace AS space, c.relowner AS owner, c.relacl::text AS acl,
         c.relkind = 'S' AS is_sequence
    FROM pg_class c
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relnamespace IN (SELECT oid FROM space)
   LIMIT ${MAX_OBJECTS + 1}),
functions AS MATERIALIZED (
  SELECT p.oid, p.proname::text AS name, p.pronamespace AS space, p.proowner AS owner, p.proacl::text AS acl
    FROM pg_proc p JOIN space ON space.oid = p.pronamespace
   WHERE NOT (space.open AND has_function_privilege(0::oid, p.oid, 'EXECUTE'))
      OR p.proowner IN (SELECT oid FROM concerned) OR EXISTS (SELECT FROM all_powerful)
   LIMIT ${MAX_OBJECTS + 1})
SELECT 'schema' AS kind, NULL AS schema, space.owner, ARRAY[space.name] AS names, NULL::text[] AS args,
       ${grantsOf('space.acl', 'n', 'space.owner')} AS grants, NULL::jsonb AS columns
  FROM space
UNION ALL
SELECT CASE WHEN alike.is_sequence THEN 'sequence' ELSE 'relation' END, space.name, alike.owner, alike.names, NULL,
       CASE WHEN alike.is_sequence THEN ${grantsOf('c.relacl', 's', 'c.relowner')}
            ELSE ${grantsOf('c.relacl', 'r', 'c.relowner')} END,
       alike.columns
  FROM (SELECT r.space, r.owner, r.is_sequence, min(r.oid) AS sample, array_agg(r.name) AS names,
               (SELECT columned.columns FROM columned WHERE columned.oid = min(r.oid)) AS columns
          FROM relations r LEFT JOIN columned USING (oid)
         GROUP BY r.space, r.owner, r.is_sequence, r.acl, columned.oid) alike
  JOIN space ON space.oid = alike.space JOIN pg_class c ON c.oid = alike.sample
UNION ALL
SELECT 'function', space.name, alike.owner, alike.names, alike.args, ${grantsOf('p.proacl', 'f', 'p.proowner')}, NULL
  FROM (SELECT f.space, f.owner, min(f.oid) AS sample, array_agg(f.name ORDER BY f.oid) AS names,
               array_agg(pg_get_function_identity_arguments(f.oid) ORDER BY f.oid) AS args
          FROM functions f GROUP BY f.space, f.owner, f.acl) alike
  JOIN space ON space.oid = alike.space JOIN pg_proc p ON p.oid = alike.sample
UNION ALL
SELECT 'type', space.name, t.typowner, ARRAY[t.typname::text], NULL, ${grantsOf('t.typacl', 'T', 't.typowner')}, NULL
  FROM pg_type t JOIN space ON space.oid = t.typnamespace
 WHERE t.typtype IN ('b', 'd', 'e', 'r') AND t.typelem = 0
   AND (t.typacl IS NOT NULL OR NOT space.open OR t.typowner IN (SELECT oid FROM concerned)
        OR EXISTS (SELECT FROM all_powerful))
UNION ALL
SELECT 'foreign server', NULL, f.srvowner, ARRAY[f.srvname::text], NULL, ${grantsOf('f.srvacl', 'S', 'f.srvowner')}, NULL
  FROM pg_foreign_server f
UNION ALL
SELECT 'foreign-data wrapper', NULL, w.fdwowner, ARRAY[w.fdwname::text], NULL,
       ${grantsOf('w.fdwacl', 'F', 'w.fdwowner')}, NULL
  FROM pg_foreign_data_wrapper w
UNION ALL
SELECT 'language', NULL, l.lanowner, ARRAY[l.lanname::text], NULL, ${grantsOf('l.lanacl', 'l', 'l.lanowner')}, NULL
  FROM pg_language l WHERE l.lanpltrusted`;

/**
 * @param concerned OIDs of the roles whose grants matter.
 * @returns null when there are too many.
 */
export async function readObjects(
  send: Send,
  concerned: readonly number[],
): Promise<readonly ObjectsRow[] | null> {
  const [, rows] = await Promise.all([noJit(send), send(objectsRow, OBJECTS, [concerned])]);
  const count = (kind: ObjectsRow['kind']) =>
    rows.reduce((sum, row) => sum + (row.kind === kind ? row.names.length : 0), 0);
  const isTooMany = count('relation') + count('sequence') > MAX_OBJECTS || count('function') > MAX_OBJECTS;
  return isTooMany ? null : rows;
}
