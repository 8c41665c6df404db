import { GRANTORS_SINCE } from '../quote.js';
import { rolePower } from '../reading/refused-roles.js';
import { gives, rowsOf, usersOf } from '../reading/usable.js';
import { BY_INDEX, OWNER, PEOPLE } from './names.js';
import { latest } from './tables-sql.js';

/**
 * Why a role may not be granted: the same functions answer when a person asks for it, and again at the GRANT. A
 * reason may be followed, on its own line, by the SQL that changes it.
 */
export const WHY_NOT_SQL = `
-- Why this role may not be granted at all, or null.
CREATE FUNCTION hallpass.why_not_role(role_oid oid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  me    oid := hallpass.owner_oid();
  own   text[] := ARRAY['${OWNER}', '${PEOPLE}']
                  || ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.oid = ANY (hallpass.own_logins()));
  role  name := (SELECT r.rolname FROM pg_roles r WHERE r.oid = role_oid);
  power text;
BEGIN
  IF role IS NULL THEN RETURN 'there is no such role'; END IF;
  IF NOT EXISTS (SELECT FROM pg_auth_members m
                  WHERE m.roleid = role_oid AND m.member = me AND m.admin_option) THEN
    RETURN format(E'${OWNER} has no ADMIN OPTION on the role %s\\nGRANT %I TO ${OWNER} WITH %s;', role, role,
                  CASE WHEN current_setting('server_version_num')::int >= ${GRANTORS_SINCE}
                       THEN 'ADMIN TRUE, INHERIT FALSE, SET FALSE' ELSE 'ADMIN OPTION' END);
  END IF;
  power := ${rolePower('role_oid', 'own')};
  IF power IS NOT NULL THEN
    RETURN format('the role %s has the powers of %s, and those are never granted', role, power);
  END IF;
  RETURN NULL;
END
$fn$;

-- Have you allowed anything to be granted to this login? A member of a group in ${PEOPLE} counts, too, but a member
-- of another login doesn't: up to 14, each login can let others into itself.
CREATE FUNCTION hallpass.is_allowed(login oid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  RETURN (
  WITH RECURSIVE up (oid) AS (
    SELECT login
    UNION
    SELECT m.roleid FROM up CROSS JOIN LATERAL (${rowsOf(null, 'up.oid')}) m
     WHERE ${gives('m')}
       AND (up.oid = login OR NOT (SELECT r.rolcanlogin FROM pg_roles r WHERE r.oid = up.oid)))
  SELECT EXISTS (SELECT FROM up WHERE up.oid = (SELECT r.oid FROM pg_roles r WHERE r.rolname = '${PEOPLE}')));
END
$fn$;

-- Why nothing may be granted to this login, or null.
CREATE FUNCTION hallpass.why_not_login(member_oid oid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  login pg_roles;
  own   oid[] := hallpass.own_logins() || hallpass.owner_oid();
  other name;
BEGIN
  SELECT * INTO login FROM pg_roles r WHERE r.oid = member_oid;
  IF NOT FOUND THEN RETURN 'there is no such login'; END IF;
  IF login.rolsuper THEN RETURN format('the login %s is a superuser and may do everything', login.rolname); END IF;
  -- A group would pass it on to all its members.
  IF NOT login.rolcanlogin THEN
    RETURN format(E'the login %s can''t log in (NOLOGIN)\\nALTER ROLE %I LOGIN;', login.rolname, login.rolname);
  END IF;
  IF EXISTS (
    WITH RECURSIVE up (oid) AS (
      SELECT login.oid
      UNION SELECT m.roleid FROM up CROSS JOIN LATERAL (${rowsOf(null, 'up.oid')}) m WHERE ${gives('m')})
    SELECT FROM up WHERE up.oid = ANY (own)) THEN
    RETURN format('the login %s is Hallpass''s own, or can act as it', login.rolname);
  END IF;
  -- Hallpass's own login could use what is granted to this one. That stops only this one: up to 14, each login can
  -- make others its members.
  SELECT r.rolname INTO other FROM pg_roles r
   WHERE r.oid = ANY (own) AND pg_has_role(r.oid, member_oid, 'MEMBER') LIMIT 1;
  IF FOUND THEN
    RETURN format(E'Hallpass''s own login %s is a member of the login %s\\nREVOKE %I FROM %I;',
                  other, login.rolname, login.rolname, other);
  END IF;
  IF NOT hallpass.is_allowed(member_oid) THEN
    RETURN format(E'the login %s is not a member of ${PEOPLE}\\nGRANT ${PEOPLE} TO %I;', login.rolname, login.rolname);
  END IF;
  -- Few logins have members, and finding out who can use a login takes long.
  IF NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = member_oid) THEN RETURN NULL; END IF;
  -- OFFSET 0: else each login of the server would be asked, and not only those that are found.
  SELECT u.user_name INTO other FROM (SELECT * FROM (${usersOf('ARRAY[member_oid]')}) x OFFSET 0) u
   WHERE u.can_login AND NOT hallpass.is_allowed(u.user_oid) ORDER BY 1 LIMIT 1;
  IF FOUND THEN
    RETURN format(E'the login %s could use it, too, as a member of %s, and is not a member of ${PEOPLE}\\nREVOKE %I FROM %I;',
                  other, login.rolname, login.rolname, other);
  END IF;
  RETURN NULL;
END
$fn$;

-- Whether the role may be granted so that sessions can become it by SET ROLE. Before ${GRANTORS_SINCE / 10_000},
-- every member can.
CREATE FUNCTION hallpass.may_set(role_oid oid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  RETURN (
  SELECT current_setting('server_version_num')::int < ${GRANTORS_SINCE}
      OR EXISTS (SELECT FROM hallpass.roles r WHERE r.role = role_oid AND r.set_role));
END
$fn$;

CREATE FUNCTION hallpass.allow_set_sql(role name) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $fn$
  SELECT format('INSERT INTO hallpass.roles (role, set_role) VALUES (%L, true) ON CONFLICT (role) DO UPDATE SET set_role = true;',
                quote_ident(role))
$fn$;

-- When the limit would count from, if the pair were granted now: the first of the grants without a pause between
-- them. A pause begins when the REVOKE is committed and the sessions are ended.
CREATE FUNCTION hallpass.first_granted(role_oid oid, member_oid oid, moment timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  RETURN (
  SELECT coalesce(
    (SELECT CASE WHEN moment < coalesce(g.sessions_ended_at + c.pause, 'infinity') THEN g.first_granted_at END
       FROM hallpass.grants g CROSS JOIN hallpass.config c
      WHERE g.role_oid = first_granted.role_oid AND g.member_oid = first_granted.member_oid
      ORDER BY g.granted_at DESC, g.ended_at DESC NULLS FIRST LIMIT 1), moment));
END
$fn$;

CREATE FUNCTION hallpass.limit_in_words(first timestamptz, moment timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $fn$
  SELECT c.longest::text || CASE WHEN first < moment
    THEN format(', counted from the first grant (%s ago), until there was a pause of %s',
                date_trunc('minute', moment - first), c.pause) ELSE '' END
    FROM hallpass.config c
$fn$;

-- For the form: why a GRANT would be refused now, and how long it could last.
CREATE FUNCTION hallpass.why_not(role_oid oid, member_oid oid)
RETURNS TABLE (about_role text, about_login text, may_set boolean, longest_ms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${BY_INDEX} AS $fn$
DECLARE
  now timestamptz := clock_timestamp();
BEGIN
  about_role := hallpass.why_not_role(role_oid);
  about_login := hallpass.why_not_login(member_oid);
  may_set := hallpass.may_set(role_oid);
  longest_ms := floor(extract(epoch FROM ${latest('hallpass.first_granted(role_oid, member_oid, now)')} - now) * 1000);
  RETURN NEXT;
END
$fn$;
`;
