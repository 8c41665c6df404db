/**
 * What appeared or changed in the catalogs since a GRANT: every row of a catalog names the transaction that wrote it
 * last, and the GRANT's own is the mark. The catalogs don't say who wrote it. What was dropped leaves no row, and a
 * transaction that had begun to write before the GRANT is older than its mark.
 */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { uncompressed } from '../reading/acl.js';
import type { OidPair } from '../target.js';
import { type CatalogKind, IN_DATABASE, ON_SERVER } from './catalogs.js';
import { noJit } from './tables.js';

export interface MarkedGrant extends OidPair {
  /** `system_identifier` of the server that the OIDs and the mark belong to. */
  readonly server: string;
  /** Memberships by it are Hallpass's own, and no news. */
  readonly grantorOid: number;
  /** The transaction of the GRANT: pg_current_xact_id()::xid::text. */
  readonly mark: string;
}

/** How many are read per grant and database; the rest is counted. */
const MAX_READ = 50;

/** In one transaction age() counts from one moment, so ages can be compared. */
const MARKS = `
mark AS MATERIALIZED (
  SELECT m.n::int - 1 AS n, age(m.xid) AS age, m.role, m.member, m.grantor
    FROM unnest($1::xid[], $2::oid[], $3::oid[], $4::oid[]) WITH ORDINALITY AS m (xid, role, member, grantor, n)
   WHERE m.xid IS NOT NULL)`;

/** A null keeps its place, and gets no answer. */
const values = (grants: readonly (MarkedGrant | null)[]): unknown[] =>
  (['mark', 'roleOid', 'memberOid', 'grantorOid'] as const).map((key) =>
    grants.map((grant) => grant?.[key] ?? null),
  );

const concernedRow = z.object({
  n: z.number(),
  name: z.string(),
  mayRead: z.boolean(),
  /**
   * Objects in the database that name the login, or what the role brings; of these, those that do so since the mark.
   */
  objects: z.number(),
  fresh: z.number(),
});
export type ConcernedDatabase = z.infer<typeof concernedRow>;

/** The catalog of dependencies belongs to the whole server, so it also shows what we can't look into. */
const CONCERNED = `
WITH RECURSIVE ${MARKS},
up (n, oid) AS (
  SELECT n, role FROM mark
  UNION SELECT up.n, m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid),
involved AS (SELECT n, oid FROM up UNION SELECT n, member FROM mark)
SELECT mark.n, d.datname::text AS name, has_database_privilege(d.oid, 'CONNECT') AND d.datallowconn AS "mayRead",
       count(*)::int AS objects,
       (count(*) FILTER (WHERE age(s.xmin) <= mark.age AND s.refobjid IN (mark.role, mark.member)))::int AS fresh
  FROM involved JOIN mark USING (n)
  JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = involved.oid
  JOIN pg_database d ON d.oid = s.dbid
 GROUP BY mark.n, d.oid, d.datname, d.datallowconn ORDER BY objects DESC, name`;

/** The databases that each grant concerns, by its place in `grants` (from 0), those with the most objects first. */
export function readConcerned(send: Send, grants: readonly MarkedGrant[]): Promise<ConcernedDatabase[]> {
  return send(concernedRow, CONCERNED, values(grants));
}

const changeRow = z.object({
  n: z.number(),
  what: z.string(),
  names: z.enum(['login', 'role']).nullable(),
  shared: z.boolean(),
  total: z.number(),
});
export type Change = z.infer<typeof changeRow>;

const select = (shared: boolean) => {
  return ({ from, what, where, owner, acl, others }: CatalogKind): string => {
    const [, row] = from.split(' ');
    return `
SELECT ${shared} AS shared, age(${row}.xmin) AS age, ${what} AS what, ${owner ?? 'NULL::oid'} AS owner,
       ${acl ?? 'NULL::aclitem[]'} AS acl, ${others ?? "'{}'::oid[]"} AS others
  FROM ${from}
 WHERE age(${row}.xmin) <= (SELECT max(age) FROM mark)${where === undefined ? '' : ` AND ${where}`}`;
  };
};

/** One look at the catalogs, as far back as the oldest mark, answers for all of them. */
const changes = (kinds: string): string => `
WITH ${MARKS},
touched AS MATERIALIZED (${kinds}),
named AS MATERIALIZED (
  SELECT *, others || owner || ARRAY(SELECT unnest(ARRAY[e.grantee, e.grantor]) FROM aclexplode(${uncompressed('acl')}) e) AS roles
    FROM touched)
SELECT mark.n, since.shared, since.names, since.total,
       since.what || coalesce(', owner ' || quote_ident(pg_get_userbyid(since.owner)), '') || coalesce((
         SELECT string_agg('; ' || may.who || ' may ' || may.what, '' ORDER BY may.rank, may.who) FROM (
           SELECT CASE e.grantee WHEN 0 THEN 'everybody' ELSE quote_ident(pg_get_userbyid(e.grantee)) END AS who,
                  CASE e.grantee WHEN mark.member THEN 1 WHEN 0 THEN 2 WHEN mark.role THEN 3 ELSE 4 END AS rank,
                  string_agg(e.privilege_type, ', ' ORDER BY e.privilege_type) AS what
             FROM aclexplode(${uncompressed('since.acl')}) e WHERE e.grantee IS DISTINCT FROM since.owner
            GROUP BY e.grantee ORDER BY rank, who LIMIT 5) may), '') AS what
  FROM mark CROSS JOIN LATERAL (
    SELECT named.*, count(*) OVER ()::int AS total,
           CASE WHEN mark.member = ANY (roles) THEN 'login' WHEN mark.role = ANY (roles) THEN 'role' END AS names
      FROM named WHERE named.age <= mark.age
     ORDER BY names NULLS LAST, what LIMIT ${MAX_READ}) since
 ORDER BY mark.n, since.names NULLS LAST, since.what`;

const IN_THIS_DATABASE = IN_DATABASE.map(select(false)).join('\nUNION ALL');
const CHANGES = changes(IN_THIS_DATABASE);
const CHANGES_AND_SHARED = changes(
  `${IN_THIS_DATABASE}\nUNION ALL${ON_SERVER.map(select(true)).join('\nUNION ALL')}`,
);

/**
 * Each row has its grant's place (from 0), and the number of changes for that grant.
 * @param shared also what belongs to the whole server.
 */
export async function readChanges(
  send: Send,
  grants: readonly (MarkedGrant | null)[],
  { shared }: { readonly shared: boolean },
): Promise<Change[]> {
  const [, rows] = await Promise.all([
    noJit(send),
    send(changeRow, shared ? CHANGES_AND_SHARED : CHANGES, values(grants)),
  ]);
  return rows;
}
