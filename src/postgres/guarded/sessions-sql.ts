import { gives, rowsOf, usersOf } from '../reading/usable.js';
import { BY_INDEX } from './names.js';

/**
 * Sessions that a grant may have left, for Hallpass to see and to end, on the primary and on standbys: of logins
 * whose grant ended here, and of those that could use it through them, if they were open by then. So a stolen
 * credential can end no other sessions. Nothing is written: a standby can't.
 */
export const SESSIONS_SQL = `
-- Of these logins, and of those that could use what they were granted. member_oid: the login of the session.
CREATE FUNCTION hallpass.sessions(member_oids oid[])
RETURNS TABLE (pid int, member_oid oid, database name, backend_start timestamptz, xact_start timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${BY_INDEX} AS $fn$
BEGIN
  PERFORM hallpass.check_size(member_oids);
  RETURN QUERY
    WITH RECURSIVE asked AS MATERIALIZED (
      SELECT u.oid FROM unnest(member_oids) AS u (oid)
      UNION SELECT n.user_oid FROM (${usersOf('member_oids')}) n),
    acts (login, oid) AS (
      SELECT a.oid, a.oid FROM asked a
      UNION SELECT acts.login, m.roleid FROM acts CROSS JOIN LATERAL (${rowsOf(null, 'acts.oid')}) m WHERE ${gives('m')}),
    ended AS (
      SELECT acts.login, g.* FROM acts JOIN hallpass.grants g ON g.member_oid = acts.oid
      UNION ALL
      SELECT u.user_oid, g.* FROM hallpass.users u JOIN hallpass.grants g ON g.request_id = u.request_id
       WHERE u.user_oid IN (SELECT a.oid FROM asked a)),
    holder AS MATERIALIZED (
      SELECT e.login, max(CASE
               -- A standby shows the end when it has replayed it, but not when that was.
               WHEN pg_is_in_recovery() THEN e.ended_at + interval '1 day'
               WHEN e.sessions_ended_at IS NULL THEN coalesce(e.gone_at, 'infinity')
               ELSE coalesce(e.gone_at, e.sessions_ended_at + interval '1 minute') END) AS until
        FROM ended e WHERE e.ended_at IS NOT NULL AND e.end_state <> 'replaced' GROUP BY e.login)
    SELECT a.pid, a.usesysid, a.datname, a.backend_start,
           -- What track_activities = off hides counts as old.
           CASE WHEN a.state = 'disabled' THEN a.backend_start ELSE a.xact_start END
      FROM pg_stat_activity a JOIN holder h ON h.login = a.usesysid
     -- Without pg_read_all_stats, others' times are null.
     WHERE a.pid <> pg_backend_pid() AND coalesce(a.backend_start < h.until, true);
END
$fn$;

-- Asks each of these sessions to end. Gone is only what is no longer listed.
CREATE FUNCTION hallpass.end_sessions(member_oids oid[], pids int[], backend_starts timestamptz[])
RETURNS TABLE (pid int, asked boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  PERFORM hallpass.check_size(pids);
  FOR pid IN
    SELECT DISTINCT s.pid FROM hallpass.sessions(member_oids) s
      JOIN unnest(member_oids, pids, backend_starts) AS w (member_oid, pid, backend_start)
        ON w.member_oid = s.member_oid AND w.pid = s.pid AND w.backend_start IS NOT DISTINCT FROM s.backend_start
  LOOP
    asked := hallpass.end_session(pid) IS NULL;
    RETURN NEXT;
  END LOOP;
END
$fn$;

-- For Hallpass, after its revoke was committed: notes that, ends what began before, and answers how many sessions of
-- each grant were ended in all. A standby leaves it to the primary.
CREATE FUNCTION hallpass.settled(role_oids oid[], member_oids oid[])
RETURNS TABLE (role_oid oid, member_oid oid, closed int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' ${BY_INDEX} AS $fn$
DECLARE
  role oid;
BEGIN
  PERFORM hallpass.check_size(role_oids);
  IF pg_is_in_recovery() THEN RETURN; END IF;
  PERFORM hallpass.enter();
  FOR role IN SELECT DISTINCT u.oid FROM unnest(role_oids) AS u (oid) ORDER BY 1 LOOP
    PERFORM hallpass.lock_role(role);
    PERFORM hallpass.settle(ARRAY(
      SELECT g.request_id FROM hallpass.grants g
       WHERE g.role_oid = role AND g.member_oid = ANY (member_oids)
         AND g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL));
  END LOOP;
  -- A session that was asked ends in a moment. If it was seen again, it would be counted again.
  FOR wait IN 1..50 LOOP
    PERFORM pg_stat_clear_snapshot();
    EXIT WHEN NOT EXISTS (
      SELECT FROM hallpass.grants g JOIN pg_stat_activity a ON a.pid = ANY (g.closed_pids)
       WHERE g.role_oid = ANY (role_oids) AND g.member_oid = ANY (member_oids)
         AND g.ended_at > clock_timestamp() - interval '1 hour' AND g.closed_pids <> '{}' AND a.backend_start < g.ended_at);
    PERFORM pg_sleep(0.01);
  END LOOP;
  RETURN QUERY
    SELECT p.role, p.member, (
             SELECT cardinality(g.closed_pids) FROM hallpass.grants g
              WHERE g.role_oid = p.role AND g.member_oid = p.member AND g.ended_at IS NOT NULL
              ORDER BY g.granted_at DESC LIMIT 1)
      FROM unnest(role_oids, member_oids) AS p (role, member);
END
$fn$;
`;
