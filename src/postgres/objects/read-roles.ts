/**
 * Who is a member of whom above the roles that are offered, and the databases of the server. Shared catalogs only, which
 * every login may read from any database, in one round trip.
 */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { GRANTORS_SINCE, isNamed, nameValues } from '../quote.js';
import { inherits, sets } from '../reading/usable.js';
import { grantsOf } from './grants.js';

const roleRow = z.object({
  oid: z.number(),
  name: z.string(),
  /** The role's own attribute; counts before 16 only. */
  inherit: z.boolean(),
  superuser: z.boolean(),
  createRole: z.boolean(),
  /** CREATEDB, REPLICATION or BYPASSRLS. */
  privileged: z.boolean(),
});
export type RoleRow = Readonly<z.infer<typeof roleRow>>;

const membershipRow = z.object({
  role: z.number(),
  member: z.number(),
  /** The member has its privileges; and may SET ROLE to it. */
  inherit: z.boolean(),
  set: z.boolean(),
  admin: z.boolean(),
});
export type MembershipRow = Readonly<z.infer<typeof membershipRow>>;

const databaseRow = z.object({
  name: z.string(),
  owner: z.number(),
  /** Our own login can connect to it. */
  mayRead: z.boolean(),
  template: z.boolean(),
  /** As `toGrants` takes them. */
  grants: z.string(),
});
export type DatabaseRow = Readonly<z.infer<typeof databaseRow>>;

const aboutRow = z.object({
  version: z.number(),
  /** OID of pg_database_owner, of which the owner of each database is a member there; it is no row of pg_auth_members. */
  databaseOwner: z.number(),
});

export interface RoleGraph {
  readonly version: number;
  readonly databaseOwner: number;
  /** The offered roles and all that they are members of. */
  readonly roles: readonly RoleRow[];
  readonly memberships: readonly MembershipRow[];
  readonly databases: readonly DatabaseRow[];
}

const ABOUT = `
SELECT current_setting('server_version_num')::int AS version,
       (SELECT oid FROM pg_roles WHERE rolname = 'pg_database_owner') AS "databaseOwner"`;

const UP = `
WITH RECURSIVE up (oid) AS (
  SELECT r.oid FROM unnest($1::text[]) AS w (name) JOIN pg_roles r ON ${isNamed('r', 'w.name')}
  UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid)`;

const ROLES = `${UP}
SELECT r.oid, r.rolname::text AS name, r.rolinherit AS inherit, r.rolsuper AS superuser, r.rolcreaterole AS "createRole",
       r.rolcreatedb OR r.rolreplication OR r.rolbypassrls AS privileged
  FROM pg_roles r WHERE r.oid IN (SELECT oid FROM up)`;

/** Before 16 a member inherits everything or nothing: its own attribute says which. */
const MEMBERSHIPS = `${UP}
SELECT m.roleid AS role, m.member, ${sets('m')} AS set, m.admin_option AS admin,
       CASE WHEN current_setting('server_version_num')::int < ${GRANTORS_SINCE} THEN r.rolinherit
            ELSE ${inherits('m')} END AS inherit
  FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
 WHERE m.member IN (SELECT oid FROM up)`;

const DATABASES = `${UP},
concerned AS MATERIALIZED (SELECT oid FROM up)
SELECT d.datname::text AS name, d.datdba AS owner, d.datistemplate AS template,
       has_database_privilege(d.oid, 'CONNECT') AS "mayRead", ${grantsOf('d.datacl', 'd', 'd.datdba')} AS grants
  FROM pg_database d WHERE d.datallowconn ORDER BY d.datname`;

/** @param names of the roles that are offered; those that don't exist are left out. */
export async function readRoleGraph(send: Send, names: readonly string[]): Promise<RoleGraph> {
  const asked = [nameValues(names)];
  const [[about], roles, memberships, databases] = await Promise.all([
    send(aboutRow, ABOUT),
    send(roleRow, ROLES, asked),
    send(membershipRow, MEMBERSHIPS, asked),
    send(databaseRow, DATABASES, asked),
  ]);
  if (about === undefined) throw new Error('the server did not say its version');
  return { ...about, roles, memberships, databases };
}
