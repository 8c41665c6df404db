import { GRANTORS_SINCE, grantOptions } from '../quote.js';
import { BY_INDEX } from './names.js';
import { latest } from './tables-sql.js';

/** Members of these can read and write files, or run programs, as the server: as good as a superuser. */
const AS_GOOD_AS_SUPERUSER =
  "'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'neon_superuser', 'alloydbsuperuser'";

/**
 * Lending. The functions trust nobody: whoever calls them may be a thief with Hallpass's credential. Durations come in
 * milliseconds, counted by this server's clock.
 */
export const LEND_SQL = `
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
   WHERE r.rolsuper OR r.oid = me OR r.rolname IN (${AS_GOOD_AS_SUPERUSER}) LIMIT 1;
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
    || CASE WHEN current_setting('server_version_num')::int >= ${GRANTORS_SINCE}
            THEN format('${grantOptions('%s')}', set_role::text) ELSE '' END;
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
  IF coalesce(duration <= '0' OR began + duration > ${latest('first')}, true) THEN
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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${BY_INDEX} AS $fn$
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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${BY_INDEX} AS $fn$
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
                                           > ${latest('known.first_granted_at')}, true) THEN
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
`;
