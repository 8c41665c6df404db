import { GRANTORS_SINCE, grantOptions } from '../quote.js';
import { gives } from '../reading/usable.js';
import { BY_INDEX } from './names.js';
import { latest } from './tables-sql.js';

/**
 * Granting. The functions trust no caller: it may be a thief with Hallpass's credential. Durations are in
 * milliseconds, counted by this server's clock.
 */
export const GRANT_SQL = `
-- GRANT, then look whose the membership is: the grantor of the row tells. Up to 15, a GRANT of what somebody else
-- granted does nothing and says nothing.
CREATE FUNCTION hallpass.grant_pair(role pg_roles, member pg_roles, set_role boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = 'warning' AS $fn$
DECLARE
  me       oid := hallpass.owner_oid();
  was_ours boolean;
  is_ours  boolean;
  via      text;
BEGIN
  -- The grantor is no condition of the search: without statistics the planner would go through everything that we
  -- granted.
  SELECT bool_or(m.grantor = me) INTO was_ours
    FROM pg_auth_members m WHERE m.roleid = role.oid AND m.member = member.oid;
  EXECUTE format('GRANT %I TO %I', role.rolname, member.rolname)
    || CASE WHEN current_setting('server_version_num')::int >= ${GRANTORS_SINCE}
            THEN format('${grantOptions('%s')}', set_role::text) ELSE '' END;
  SELECT bool_or(m.grantor = me), min(pg_get_userbyid(m.grantor)::text) FILTER (WHERE m.grantor <> me AND ${gives('m')})
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

-- The caller has the role locked.
CREATE FUNCTION hallpass.grant_one(request bigint, role_oid oid, member_oid oid, duration interval, set_role boolean)
RETURNS hallpass.grants
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  role   pg_roles;
  member pg_roles;
  known  hallpass.grants;
  began  timestamptz;
  first  timestamptz;
  by_set boolean;
  why    text;
BEGIN
  SELECT * INTO role FROM pg_roles r WHERE r.oid = grant_one.role_oid;
  SELECT * INTO member FROM pg_roles r WHERE r.oid = grant_one.member_oid;
  IF NOT FOUND THEN RAISE EXCEPTION 'there is no such login' USING ERRCODE = '42704'; END IF;
  why := hallpass.why_not_login(member.oid);
  IF why IS NULL AND set_role AND NOT hallpass.may_set(role.oid) THEN
    why := format(E'this server does not allow SET ROLE to %s\\n%s', role.rolname, hallpass.allow_set_sql(role.rolname));
  END IF;
  IF why IS NOT NULL THEN RAISE EXCEPTION '%', why USING ERRCODE = '42501'; END IF;

  SELECT * INTO known FROM hallpass.grants g WHERE g.request_id = request;
  IF FOUND THEN
    IF known.role_oid <> role.oid OR known.member_oid <> member.oid THEN
      RAISE EXCEPTION 'request % was for something else', known.request_id USING ERRCODE = '55000';
    END IF;
    IF known.ended_at IS NOT NULL OR known.expires_at <= clock_timestamp() THEN
      RAISE EXCEPTION 'request % has ended', known.request_id USING ERRCODE = '55000';
    END IF;
    PERFORM hallpass.grant_pair(role, member, known.set_role);
    RETURN known;
  END IF;

  -- A pair has one open grant. One that follows another without a pause keeps its beginning, and what its sessions
  -- may have become.
  PERFORM hallpass.settle(ARRAY(
    SELECT g.request_id FROM hallpass.grants g
     WHERE g.role_oid = role.oid AND g.member_oid = member.oid AND g.ended_at IS NOT NULL AND g.sessions_ended_at IS NULL));
  began := clock_timestamp();
  first := hallpass.first_granted(role.oid, member.oid, began);
  IF coalesce(duration <= '0' OR began + duration > ${latest('first')}, true) THEN
    RAISE EXCEPTION 'the duration is not within the limit of this server, %', hallpass.limit_in_words(first, began)
      USING ERRCODE = '22023';
  END IF;
  WITH before AS (
    UPDATE hallpass.grants g
       SET ended_at = coalesce(g.ended_at, began), end_state = coalesce(g.end_state, 'replaced'), sessions_ended_at = began
     WHERE g.role_oid = role.oid AND g.member_oid = member.oid AND g.sessions_ended_at IS NULL
    RETURNING g.by_set)
  SELECT bool_or(b.by_set) INTO by_set FROM before b;
  INSERT INTO hallpass.grants AS g
    (request_id, role_oid, member_oid, role_name, member_name, set_role, mark, first_granted_at, granted_at, expires_at,
     by_set)
  VALUES (request, role.oid, member.oid, role.rolname, member.rolname, grant_one.set_role,
          pg_current_xact_id()::xid::text, first, began, began + duration,
          coalesce(by_set, false) OR grant_one.set_role OR current_setting('server_version_num')::int < ${GRANTORS_SINCE})
  RETURNING * INTO known;
  PERFORM hallpass.grant_pair(role, member, known.set_role);
  RETURN known;
END
$fn$;

-- state: granted (also by an earlier call for the same request), held (message: by whom), failed (code and message).
CREATE FUNCTION hallpass.grant(request_ids bigint[], role_oids oid[], member_oids oid[], durations_ms bigint[],
                              set_roles boolean[])
RETURNS TABLE (request_id bigint, state text, mark text, granted_at timestamptz, expires_at timestamptz, code text,
               message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' ${BY_INDEX} AS $fn$
DECLARE
  wish    record;
  done    hallpass.grants;
  locked  oid[] := '{}';
  checked oid := 0;
  why     text;
BEGIN
  PERFORM hallpass.check_size(request_ids);
  PERFORM hallpass.enter();
  FOR wish IN SELECT * FROM unnest(request_ids, role_oids, member_oids, durations_ms, set_roles)
                AS w (request_id, role_oid, member_oid, duration_ms, set_role) LOOP
    SELECT wish.request_id, 'granted', NULL, NULL, NULL, NULL, NULL
      INTO request_id, state, mark, granted_at, expires_at, code, message;
    BEGIN
      -- Waiting once for each locked role is enough.
      IF wish.role_oid = ANY (locked) THEN
        RAISE EXCEPTION 'the role is locked' USING ERRCODE = '55P03';
      END IF;
      -- Many requests for one role come together, and it takes long to look at everything it is a member of.
      IF wish.role_oid IS DISTINCT FROM checked THEN
        PERFORM hallpass.lock_role(wish.role_oid);
        why := hallpass.why_not_role(wish.role_oid);
        checked := wish.role_oid;
      END IF;
      IF why IS NOT NULL THEN RAISE EXCEPTION '%', why USING ERRCODE = '42501'; END IF;
      done := hallpass.grant_one(wish.request_id, wish.role_oid, wish.member_oid,
                                wish.duration_ms * interval '1 ms', coalesce(wish.set_role, false));
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
        IF code = '55P03' THEN
          locked := locked || wish.role_oid;
          -- The same request for another role, for example, in a transaction that is left open. The next call finds
          -- it gone.
          PERFORM hallpass.end_blockers('{}');
        END IF;
    END;
    RETURN NEXT;
  END LOOP;
  PERFORM hallpass.note_users(request_ids);
END
$fn$;
`;
