/**
 * Sessions that a loan may have left: of logins whose grant ended here, and that were open by then. A minute is added,
 * because the end is written before its COMMIT. So a stolen credential ends no session of anybody else.
 */
export const SESSIONS_SQL = `
CREATE FUNCTION hallpass.sessions(member_oids oid[])
RETURNS TABLE (pid int, member_oid oid, database name, backend_start timestamptz, xact_start timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  PERFORM hallpass.check_size(member_oids);
  RETURN QUERY
    WITH ended AS MATERIALIZED (
      SELECT m.oid, (SELECT max(g.ended_at) FROM hallpass.grants g
                      WHERE g.member_oid = m.oid AND g.ended_at IS NOT NULL) + interval '1 minute' AS until
        FROM (SELECT DISTINCT u.oid FROM unnest(member_oids) AS u (oid)) AS m)
    SELECT a.pid, a.usesysid, a.datname, a.backend_start, a.xact_start
      FROM pg_stat_activity a JOIN ended ON ended.oid = a.usesysid
     -- Without pg_read_all_stats the times of others are null.
     WHERE ended.until IS NOT NULL AND coalesce(a.backend_start < ended.until, true);
END
$fn$;

-- Asks each of these sessions to end. Gone is what is not listed any more.
CREATE FUNCTION hallpass.end_sessions(member_oids oid[], pids int[], backend_starts timestamptz[])
RETURNS TABLE (pid int, asked boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  PERFORM hallpass.check_size(pids);
  FOR pid IN
    SELECT s.pid FROM hallpass.sessions(member_oids) s
      JOIN unnest(member_oids, pids, backend_starts) AS w (member_oid, pid, backend_start)
        ON w.member_oid = s.member_oid AND w.pid = s.pid AND w.backend_start IS NOT DISTINCT FROM s.backend_start
  LOOP
    BEGIN
      asked := pg_terminate_backend(pid);
    EXCEPTION WHEN insufficient_privilege THEN
      asked := false;
    END;
    RETURN NEXT;
  END LOOP;
END
$fn$;
`;
