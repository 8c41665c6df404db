import { BY_INDEX, MOST } from './names.js';

/** The most grants of one role that one sweep revokes: the next goes on. */
const MOST_OF_A_ROLE = 10_000;
/** The most rows that one call forgets. */
const MOST_PRUNED = 500;

export const SWEEP_SQL = `
-- Forgets what ended long ago, a little at a time; never the highest id, after which a new ledger must begin.
CREATE FUNCTION hallpass.prune() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  -- By now(): clock_timestamp() moves while it is read, and so is not looked up in an index.
  DELETE FROM hallpass.grants WHERE request_id IN (
    SELECT g.request_id FROM hallpass.grants g
     WHERE g.sessions_ended_at < now() - (SELECT c.keep FROM hallpass.config c)
       AND g.request_id <> (SELECT max(h.request_id) FROM hallpass.grants h)
     ORDER BY g.sessions_ended_at LIMIT ${MOST_PRUNED} FOR UPDATE SKIP LOCKED);
END
$fn$;

-- One role, which the caller has locked: revokes what is due; settles what earlier calls ended, and answers what is
-- not settled; notes who can use what is granted.
CREATE FUNCTION hallpass.sweep_role(role oid) RETURNS TABLE (request_id bigint, state text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  batch record;
BEGIN
  FOR batch IN
    SELECT array_agg(d.request_id) AS ids, array_agg(d.member_oid) AS members
      FROM (SELECT g.request_id, g.member_oid, (row_number() OVER (ORDER BY g.expires_at) - 1) / ${MOST} AS part
              FROM hallpass.grants g
             WHERE g.role_oid = role AND g.ended_at IS NULL AND g.expires_at <= clock_timestamp()
             ORDER BY g.expires_at LIMIT ${MOST_OF_A_ROLE}) d
     GROUP BY d.part
  LOOP
    RETURN QUERY
      SELECT due.id, CASE e.state WHEN 'failed' THEN format('failed: %s (%s)', e.message, e.code) ELSE e.state END
        FROM hallpass.end_pairs(role, batch.members) e
        JOIN unnest(batch.ids, batch.members) AS due (id, member) ON due.member = e.member_oid;
  END LOOP;
  RETURN QUERY
    SELECT s.request_id, format('failed: %s', s.reason)
      FROM hallpass.settle(ARRAY(SELECT g.request_id FROM hallpass.grants g
                                  WHERE g.role_oid = role AND g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL)) s;
  PERFORM hallpass.note_users(ARRAY(
    SELECT g.request_id FROM hallpass.grants g WHERE g.role_oid = role AND g.ended_at IS NULL));
END
$fn$;

-- Revokes everything whose time is up, and ends the sessions that could still use it: those that are open now, and,
-- for grants that an earlier, committed call ended, every session that began before that. It may be run at any
-- moment, any number of times. state: revoked, absent, dropped, or failed: … for what the next call must try again.
CREATE FUNCTION hallpass.sweep() RETURNS TABLE (request_id bigint, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' ${BY_INDEX} AS $fn$
DECLARE
  role   oid;
  is_due boolean;
BEGIN
  IF pg_is_in_recovery() THEN RETURN; END IF;
  PERFORM hallpass.enter();
  FOR role, is_due IN
    SELECT r.oid, bool_or(r.is_due)
      FROM (SELECT g.role_oid, g.expires_at <= clock_timestamp() FROM hallpass.grants g WHERE g.ended_at IS NULL
            UNION ALL
            SELECT g.role_oid, true FROM hallpass.grants g WHERE g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL
           ) AS r (oid, is_due)
     GROUP BY r.oid ORDER BY r.oid
  LOOP
    -- If nothing is due and another call has the role locked, that call notes its users, too.
    CONTINUE WHEN NOT is_due AND NOT EXISTS (
      SELECT FROM hallpass.locks l WHERE l.role_oid = role FOR UPDATE SKIP LOCKED);
    BEGIN
      PERFORM hallpass.lock_role(role);
      RETURN QUERY SELECT * FROM hallpass.sweep_role(role);
    EXCEPTION WHEN OTHERS THEN
      RETURN QUERY
        SELECT g.request_id, format('failed: %s (%s)', SQLERRM, SQLSTATE) FROM hallpass.grants g
         WHERE g.role_oid = role AND g.ended_at IS NULL AND g.expires_at <= clock_timestamp();
    END;
  END LOOP;
  PERFORM hallpass.prune();
END
$fn$;
`;
