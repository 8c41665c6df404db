/** What the server remembers, in case the ledger is lost. The memberships themselves can be read in the catalog. */
export const LIST_SQL = `
CREATE FUNCTION hallpass.list()
RETURNS TABLE (request_id bigint, role_oid oid, member_oid oid, role_name text, member_name text, set_role boolean,
               mark text, granted_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
  SELECT g.request_id, g.role_oid, g.member_oid, g.role_name, g.member_name, g.set_role, g.mark, g.granted_at,
         g.expires_at
    FROM hallpass.grants g WHERE g.ended_at IS NULL ORDER BY g.request_id
$fn$;

CREATE FUNCTION hallpass.last_request_id() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
  SELECT max(request_id) FROM hallpass.grants
$fn$;
`;
