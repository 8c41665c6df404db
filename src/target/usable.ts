/**
 * The one place that says whether a membership can be used, in SQL for every release. A login can use a role when it,
 * or a role that it may SET ROLE to, inherits the role. Whether SET ROLE is allowed is decided by the memberships of
 * the session's own login, so a chain is first rows with SET, then rows with INHERIT. Before 16 a row has no options,
 * and every member may SET ROLE: each row counts as both. Each fragment names nothing but pg_catalog, takes no
 * parameters of its own, and qualifies its columns, so that it also fits into the functions of a guarded target.
 */

/** Read as JSON, because a statement that names a column which a release lacks can't be parsed there. */
const option = (row: string, column: string): string =>
  `coalesce((to_jsonb(${row}) ->> '${column}')::boolean, true)`;

/** SQL: the row of pg_auth_members passes the role's privileges on. */
const inherits = (row: string): string => option(row, 'inherit_option');

/** SQL: the row of pg_auth_members allows SET ROLE. */
export const sets = (row: string): string => option(row, 'set_option');

/** SQL: the row of pg_auth_members gives anything at all; one with ADMIN OPTION alone does not. */
export const gives = (row: string): string => `(${inherits(row)} OR ${sets(row)})`;

/**
 * SQL: the rows of pg_auth_members of one role and one member (expressions), by the index; joined plainly, all
 * memberships of the server are read for each batch.
 */
export const rowsOf = (role: string, member: string): string =>
  `SELECT a.* FROM pg_auth_members a WHERE a.roleid = ${role} AND a.member = ${member} OFFSET 0`;

/**
 * SQL, a common table expression `reach (login, via, oid, inherited)` for WITH RECURSIVE: what each login can use by
 * memberships that are not of `me` (a table with the column oid): itself, what it may SET ROLE to, and what these
 * inherit. `via`: the first step on the way. Superusers have what memberships give them.
 * @param logins an expression of type oid[].
 */
export const reachOf = (logins: string): string => `
reach (login, via, oid, inherited) AS (
  SELECT DISTINCT l.oid, NULL::oid, l.oid, false FROM unnest(${logins}) AS l (oid)
  UNION
  SELECT reach.login, coalesce(reach.via, m.roleid), m.roleid, step.inherited
    FROM reach JOIN pg_auth_members m ON m.member = reach.oid
    JOIN me ON m.grantor <> me.oid
    CROSS JOIN LATERAL (VALUES (true, ${inherits('m')}),
                               (false, NOT reach.inherited AND ${sets('m')})) AS step (inherited, possible)
   WHERE step.possible)`;

/**
 * SQL, a condition: by a last step over the row `m` of pg_auth_members, who stands in the row `reach` can use the role.
 */
export const lastStep = (reach: string, m: string): string =>
  `(${inherits(m)} OR (NOT ${reach}.inherited AND ${sets(m)}))`;
