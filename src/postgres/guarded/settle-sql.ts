import { GRANTORS_SINCE } from '../quote.js';
import { usersOf } from '../reading/usable.js';
import { REAPER } from './names.js';

/**
 * Ends the sessions that a REVOKE leaves, by the server itself. A session that begins before the REVOKE is committed
 * can still SET ROLE, and a function can't see the end of its caller's transaction. So each end is settled in two
 * steps: the call that revokes ends what is open then; a later transaction, which sees the REVOKE committed, notes
 * the moment and ends what began before it. However long a caller delays its COMMIT, the grant stays unsettled until
 * nothing of that is left.
 */
export const SETTLE_SQL = `
-- Can this login use the role without the grant? For a session that may have become it: by SET ROLE.
CREATE FUNCTION hallpass.still_uses(login oid, role oid, by_set boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  -- A superuser has everything, and its sessions may stay the role after it is no longer one.
  IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = role)
     OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = login AND NOT r.rolsuper) THEN
    RETURN false;
  END IF;
  IF current_setting('server_version_num')::int < ${GRANTORS_SINCE} THEN RETURN pg_has_role(login, role, 'MEMBER'); END IF;
  RETURN pg_has_role(login, role, 'SET') OR (NOT by_set AND pg_has_role(login, role, 'USAGE'));
END
$fn$;

-- Notes who can use these grants through their logins.
CREATE FUNCTION hallpass.note_users(ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  INSERT INTO hallpass.users (request_id, user_oid)
  SELECT g.request_id, n.user_oid
    FROM (${usersOf('ARRAY(SELECT g.member_oid FROM hallpass.grants g WHERE g.request_id = ANY (ids))')}) n
    JOIN hallpass.grants g ON g.member_oid = n.member_oid AND g.request_id = ANY (ids)
  ON CONFLICT DO NOTHING;
END
$fn$;

-- The sessions that could still use what these grants gave, of those that began before the end was seen. What can't
-- be seen of a session counts as the worst.
CREATE FUNCTION hallpass.concerned(ids bigint[], seen timestamptz)
RETURNS TABLE (request_id bigint, pid int, user_oid oid)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  PERFORM pg_stat_clear_snapshot();
  RETURN QUERY
    WITH ended AS MATERIALIZED (
      SELECT g.request_id, g.role_oid, g.member_oid, g.by_set, coalesce(g.gone_at, seen) AS until
        FROM hallpass.grants g WHERE g.request_id = ANY (ids)),
    holder AS MATERIALIZED (
      SELECT e.request_id, e.member_oid AS user_oid FROM ended e
      UNION SELECT u.request_id, u.user_oid FROM hallpass.users u WHERE u.request_id = ANY (ids)
      UNION SELECT e.request_id, n.user_oid
        FROM (${usersOf('ARRAY(SELECT e.member_oid FROM ended e)')}) n JOIN ended e ON e.member_oid = n.member_oid),
    session AS MATERIALIZED (
      SELECT a.pid, a.usesysid, coalesce(a.backend_start, '-infinity') AS began,
             CASE WHEN a.backend_start IS NULL OR a.state = 'disabled' THEN '-infinity' ELSE a.xact_start END AS xact
        FROM pg_stat_activity a
       WHERE a.usesysid IS NOT NULL AND a.usename IS DISTINCT FROM '${REAPER}')
    SELECT e.request_id, s.pid, s.usesysid
      FROM ended e JOIN holder h ON h.request_id = e.request_id JOIN session s ON s.usesysid = h.user_oid
     WHERE s.began < e.until AND (e.by_set OR s.xact < e.until)
       AND NOT hallpass.still_uses(s.usesysid, e.role_oid, e.by_set);
END
$fn$;

-- Ends them, except the caller's own session, which another call ends; answers why some can't be ended, grant by
-- grant.
CREATE FUNCTION hallpass.end_concerned(ids bigint[], seen timestamptz) RETURNS TABLE (request_id bigint, reason text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  RETURN QUERY
    WITH ending AS (
      SELECT g.request_id FROM hallpass.grants g LEFT JOIN hallpass.roles r ON r.role = g.role_oid
       WHERE g.request_id = ANY (ids) AND coalesce(r.end_sessions, true)),
    found AS MATERIALIZED (SELECT c.* FROM hallpass.concerned(ARRAY(SELECT e.request_id FROM ending e), seen) c),
    asked AS MATERIALIZED (
      SELECT f.pid, CASE WHEN f.pid = pg_backend_pid() THEN 'it is the session that asks'
                         ELSE hallpass.end_session(f.pid) END AS reason
        FROM (SELECT DISTINCT found.pid FROM found) f),
    noted AS (
      UPDATE hallpass.grants g SET closed_pids = ARRAY(SELECT unnest(g.closed_pids) UNION SELECT unnest(n.pids))
        FROM (SELECT f.request_id, array_agg(f.pid) AS pids FROM found f JOIN asked a ON a.pid = f.pid
               WHERE a.reason IS NULL GROUP BY f.request_id) n
       WHERE g.request_id = n.request_id)
    SELECT f.request_id,
           format('%s session%s could still use the role%s', count(*), CASE WHEN count(*) > 1 THEN 's' END,
                  ': ' || string_agg(DISTINCT CASE WHEN u.rolsuper THEN u.rolname || ' is a superuser' ELSE a.reason END, ', ')
                          FILTER (WHERE a.reason IS NOT NULL))
      FROM found f JOIN asked a ON a.pid = f.pid LEFT JOIN pg_roles u ON u.oid = f.user_oid
     GROUP BY f.request_id;
END
$fn$;

-- Settles those of these that a committed transaction ended; answers which are not settled yet, and why.
CREATE FUNCTION hallpass.settle(ids bigint[]) RETURNS TABLE (request_id bigint, reason text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  due  bigint[];
  seen timestamptz;
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  due := ARRAY(
    SELECT g.request_id FROM hallpass.grants g
     WHERE g.request_id = ANY (ids) AND g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL
       AND g.ended_tx IS DISTINCT FROM pg_current_xact_id());
  IF cardinality(due) = 0 THEN RETURN; END IF;
  -- After the ends were seen: a session that begins later never had the role.
  seen := clock_timestamp();
  RETURN QUERY SELECT * FROM hallpass.end_concerned(due, seen);
  UPDATE hallpass.grants g
     SET gone_at = coalesce(g.gone_at, seen),
         sessions_ended_at = CASE
           WHEN EXISTS (SELECT FROM hallpass.roles r WHERE r.role = g.role_oid AND NOT r.end_sessions)
             OR g.request_id NOT IN (SELECT c.request_id FROM hallpass.concerned(due, seen) c) THEN clock_timestamp() END
   WHERE g.request_id = ANY (due);
END
$fn$;
`;
