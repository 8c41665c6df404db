
DO $do$
BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hallpass' AND pg_get_userbyid(nspowner) <> 'hallpass_owner') THEN
    RAISE EXCEPTION 'there is a schema hallpass of somebody else in this database';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hallpass_reaper') THEN
    -- It has no password yet: \password hallpass_reaper
    CREATE ROLE hallpass_reaper LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hallpass_reaper', current_database());
END
$do$;

CREATE SCHEMA IF NOT EXISTS hallpass AUTHORIZATION hallpass_owner;
SET LOCAL ROLE hallpass_owner;


CREATE TABLE IF NOT EXISTS hallpass.config (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Nothing is lent for longer, extensions included. Yours to set: UPDATE hallpass.config SET longest = '4 hours';
  longest interval NOT NULL DEFAULT '12 hours' CHECK (longest > '0'));
INSERT INTO hallpass.config DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS hallpass.grants (
  request_id  bigint PRIMARY KEY,
  role_oid    oid NOT NULL,
  member_oid  oid NOT NULL,
  -- As they were called at the GRANT, for people to read.
  role_name   text NOT NULL,
  member_name text NOT NULL,
  set_role    boolean NOT NULL,
  -- The transaction of the GRANT.
  mark        text NOT NULL,
  -- Earlier than granted_at when another request held the pair until then: the limit counts from it.
  first_granted_at timestamptz NOT NULL,
  granted_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  end_state   text CHECK (end_state IN ('revoked', 'absent', 'dropped', 'replaced')),
  CHECK ((ended_at IS NULL) = (end_state IS NULL)));
CREATE UNIQUE INDEX IF NOT EXISTS grants_open ON hallpass.grants (role_oid, member_oid) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS grants_due ON hallpass.grants (expires_at) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS grants_ended ON hallpass.grants (member_oid, ended_at) WHERE ended_at IS NOT NULL;

-- What an earlier version left must not stay callable.
DO $do$
DECLARE
  old text;
BEGIN
  FOR old IN SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'hallpass'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION ' || old;
  END LOOP;
END
$do$;


CREATE FUNCTION hallpass.lock_grants() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'this must be called in a transaction that is READ COMMITTED' USING ERRCODE = '25000';
  END IF;
  -- A prepared transaction would hold the lock for ever, without a session that could be ended. One that has notified
  -- can't be prepared (PostgreSQL documentation, "PREPARE TRANSACTION"). The sweep of the reaper does without: who can
  -- keep the queue of notifications full must not keep it from its COMMIT.
  IF current_setting('max_prepared_transactions')::int > 0 AND session_user <> 'hallpass_reaper' THEN
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
  IF cardinality(items) > 500 THEN
    RAISE EXCEPTION 'more than 500 at once' USING ERRCODE = '54000';
  END IF;
END
$fn$;

CREATE FUNCTION hallpass.owner_oid() RETURNS oid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
  SELECT oid FROM pg_roles WHERE rolname = current_user
$fn$;


-- Why this role may be lent to nobody, or null.
CREATE FUNCTION hallpass.why_not_role(role_oid oid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  me    oid := hallpass.owner_oid();
  power name;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_auth_members m
                  WHERE m.roleid = role_oid AND m.member = me AND m.admin_option) THEN
    RETURN format('%s has no ADMIN OPTION on %s', current_user, pg_get_userbyid(role_oid));
  END IF;
  WITH RECURSIVE up (oid) AS (
    SELECT role_oid UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid)
  SELECT r.rolname INTO power FROM up JOIN pg_roles r ON r.oid = up.oid
   WHERE r.rolsuper OR r.oid = me OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'neon_superuser', 'alloydbsuperuser') LIMIT 1;
  IF FOUND THEN
    RETURN format('it has the powers of %s, and those are never lent', power);
  END IF;
  RETURN NULL;
END
$fn$;

-- Why nothing may be lent to this member, or null.
CREATE FUNCTION hallpass.why_not_member(member pg_roles) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF member.rolsuper THEN
    RETURN format('the login %s is a superuser', member.rolname);
  END IF;
  -- To a group it would go to every member of it.
  IF NOT member.rolcanlogin THEN
    RETURN format('%s can''t log in', member.rolname);
  END IF;
  -- Nor to a login of which Hallpass's own is a member.
  IF pg_has_role(session_user, member.oid, 'MEMBER') OR pg_has_role(member.oid, current_user, 'MEMBER')
     OR has_schema_privilege(member.oid, 'hallpass', 'USAGE') THEN
    RETURN format('%s is a login of Hallpass itself', member.rolname);
  END IF;
  RETURN NULL;
END
$fn$;

-- GRANT, and whose the membership is then: told by the grantor of the row. Up to 15, a GRANT of what somebody else
-- granted does nothing and says nothing.
CREATE FUNCTION hallpass.grant_pair(role pg_roles, member pg_roles, set_role boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = 'warning' AS $fn$
DECLARE
  me       oid := hallpass.owner_oid();
  was_ours boolean;
  is_ours  boolean;
  via      text;
BEGIN
  -- The grantor is no condition of the search: without statistics the planner would go through all that we granted.
  SELECT bool_or(m.grantor = me) INTO was_ours
    FROM pg_auth_members m WHERE m.roleid = role.oid AND m.member = member.oid;
  EXECUTE format('GRANT %I TO %I', role.rolname, member.rolname)
    || CASE WHEN current_setting('server_version_num')::int >= 160000
            THEN format(' WITH ADMIN FALSE, INHERIT TRUE, SET %s GRANTED BY CURRENT_USER', set_role::text) ELSE '' END;
  SELECT bool_or(m.grantor = me), min(pg_get_userbyid(m.grantor)::text) FILTER (WHERE m.grantor <> me)
    INTO is_ours, via
    FROM pg_auth_members m WHERE m.roleid = role.oid AND m.member = member.oid;
  IF via IS NOT NULL AND was_ours IS NOT TRUE THEN
    -- Undoes the GRANT.
    RAISE EXCEPTION '%', via USING ERRCODE = 'HP001';
  END IF;
  IF is_ours IS NOT TRUE THEN
    RAISE EXCEPTION 'the membership was not there after the GRANT' USING ERRCODE = '40001';
  END IF;
END
$fn$;

CREATE FUNCTION hallpass.lend_one(request bigint, role_oid oid, member_oid oid, duration interval, set_role boolean)
RETURNS hallpass.grants
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  role   pg_roles;
  member pg_roles;
  known  hallpass.grants;
  began  timestamptz := clock_timestamp();
  first  timestamptz;
  why    text;
BEGIN
  SELECT * INTO role FROM pg_roles r WHERE r.oid = lend_one.role_oid;
  SELECT * INTO member FROM pg_roles r WHERE r.oid = lend_one.member_oid;
  IF NOT FOUND THEN RAISE EXCEPTION 'there is no such login' USING ERRCODE = '42704'; END IF;
  why := hallpass.why_not_member(member);
  IF why IS NOT NULL THEN RAISE EXCEPTION '%', why USING ERRCODE = '42501'; END IF;

  SELECT * INTO known FROM hallpass.grants g WHERE g.request_id = request;
  IF FOUND THEN
    IF known.role_oid <> role.oid OR known.member_oid <> member.oid THEN
      RAISE EXCEPTION 'request % was for something else', known.request_id USING ERRCODE = '55000';
    END IF;
    IF known.ended_at IS NOT NULL OR known.expires_at <= began THEN
      RAISE EXCEPTION 'request % has ended', known.request_id USING ERRCODE = '55000';
    END IF;
    PERFORM hallpass.grant_pair(role, member, known.set_role);
    RETURN known;
  END IF;

  -- A pair has one open grant. One that follows another without a break takes over its beginning.
  UPDATE hallpass.grants g SET ended_at = began, end_state = 'replaced'
   WHERE g.role_oid = role.oid AND g.member_oid = member.oid AND g.ended_at IS NULL
  RETURNING g.first_granted_at INTO first;
  first := coalesce(first, began);
  IF coalesce(duration <= '0' OR began + duration > first + (SELECT longest FROM hallpass.config) + interval '60000 ms', true) THEN
    RAISE EXCEPTION 'the duration is not within the limit of this server, %', (SELECT longest FROM hallpass.config)
      USING ERRCODE = '22023';
  END IF;
  INSERT INTO hallpass.grants AS g
    (request_id, role_oid, member_oid, role_name, member_name, set_role, mark, first_granted_at, granted_at, expires_at)
  VALUES (request, role.oid, member.oid, role.rolname, member.rolname, lend_one.set_role,
          pg_current_xact_id()::xid::text, first, began, began + duration)
  RETURNING * INTO known;
  PERFORM hallpass.grant_pair(role, member, known.set_role);
  RETURN known;
END
$fn$;

-- state: lent (also by an earlier call for the same request), held (message: by whom), failed (code and message).
CREATE FUNCTION hallpass.lend(request_ids bigint[], role_oids oid[], member_oids oid[], durations_ms bigint[],
                              set_roles boolean[])
RETURNS TABLE (request_id bigint, state text, mark text, granted_at timestamptz, expires_at timestamptz, code text,
               message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $fn$
DECLARE
  wish    record;
  done    hallpass.grants;
  locked  oid[] := '{}';
  checked oid := 0;
  why     text;
BEGIN
  PERFORM hallpass.check_size(request_ids);
  PERFORM hallpass.lock_grants();
  FOR wish IN SELECT * FROM unnest(request_ids, role_oids, member_oids, durations_ms, set_roles)
                AS w (request_id, role_oid, member_oid, duration_ms, set_role) LOOP
    SELECT wish.request_id, 'lent', NULL, NULL, NULL, NULL, NULL
      INTO request_id, state, mark, granted_at, expires_at, code, message;
    BEGIN
      -- Waiting once for each role that somebody has locked is enough.
      IF wish.role_oid = ANY (locked) THEN
        RAISE EXCEPTION 'the role is locked' USING ERRCODE = '55P03';
      END IF;
      -- Many wishes for one role come together, and to look at all that it is a member of takes long.
      IF wish.role_oid IS DISTINCT FROM checked THEN
        why := hallpass.why_not_role(wish.role_oid);
        checked := wish.role_oid;
      END IF;
      IF why IS NOT NULL THEN RAISE EXCEPTION '%', why USING ERRCODE = '42501'; END IF;
      done := hallpass.lend_one(wish.request_id, wish.role_oid, wish.member_oid,
                                wish.duration_ms * interval '1 ms', wish.set_role);
      mark := done.mark;
      granted_at := done.granted_at;
      expires_at := done.expires_at;
    EXCEPTION
      WHEN SQLSTATE 'HP001' THEN
        state := 'held';
        message := SQLERRM;
      WHEN OTHERS THEN
        state := 'failed';
        code := SQLSTATE;
        message := SQLERRM;
        IF code = '55P03' THEN locked := locked || wish.role_oid; END IF;
    END;
    RETURN NEXT;
  END LOOP;
END
$fn$;

-- Durations count from the GRANT, as for lend. Never shortens. state: extended, or failed.
CREATE FUNCTION hallpass.extend(request_ids bigint[], durations_ms bigint[])
RETURNS TABLE (request_id bigint, state text, expires_at timestamptz, code text, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $fn$
DECLARE
  wish  record;
  known hallpass.grants;
BEGIN
  PERFORM hallpass.check_size(request_ids);
  PERFORM hallpass.lock_grants();
  FOR wish IN SELECT * FROM unnest(request_ids, durations_ms) AS w (id, duration_ms) LOOP
    SELECT wish.id, 'extended', NULL, NULL, NULL INTO request_id, state, expires_at, code, message;
    BEGIN
      SELECT * INTO known FROM hallpass.grants g WHERE g.request_id = wish.id;
      IF NOT FOUND OR known.ended_at IS NOT NULL OR known.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'request % is not lent any more', wish.id USING ERRCODE = '55000';
      END IF;
      IF coalesce(wish.duration_ms <= 0 OR known.granted_at + wish.duration_ms * interval '1 ms'
                                           > known.first_granted_at + (SELECT longest FROM hallpass.config) + interval '60000 ms', true) THEN
        RAISE EXCEPTION 'the duration is not within the limit of this server, %', (SELECT longest FROM hallpass.config)
          USING ERRCODE = '22023';
      END IF;
      UPDATE hallpass.grants g
         SET expires_at = greatest(g.expires_at, g.granted_at + wish.duration_ms * interval '1 ms')
       WHERE g.request_id = wish.id RETURNING g.expires_at INTO expires_at;
    EXCEPTION WHEN OTHERS THEN
      state := 'failed';
      code := SQLSTATE;
      message := SQLERRM;
    END;
    RETURN NEXT;
  END LOOP;
END
$fn$;


-- One REVOKE for all of these; when it fails, by halves, so that one bad login delays nobody. What is locked is
-- locked for every login.
CREATE FUNCTION hallpass.revoke(role oid, members oid[])
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
    FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
   WHERE m.roleid = role AND m.grantor = me AND m.member = ANY (members);
  BEGIN
    IF ours IS NOT NULL THEN
      EXECUTE format('REVOKE %I FROM %s', role_name, logins)
        || CASE WHEN current_setting('server_version_num')::int >= 160000
                THEN ' GRANTED BY CURRENT_USER' ELSE '' END;
      -- A REVOKE that took nothing away answers success.
      IF EXISTS (SELECT FROM pg_auth_members m
                  WHERE m.roleid = role AND m.grantor = me AND m.member = ANY (ours)) THEN
        RAISE EXCEPTION 'the membership was still there after the REVOKE' USING ERRCODE = '40001';
      END IF;
    END IF;
    RETURN QUERY
      SELECT x.member, CASE WHEN role_name IS NULL OR u.oid IS NULL THEN 'dropped'
                            WHEN x.member = ANY (ours) THEN 'revoked' ELSE 'absent' END, NULL::text, NULL::text
        FROM unnest(members) AS x (member) LEFT JOIN pg_roles u ON u.oid = x.member;
    RETURN;
  EXCEPTION WHEN OTHERS THEN
    IF cardinality(members) = 1 OR SQLSTATE = '55P03' THEN
      RETURN QUERY SELECT x.member, 'failed', SQLSTATE, SQLERRM FROM unnest(members) AS x (member);
      RETURN;
    END IF;
  END;
  half := cardinality(members) / 2;
  RETURN QUERY SELECT * FROM hallpass.revoke(role, members[:half]);
  RETURN QUERY SELECT * FROM hallpass.revoke(role, members[half + 1:]);
END
$fn$;

-- Takes these back and writes it down. For whoever has the lock.
CREATE FUNCTION hallpass.end_pairs(role_oids oid[], member_oids oid[])
RETURNS TABLE (role_oid oid, member_oid oid, state text, code text, message text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  batch record;
BEGIN
  FOR batch IN
    SELECT p.role, array_agg(p.member) AS members
      FROM (SELECT x.role, x.member, (row_number() OVER (PARTITION BY x.role) - 1) / 500 AS part
              FROM (SELECT DISTINCT * FROM unnest(role_oids, member_oids) AS u (role, member)) AS x) AS p
     GROUP BY p.role, p.part
  LOOP
    RETURN QUERY
      WITH answer AS MATERIALIZED (SELECT * FROM hallpass.revoke(batch.role, batch.members)),
      ended AS (
        UPDATE hallpass.grants g SET ended_at = clock_timestamp(), end_state = a.state
          FROM answer a
         WHERE g.role_oid = batch.role AND g.member_oid = a.member_oid AND g.ended_at IS NULL AND a.state <> 'failed')
      SELECT batch.role, a.* FROM answer a;
  END LOOP;
END
$fn$;

-- state: revoked, absent (no membership by the owner), dropped (the role or the login is gone), or failed.
CREATE FUNCTION hallpass.take_back(role_oids oid[], member_oids oid[])
RETURNS TABLE (role_oid oid, member_oid oid, state text, code text, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $fn$
BEGIN
  PERFORM hallpass.check_size(role_oids);
  PERFORM hallpass.lock_grants();
  RETURN QUERY SELECT * FROM hallpass.end_pairs(role_oids, member_oids);
END
$fn$;

-- Takes back everything whose time is up. Anybody may run it, at any moment, any number of times.
CREATE FUNCTION hallpass.sweep() RETURNS TABLE (request_id bigint, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' SET enable_seqscan = off AS $fn$
DECLARE
  ids     bigint[];
  roles   oid[];
  members oid[];
BEGIN
  IF pg_is_in_recovery() OR NOT EXISTS (SELECT FROM hallpass.grants g
                                         WHERE g.ended_at IS NULL AND g.expires_at <= clock_timestamp()) THEN
    RETURN;
  END IF;
  PERFORM hallpass.lock_grants_firmly();
  SELECT array_agg(g.request_id), array_agg(g.role_oid), array_agg(g.member_oid) INTO ids, roles, members
    FROM hallpass.grants g WHERE g.ended_at IS NULL AND g.expires_at <= clock_timestamp();
  RETURN QUERY
    SELECT due.id, CASE a.state WHEN 'failed' THEN format('failed: %s (%s)', a.message, a.code) ELSE a.state END
      FROM hallpass.end_pairs(roles, members) a
      JOIN unnest(ids, roles, members) AS due (id, role_oid, member_oid) USING (role_oid, member_oid);
END
$fn$;


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

-- A function is for everybody until this is said.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hallpass FROM PUBLIC;
REVOKE ALL ON SCHEMA hallpass FROM PUBLIC;
GRANT USAGE ON SCHEMA hallpass TO "hallpass", hallpass_reaper;
GRANT EXECUTE ON FUNCTION
  hallpass.lend(bigint[], oid[], oid[], bigint[], boolean[]),
  hallpass.extend(bigint[], bigint[]),
  hallpass.take_back(oid[], oid[]),
  hallpass.sweep(),
  hallpass.list(),
  hallpass.last_request_id(),
  hallpass.sessions(oid[]),
  hallpass.end_sessions(oid[], int[], timestamptz[])
  TO "hallpass";
GRANT EXECUTE ON FUNCTION hallpass.sweep() TO hallpass_reaper;

RESET ROLE;
