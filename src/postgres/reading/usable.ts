/**
 * The one place that says whether a membership can be used, in SQL for every release. A login can use a role if it
 * inherits the role, or if a role that it may SET ROLE to does. Whether SET ROLE is allowed depends on the
 * memberships of the session's own login, so a chain is first rows with SET, then rows with INHERIT. Before 16 a row
 * has no options, and every member may SET ROLE: each row counts as both. The fragments name nothing but pg_catalog,
 * take no parameters of their own and qualify their columns, so they also fit into the functions of a guarded target.
 */

/** Read as JSON: a statement that names a column can't be parsed on a release without that column. */
const option = (row: string, column: string): string =>
  `coalesce((to_jsonb(${row}) ->> '${column}')::boolean, true)`;

/** SQL: the row of pg_auth_members passes the role's privileges on. */
export const inherits = (row: string): string => option(row, 'inherit_option');

/** SQL: the row of pg_auth_members allows SET ROLE. */
export const sets = (row: string): string => option(row, 'set_option');

/** SQL: the row of pg_auth_members gives anything. A row with ADMIN OPTION alone doesn't. */
export const gives = (row: string): string => `(${inherits(row)} OR ${sets(row)})`;

/**
 * SQL: the rows of pg_auth_members of a role, of a member (expressions), or of both. By index: a plain join reads all
 * memberships of the server for each batch.
 */
export const rowsOf = (role: string | null, member: string | null): string => {
  const conditions = [
    ...(role === null ? [] : [`a.roleid = ${role}`]),
    ...(member === null ? [] : [`a.member = ${member}`]),
  ];
  return `SELECT a.* FROM pg_auth_members a WHERE ${conditions.join(' AND ')} OFFSET 0`;
};

/**
 * The subselects below hide from the planner how many logins are asked about: it would guess so many steps for some
 * hundred logins that it would compile the statement first (`jit`).
 */

/**
 * SQL, a query: who else could use, through these logins, what is granted to them: `member_oid` (the holder),
 * `user_oid`, `user_name`, `can_login`. It includes groups, and logins that can't log in now, whose sessions may
 * still be open; it leaves out superusers, who can use everything, and the login that asks. Read from the holders
 * down: a server may have thousands of logins, and a holder seldom has a member.
 * @param members an expression of type oid[].
 */
export const usersOf = (members: string): string => `
WITH RECURSIVE below (holder, oid, by_set) AS (
  SELECT b.oid, b.oid, false FROM unnest((SELECT ${members})) AS b (oid)
  UNION
  SELECT below.holder, m.member, step.by_set
    FROM below CROSS JOIN LATERAL (${rowsOf('below.oid', null)}) m
    CROSS JOIN LATERAL (VALUES (false, NOT below.by_set AND ${inherits('m')}),
                               (true, ${sets('m')})) AS step (by_set, possible)
   WHERE step.possible)
SELECT DISTINCT below.holder AS member_oid, u.oid AS user_oid, u.rolname::text AS user_name,
       u.rolcanlogin AS can_login
  FROM below JOIN pg_roles u ON u.oid = below.oid
 WHERE below.oid <> below.holder AND NOT u.rolsuper AND u.rolname <> session_user`;

/**
 * SQL, a common table expression `reach (login, via, oid, inherited)` for WITH RECURSIVE: what each login can use by
 * memberships that are not by `me` (a table with the column oid): itself, what it may SET ROLE to, and what these
 * inherit. `via` is the first step on the way. Superusers have only what memberships give them.
 * @param logins an expression of type oid[].
 */
export const reachOf = (logins: string): string => `
reach (login, via, oid, inherited) AS (
  SELECT DISTINCT l.oid, NULL::oid, l.oid, false FROM unnest((SELECT ${logins})) AS l (oid)
  UNION
  SELECT reach.login, coalesce(reach.via, m.roleid), m.roleid, step.inherited
    FROM reach CROSS JOIN LATERAL (${rowsOf(null, 'reach.oid')}) m JOIN me ON m.grantor <> me.oid
    CROSS JOIN LATERAL (VALUES (true, ${inherits('m')}),
                               (false, NOT reach.inherited AND ${sets('m')})) AS step (inherited, possible)
   WHERE step.possible)`;

/**
 * SQL, a condition: with the row `m` of pg_auth_members as the last step, the login in the row `reach` can use the
 * role.
 */
export const lastStep = (reach: string, m: string): string =>
  `(${inherits(m)} OR (NOT ${reach}.inherited AND ${sets(m)}))`;

/**
 * SQL, an expression: since when the session `a` of pg_stat_activity may have been in a transaction; null if it is in
 * none. What can't be seen counts as old: with `track_activities = off` the state is "disabled" and no transaction
 * shows, nor does one that began before tracking was switched on. A statement that has just arrived has no
 * transaction yet; a walsender needs none. Without the right to see other logins' sessions, all of this is null.
 */
export const transactionSince = (a: string): string => `
CASE WHEN ${a}.xact_start IS NOT NULL THEN ${a}.xact_start
     WHEN ${a}.state = 'idle' OR (${a}.state = 'active' AND ${a}.backend_type = 'walsender') THEN NULL
     WHEN ${a}.state = 'active' THEN ${a}.state_change
     ELSE ${a}.backend_start END`;
