import { GRANTORS_SINCE } from '../quote.js';
import { BY_INDEX, MOST } from './names.js';

/** Taking back: what the owner granted and nothing else, by OID, proved by the rows that are read afterwards. */
export const TAKE_BACK_SQL = `
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
        || CASE WHEN current_setting('server_version_num')::int >= ${GRANTORS_SINCE}
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
      FROM (SELECT x.role, x.member, (row_number() OVER (PARTITION BY x.role) - 1) / ${MOST} AS part
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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${BY_INDEX} AS $fn$
BEGIN
  PERFORM hallpass.check_size(role_oids);
  PERFORM hallpass.lock_grants();
  RETURN QUERY SELECT * FROM hallpass.end_pairs(role_oids, member_oids);
END
$fn$;

-- Takes back everything whose time is up. Anybody may run it, at any moment, any number of times.
CREATE FUNCTION hallpass.sweep() RETURNS TABLE (request_id bigint, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' ${BY_INDEX} AS $fn$
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
`;
