import { MOST, REAPER } from './names.js';

/**
 * One writer at a time for each role, and none waits for long. Not by advisory locks, which any user of the server
 * can take and keep, nor by a lock on all grants, which an open transaction would keep from everybody. What is read
 * under the lock is everything that earlier writers have committed, so a membership that is not there won't come.
 */
export const LOCK_SQL = `
CREATE FUNCTION hallpass.owner_oid() RETURNS oid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  RETURN (
  SELECT oid FROM pg_roles WHERE rolname = current_user);
END
$fn$;

-- The logins that may call these functions: by the access list itself, because pg_read_all_data has USAGE on every
-- schema.
CREATE FUNCTION hallpass.own_logins() RETURNS oid[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  RETURN (
  SELECT coalesce(array_agg(DISTINCT a.grantee), '{}')
    FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
   WHERE n.nspname = 'hallpass' AND a.grantee NOT IN (0, n.nspowner));
END
$fn$;

-- Every function that writes begins with it.
CREATE FUNCTION hallpass.enter() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'this must be called in a transaction that is READ COMMITTED' USING ERRCODE = '25000';
  END IF;
  -- A prepared transaction would hold its locks without a session that could be ended. One that has exported a
  -- snapshot can't be prepared (PostgreSQL documentation, "PREPARE TRANSACTION"). A notification would do, too, but
  -- anybody on the server can fill the queue, and then no transaction that notifies could commit.
  IF current_setting('max_prepared_transactions')::int > 0 THEN
    PERFORM pg_export_snapshot();
  END IF;
END
$fn$;

-- Ends a session; returns why it could not be ended, or null. One that resists delays no other.
CREATE FUNCTION hallpass.end_session(pid int) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = 'error' AS $fn$
BEGIN
  PERFORM pg_terminate_backend(pid);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLERRM;
END
$fn$;

-- Ends the transactions of Hallpass's own logins that keep others waiting. Hallpass's are short, so these are stuck,
-- or a thief's: one that is idle; one that is given as stuck; one older than Hallpass lets any become; and one that
-- keeps others from leaving their mark (below). The reaper goes first: it ends sooner what is in its way, and other
-- logins end its own only when they are very old.
CREATE FUNCTION hallpass.end_blockers(stuck text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  now timestamptz := clock_timestamp();
  own oid[] := hallpass.own_logins();
  old interval := CASE WHEN session_user = '${REAPER}' THEN '4 s' ELSE '20 s' END;
BEGIN
  PERFORM pg_stat_clear_snapshot();
  PERFORM hallpass.end_session(a.pid)
     FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
    WHERE a.pid <> pg_backend_pid() AND a.usesysid = ANY (own) AND NOT r.rolsuper
      AND EXISTS (SELECT FROM pg_locks l
                   WHERE l.pid = a.pid AND l.granted
                     AND (l.locktype = 'advisory' AND l.classid = 'hallpass.locks'::regclass AND l.mode = 'ExclusiveLock'
                          OR l.relation = 'hallpass.locks'::regclass
                             AND (l.virtualtransaction = ANY (stuck) OR CASE a.state WHEN 'disabled' THEN a.backend_start ELSE a.xact_start END < now - old
                                  OR a.state LIKE 'idle in transaction%' AND a.state_change < now - interval '1 s')))
      AND (r.rolname <> '${REAPER}' OR session_user = '${REAPER}' OR a.xact_start < now - interval '30 s');
END
$fn$;

-- The transactions that hold the role, by their marks: a row's lock doesn't show its holder. Not those that wait for
-- another role: they end its holder, and then go on.
CREATE FUNCTION hallpass.holders(role oid) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  RETURN ARRAY(
    SELECT l.virtualtransaction FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE l.locktype = 'advisory' AND l.classid = 'hallpass.locks'::regclass AND l.objid = role AND l.objsubid = 2
       AND l.granted AND d.datname = current_database()
       AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND w.locktype = 'tuple'
                                                AND w.relation = 'hallpass.locks'::regclass));
END
$fn$;

-- Waits for the role, ends the transaction that keeps it, and tries again. Many that take turns are not ended: each
-- time, others hold it. What others than Hallpass have locked is left alone, and answered as locked.
CREATE FUNCTION hallpass.lock_role(role oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $fn$
DECLARE
  held  text[];
  once  text[] := '{}';
  twice text[] := '{}';
BEGIN
  FOR attempt IN 1..6 LOOP
    BEGIN
      INSERT INTO hallpass.locks (role_oid)
        SELECT role WHERE EXISTS (SELECT FROM pg_roles r WHERE r.oid = role)
                       OR EXISTS (SELECT FROM hallpass.grants g WHERE g.role_oid = role)
        ON CONFLICT DO NOTHING;
      PERFORM FROM hallpass.locks l WHERE l.role_oid = role FOR UPDATE;
      -- The mark. It excludes no other transaction.
      PERFORM pg_try_advisory_xact_lock_shared('hallpass.locks'::regclass::oid::int, role::int);
      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      IF attempt = 6 THEN
        RAISE EXCEPTION 'the role is locked' USING ERRCODE = '55P03';
      END IF;
      held := hallpass.holders(role);
      -- Stuck is what was there each time, for four seconds.
      PERFORM hallpass.end_blockers(ARRAY(SELECT unnest(held) INTERSECT SELECT unnest(twice)));
      twice := ARRAY(SELECT unnest(held) INTERSECT SELECT unnest(once));
      once := held;
      PERFORM set_config('lock_timeout', '2s', true);
    END;
  END LOOP;
END
$fn$;

CREATE FUNCTION hallpass.check_size(items anyarray) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF cardinality(items) > ${MOST} THEN
    RAISE EXCEPTION 'more than ${MOST} at once' USING ERRCODE = '54000';
  END IF;
END
$fn$;
`;
