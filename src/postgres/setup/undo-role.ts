/** Undoes one role that a script created: revokes what it was granted, then drops it, unless others rely on it. */
import { PEOPLE } from '../guarded/names.js';
import { GRANTORS_SINCE, quoteName } from '../quote.js';
import { MADE } from './make-role.js';
import { doBlock, quoteText, runEach } from './script.js';
import type { SetupServer } from './server.js';

/** Why the role in the row `r` of pg_roles stays if no script created it; null if one did. */
const notMade = `CASE
    WHEN coalesce(shobj_description(r.oid, 'pg_authid'), '') NOT LIKE ${quoteText(`%${MADE}`)}
      THEN ${quoteText(`its COMMENT does not end in ${MADE}, so it may have been there before`)} END`;

/**
 * Why the role in the row `r` of pg_roles stays, as an SQL expression; null when it may go. A role that may only
 * administer it, as its creator from 16 on, is no member in this sense.
 */
function reasonToStay({ version, holder }: SetupServer): string {
  const use = version >= GRANTORS_SINCE ? ' AND (m.inherit_option OR m.set_option)' : '';
  return `coalesce(${notMade},  'members that Hallpass did not make: ' || (
      SELECT string_agg(quote_ident(pg_get_userbyid(m.member)), ', ') FROM pg_auth_members m
       WHERE m.roleid = r.oid AND ${quoteText(holder)} NOT IN (pg_get_userbyid(m.grantor), pg_get_userbyid(m.member))${use}))`;
}

/** The same for a person's login, which may be a member of roles by others' grants. */
function reasonForLoginToStay(server: SetupServer): string {
  return `coalesce(${reasonToStay(server)}, 'memberships that Hallpass did not make: ' || (
      SELECT string_agg(quote_ident(pg_get_userbyid(m.roleid)), ', ') FROM pg_auth_members m
       WHERE m.member = r.oid AND pg_get_userbyid(m.grantor) <> ${quoteText(server.holder)}
         AND pg_get_userbyid(m.roleid) NOT IN ('rds_iam', ${quoteText(PEOPLE)})))`;
}

/** Revokes every privilege that the role was granted, in the current database, and on every database. */
export function revokePrivileges(server: SetupServer, role: string): string {
  return runEach(`
    WITH gone AS (
      SELECT r.oid, r.rolname FROM pg_roles r WHERE r.rolname = ${quoteText(role)} AND (${reasonToStay(server)}) IS NULL)
    SELECT format('REVOKE ALL ON %s %I.%I FROM %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                  n.nspname, c.relname, gone.rolname)
      FROM gone, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = gone.oid)
    UNION ALL
    SELECT format('REVOKE ALL ON SCHEMA %I FROM %I', n.nspname, gone.rolname)
      FROM gone, pg_namespace n WHERE EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = gone.oid)
    UNION ALL
    SELECT format('REVOKE ALL ON DATABASE %I FROM %I', d.datname, gone.rolname)
      FROM gone, pg_database d
     WHERE EXISTS (SELECT FROM aclexplode(d.datacl) a WHERE a.grantee = gone.oid)
    UNION ALL
    SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I REVOKE ALL ON %s FROM %I',
                  pg_get_userbyid(d.defaclrole), n.nspname, CASE d.defaclobjtype WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END,
                  gone.rolname)
      FROM gone, pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace
     WHERE d.defaclobjtype IN ('r', 'S') AND EXISTS (SELECT FROM aclexplode(d.defaclacl) a WHERE a.grantee = gone.oid)`);
}

/** Drops a group role, or Hallpass's own, or says why it stays. */
export function dropRole(server: SetupServer, role: string): string {
  return drop(role, reasonToStay(server));
}

/** Drops a group that is only a list: being in it gives no rights. */
export function dropList(role: string): string {
  return drop(role, notMade);
}

/** Drops a person's login, or says why it stays. */
export function dropLogin(server: SetupServer, login: string): string {
  return drop(login, reasonForLoginToStay(server));
}

function drop(role: string, reasonToStay: string): string {
  return doBlock(`
DECLARE
  reason text;
  rest text;
BEGIN
  SELECT ${reasonToStay}
    INTO reason FROM pg_roles r WHERE r.rolname = ${quoteText(role)};
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF reason IS NOT NULL THEN
    RAISE WARNING 'The role % stays: %.', ${quoteText(role)}, reason
      USING HINT = ${quoteText(`If it is to go, REVOKE what it was granted, then: DROP ROLE ${quoteName(role)};`)};
    RETURN;
  END IF;
  DROP ROLE ${quoteName(role)};
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
  GET STACKED DIAGNOSTICS rest = PG_EXCEPTION_DETAIL;
  RAISE WARNING 'The role % stays: %', ${quoteText(role)}, SQLERRM USING DETAIL = rest;
END`);
}

/**
 * Revokes from the holder of the ADMIN OPTION the memberships that `which` selects (a condition on the row `m` of
 * pg_auth_members and the row `r` of its role), and everything that it granted of these roles.
 */
export function revokeFromHolder({ version, holder }: SetupServer, which: string): string {
  const from = 'FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid';
  const revoke = "format('REVOKE %I FROM %I', r.rolname, pg_get_userbyid(m.member))";
  const held = `pg_get_userbyid(m.member) = ${quoteText(holder)} AND (${which})`;
  if (version >= GRANTORS_SINCE) {
    return runEach(`
    -- CASCADE takes with it what was granted by this right, and nothing else.
    SELECT ${revoke} || format(' GRANTED BY %I CASCADE', pg_get_userbyid(m.grantor))
      ${from}
     WHERE ${held}`);
  }
  return runEach(`
    SELECT ${revoke} ${from}
     WHERE pg_get_userbyid(m.grantor) = ${quoteText(holder)}
       AND m.roleid IN (SELECT m.roleid ${from} WHERE ${held})
    UNION ALL
    SELECT ${revoke} ${from}
     WHERE ${held}`);
}
