import { MOST, REAPER } from './names.js';

/**
 * One writer at a time. Not by advisory locks, which any user of the server can take and keep. What is read after the
 * lock was had is what everybody before has committed: so a membership that is not there will not come any more.
 */
export const LOCK_SQL = `
CREATE FUNCTION hallpass.lock_grants() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'this must be called in a transaction that is READ COMMITTED' USING ERRCODE = '25000';
  END IF;
  -- A prepared transaction would hold the lock for ever, without a session that could be ended. One that has notified
  -- can't be prepared (PostgreSQL documentation, "PREPARE TRANSACTION"). The sweep of the reaper does without: who can
  -- keep the queue of notifications full must not keep it from its COMMIT.
  IF current_setting('max_prepared_transactions')::int > 0 AND session_user <> '${REAPER}' THEN
    PERFORM pg_notify('hallpass', '');
  END IF;
  LOCK TABLE hallpass.grants IN SHARE ROW EXCLUSIVE MODE;
END
$fn$;

-- For the sweep: whoever has Hallpass's credential must not keep it out by an open transaction. Hallpass's own
-- transactions are short; after 5 s in vain, those of the logins that may call these functions are ended.
CREATE FUNCTION hallpass.lock_grants_firmly() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $fn$
BEGIN
  PERFORM hallpass.lock_grants();
EXCEPTION WHEN lock_not_available THEN
  PERFORM pg_terminate_backend(a.pid)
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.relation = 'hallpass.grants'::regclass AND l.pid <> pg_backend_pid()
      AND has_function_privilege(a.usesysid, 'hallpass.sweep()', 'EXECUTE')
      AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = a.usesysid);
  PERFORM hallpass.lock_grants();
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

CREATE FUNCTION hallpass.owner_oid() RETURNS oid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
  SELECT oid FROM pg_roles WHERE rolname = current_user
$fn$;
`;
