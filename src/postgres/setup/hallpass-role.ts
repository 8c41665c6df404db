/** Hallpass's own login and the least rights with which it can grant. */
import { SESSION_RIGHTS } from '../../domain/postgres/predefined-roles.js';
import { GRANTORS_SINCE, grantAdminSql, quoteName } from '../quote.js';
import { grantRightsSql } from '../reading/rights.js';
import { makeRole, POWERLESS } from './make-role.js';
import { attempt, comment, quoteText, runEach } from './script.js';
import type { SetupServer } from './server.js';

/** A few processes, each with a connection of its own; a runaway one can't take the server's last one. */
const CONNECTION_LIMIT = 20;

export function makeLogin({ login, iam }: SetupServer): readonly string[] {
  return [
    comment(`Hallpass’s login. It owns nothing, because owners can’t be kept from what they own. It has no CREATEROLE: up to
Postgres 15 that would let it grant any role, and from 16 on what it grants could not be told from what you grant.
NOINHERIT, because up to Postgres 15 the ADMIN OPTION makes it a member of each role that it grants.`),
    makeRole({
      name: login,
      attributes: ['LOGIN', 'NOINHERIT', ...POWERLESS],
      connectionLimit: CONNECTION_LIMIT,
      about: 'Hallpass: grants roles and revokes them',
    }),
    ...(iam ? [IAM_LOGIN, grantIam(login)] : [passwordNote(login)]),
  ];
}

const IAM_LOGIN =
  comment(`It logs in by tokens of AWS IAM, so it has no password: once it has rds_iam, a password no longer works.
The policy that lets Hallpass ask for tokens: hallpass setup-sql … --iam-policy`);

/** AWS documentation, "Creating a database account using IAM authentication". */
export function grantIam(login: string): string {
  return attempt(
    `GRANT rds_iam TO ${quoteName(login)};`,
    'Switch on IAM authentication of the server; run this as its master user.',
  );
}

function passwordNote(login: string): string {
  return comment(`Its password stands in no script. Set it by hand, in psql:  \\password ${quoteName(login)}
psql sends only its hash, so that it gets into no log.`);
}

/** Lets Hallpass grant these roles. */
export function grantAdmin({ version, holder }: SetupServer, roles: readonly string[]): readonly string[] {
  if (roles.length === 0) return [];
  const how =
    version >= GRANTORS_SINCE
      ? 'ADMIN to grant it; not INHERIT and not SET, so that it can’t use it unless it grants it to itself.'
      : 'The ADMIN OPTION, to grant it.';
  return [
    comment(`The right to grant each role. ${how}
It needs no GRANT OPTION: it passes on memberships, never a privilege on a table.`),
    ...roles.map((role) =>
      attempt(
        grantAdminSql(version, role, holder),
        'Make the role first (hallpass setup-sql … --role); run this as a superuser, or with ADMIN OPTION on the role.',
      ),
    ),
  ];
}

/** Lets Hallpass end what a REVOKE leaves. */
export function grantSessionRights({ version, holder }: SetupServer): readonly string[] {
  return [
    comment(`A REVOKE ends no session that became the role by SET ROLE, and no transaction that goes on with a plan made
before. To see these and to end them Hallpass has two predefined roles; they read no table.`),
    ...Object.values(SESSION_RIGHTS).map((right) =>
      attempt(
        grantRightsSql(version, [right], holder),
        'Roles are revoked without it too, but sessions can’t be ended, and Hallpass says so. Your provider may keep it to itself.',
      ),
    ),
  ];
}

/** Lets a role into a database, even after PUBLIC is shut out of it. */
export function grantConnect(role: string, database: string): string {
  const grant = attempt(
    `GRANT CONNECT ON DATABASE ${quoteName(database)} TO ${quoteName(role)};`,
    'Run it as the owner of the database, unless PUBLIC may connect anyway.',
  );
  return `${comment('Said for the day on which PUBLIC may not connect any more.')}\n${grant}`;
}

/**
 * Lets Hallpass into the database `postgres`, where PUBLIC may not connect to it: no login that is granted a role
 * owns it.
 */
export function grantNeutral(login: string): string {
  const grant = attempt(
    `IF EXISTS (SELECT FROM pg_database d
              WHERE d.datname = 'postgres' AND NOT has_database_privilege(${quoteText(login)}, d.oid, 'CONNECT')) THEN
    GRANT CONNECT ON DATABASE postgres TO ${quoteName(login)};
  END IF;`,
    'Run it as the owner of the database postgres. Without it, Hallpass grants and revokes through the database above.',
  );
  return `${comment(`Memberships belong to the server, so Hallpass grants and revokes through this database: the owner of the other
one could keep it out.`)}\n${grant}`;
}

/**
 * Lets Hallpass look wherever a role that it grants has something: else nobody can be told what the role can do
 * there.
 */
export function grantConnectWhereUsed({ login }: SetupServer, roles: readonly string[]): readonly string[] {
  if (roles.length === 0) return [];
  return [
    comment(`What a role can do is read from the catalogs of each database in which it has something. What could not be read
counts as dangerous (max_danger). CONNECT gives no table, and is granted only where it is missing.`),
    runEach(`
    WITH RECURSIVE up (oid) AS (
      SELECT r.oid FROM pg_roles r WHERE r.rolname IN (${roles.map(quoteText).join(', ')})
      UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid)
    SELECT format('GRANT CONNECT ON DATABASE %I TO %I', d.datname, l.rolname)
      FROM pg_database d JOIN pg_roles l ON l.rolname = ${quoteText(login)}
     WHERE d.datallowconn AND NOT has_database_privilege(l.oid, d.oid, 'CONNECT')
       AND (EXISTS (SELECT FROM pg_shdepend s
                     WHERE s.dbid = d.oid AND s.refclassid = 'pg_authid'::regclass AND s.refobjid IN (SELECT oid FROM up))
            OR EXISTS (SELECT FROM aclexplode(d.datacl) e WHERE e.grantee IN (SELECT oid FROM up))
            -- What a predefined role was granted is listed nowhere.
            OR NOT d.datistemplate AND EXISTS (SELECT FROM up JOIN pg_roles r USING (oid) WHERE r.rolname LIKE 'pg\\_%'))`),
  ];
}
