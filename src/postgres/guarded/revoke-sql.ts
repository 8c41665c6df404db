import { GRANTORS_SINCE } from '../quote.js';
import { rowsOf } from '../reading/usable.js';
import { BY_INDEX } from './names.js';

const OPEN = 'g.ended_at IS NULL';
const UNSETTLED = 'g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL';

/** Of one login, by index: joined with a list of logins, each would be compared with all grants of the role. */
const grantsOf = (member: string, which: string): string =>
  `SELECT g.request_id, g.ctid AS place FROM hallpass.grants g WHERE g.role_oid = role AND g.member_oid = ${member} AND ${which} OFFSET 0`;

/** Revoking: only what the owner granted, by OID, proved by the rows that are read afterwards. */
export const REVOKE_SQL = `
-- One REVOKE for all of these; when it fails, by halves, so one bad login delays no other. A lock holds for every
-- login.
CREATE FUNCTION hallpass.revoke_from(role oid, members oid[])
RETURNS TABLE (member_oid oid, state text, code text, message text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = 'error' AS $fn$
DECLARE
  me        oid := hallpass.owner_oid();
  role_name name := (SELECT r.rolname FROM pg_roles r WHERE r.oid = role);
  ours      oid[];
  logins    text;
  half      int;
BEGIN
  SELECT array_agg(m.member), string_agg(format('%I', u.rolname), ', ') INTO ours, logins
    FROM unnest(members) AS x (member)
   CROSS JOIN LATERAL (${rowsOf('role', 'x.member')}) m
   CROSS JOIN LATERAL (SELECT r.rolname FROM pg_roles r WHERE r.oid = m.member OFFSET 0) u
   WHERE m.grantor = me;
  BEGIN
    IF ours IS NOT NULL THEN
      EXECUTE format('REVOKE %I FROM %s', role_name, logins)
        || CASE WHEN current_setting('server_version_num')::int >= ${GRANTORS_SINCE}
                THEN ' GRANTED BY CURRENT_USER' ELSE '' END;
      -- A REVOKE that did nothing also succeeds.
      IF EXISTS (SELECT FROM unnest(ours) AS x (member) CROSS JOIN LATERAL (${rowsOf('role', 'x.member')}) m
                  WHERE m.grantor = me) THEN
        RAISE EXCEPTION 'the membership was still there after the REVOKE' USING ERRCODE = '40001';
      END IF;
    END IF;
    RETURN QUERY
      SELECT x.member, CASE WHEN role_name IS NULL OR u.oid IS NULL THEN 'dropped'
                            WHEN o.member IS NOT NULL THEN 'revoked' ELSE 'absent' END, NULL::text, NULL::text
        FROM unnest(members) AS x (member)
        LEFT JOIN LATERAL (SELECT r.oid FROM pg_roles r WHERE r.oid = x.member OFFSET 0) u ON true
        LEFT JOIN unnest(ours) AS o (member) ON o.member = x.member;
    RETURN;
  EXCEPTION WHEN OTHERS THEN
    IF cardinality(members) = 1 OR SQLSTATE = '55P03' THEN
      RETURN QUERY SELECT x.member, 'failed', SQLSTATE, SQLERRM FROM unnest(members) AS x (member);
      RETURN;
    END IF;
  END;
  half := cardinality(members) / 2;
  RETURN QUERY SELECT * FROM hallpass.revoke_from(role, members[:half]);
  RETURN QUERY SELECT * FROM hallpass.revoke_from(role, members[half + 1:]);
END
$fn$;

-- Revokes these, writes it down, and ends the sessions that are open now; settle proves that. The caller has the role
-- locked.
CREATE FUNCTION hallpass.end_pairs(role oid, members oid[])
RETURNS TABLE (member_oid oid, state text, code text, message text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  PERFORM hallpass.note_users(ARRAY(
    SELECT o.request_id FROM unnest(members) AS x (member) CROSS JOIN LATERAL (${grantsOf('x.member', OPEN)}) o));
  RETURN QUERY
    WITH answer AS MATERIALIZED (SELECT * FROM hallpass.revoke_from(role, members)),
    -- By its place, which nobody else changes while the role is locked. By its id, a server with statistics of a time
    -- when nothing was out would compare each with all.
    ended AS (
      UPDATE hallpass.grants g SET ended_at = clock_timestamp(), ended_tx = pg_current_xact_id(), end_state = a.state
        FROM (SELECT o.place, a.state FROM answer a CROSS JOIN LATERAL (${grantsOf('a.member_oid', OPEN)}) o
               WHERE a.state <> 'failed') a
       WHERE g.ctid = a.place
      RETURNING g.member_oid),
    -- A membership of ours without a grant here, after a restore, for example, leaves sessions, too. The condition is
    -- negative, or the planner would expect so few rows that it compares each with all.
    strange AS MATERIALIZED (
      SELECT a.member_oid, a.state FROM answer a LEFT JOIN ended e ON e.member_oid = a.member_oid
       WHERE e.member_oid IS NULL AND a.state NOT IN ('absent', 'dropped', 'failed')),
    unexplained AS (
      INSERT INTO hallpass.grants
        (request_id, role_oid, member_oid, role_name, member_name, set_role, mark, first_granted_at, granted_at,
         expires_at, ended_at, ended_tx, end_state, by_set)
      SELECT -nextval('hallpass.unexplained'), r.oid, u.oid, r.rolname, u.rolname, true, pg_current_xact_id()::xid::text,
             t.now, t.now, t.now, t.now, pg_current_xact_id(), s.state, true
        FROM strange s CROSS JOIN LATERAL (SELECT l.oid, l.rolname FROM pg_roles l WHERE l.oid = s.member_oid OFFSET 0) u
        JOIN pg_roles r ON r.oid = role
       CROSS JOIN (SELECT clock_timestamp() AS now) t)
    SELECT a.* FROM answer a;
  PERFORM hallpass.end_concerned(ARRAY(
    SELECT e.request_id FROM unnest(members) AS x (member) CROSS JOIN LATERAL (${grantsOf('x.member', UNSETTLED)}) e),
    clock_timestamp());
END
$fn$;

-- state: revoked, absent (no membership by the owner), dropped (the role or the login is gone), or failed.
CREATE FUNCTION hallpass.revoke(role_oids oid[], member_oids oid[])
RETURNS TABLE (role_oid oid, member_oid oid, state text, code text, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' ${BY_INDEX} AS $fn$
DECLARE
  batch record;
BEGIN
  PERFORM hallpass.check_size(role_oids);
  PERFORM hallpass.enter();
  FOR batch IN
    SELECT u.role, array_agg(DISTINCT u.member) AS members
      FROM unnest(role_oids, member_oids) AS u (role, member) GROUP BY u.role ORDER BY u.role
  LOOP
    BEGIN
      PERFORM hallpass.lock_role(batch.role);
    EXCEPTION WHEN lock_not_available THEN
      RETURN QUERY SELECT batch.role, x.member, 'failed', SQLSTATE, SQLERRM FROM unnest(batch.members) AS x (member);
      CONTINUE;
    END;
    -- What an earlier caller left. A caller with many to revoke calls settled when all are revoked.
    PERFORM hallpass.settle(ARRAY(
      SELECT g.request_id FROM hallpass.grants g
       WHERE g.role_oid = batch.role AND g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL
         AND g.ended_at < now() - interval '5 s'));
    RETURN QUERY SELECT batch.role, e.* FROM hallpass.end_pairs(batch.role, batch.members) e;
  END LOOP;
  PERFORM hallpass.prune();
END
$fn$;
`;
