/**
 * Which roles of a target may be offered without being listed: those that Hallpass may grant, and that are safe. It
 * reads shared catalogs only, which every login may read from any database of the server.
 */
import { z } from 'zod';
import type { Connect, TargetConfig } from '../config/config.js';
import { isAbove } from '../domain/postgres/danger.js';
import { predefinedRole } from '../domain/postgres/predefined-roles.js';
import type { TargetOptions } from './build.js';
import { type CallLimits, createTargetConnection, DEFAULT_LIMITS, type TargetConnection } from './connect.js';
import { dial, dialServer, telling } from './connecting/dial.js';
import { OWNER } from './guarded/names.js';
import { inside } from './open.js';

type Mode = TargetConfig['mode'];

export interface FoundRole {
  readonly role: string;
  /** The beginning of its COMMENT, as its owner wrote it: untrusted. */
  readonly comment: string | null;
}

export interface Discovery {
  /** @throws TargetError */
  roles(): Promise<readonly FoundRole[]>;
  close(): Promise<void>;
}

/** A COMMENT may hold a gigabyte; people are shown this many characters. */
const MOST_COMMENT = 500;
/** A few milliseconds a minute aren't worth keeping one of the server's connections. */
const LIMITS: CallLimits = { ...DEFAULT_LIMITS, callMs: 3_000, idleMs: 5_000 };

const roleRow = z.object({
  role: z.string(),
  comment: z.string().nullable(),
  /** Itself, and all that it is a member of. */
  uses: z.array(z.string()),
});

/**
 * `grantable`: the grantor holds ADMIN OPTION itself, as `GRANTED BY` asks; through another role doesn't count. A
 * role that can log in is somebody's own. Attributes aren't inherited, but before 16 every member can SET ROLE; so a
 * role is left out if it, or anything above it, has an administrator's attribute, or can grant a role to whom it
 * likes. `$1` is the role whose memberships are ours; null for the login itself. pg_has_role for each of 2,000 roles
 * would take ten times as long.
 */
const ROLES = `
WITH RECURSIVE grantable AS (
  SELECT r.oid FROM pg_roles r
    JOIN pg_auth_members m ON m.roleid = r.oid AND m.admin_option
    JOIN pg_roles me ON me.oid = m.member AND me.rolname = coalesce($1::name, session_user)
   WHERE NOT r.rolcanlogin AND r.rolname !~ '^pg_'),
up (role, oid) AS (
  SELECT oid, oid FROM grantable
  UNION SELECT up.role, m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid),
safe AS (
  SELECT up.role, array_agg(r.rolname::text) AS uses
    FROM up JOIN pg_roles r ON r.oid = up.oid
   GROUP BY up.role
  HAVING NOT bool_or(r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
                     OR up.oid IN (SELECT member FROM pg_auth_members WHERE admin_option)))
SELECT r.rolname::text AS role, left(shobj_description(r.oid, 'pg_authid'), ${MOST_COMMENT}) AS comment, safe.uses
  FROM safe JOIN pg_roles r ON r.oid = safe.role
 ORDER BY r.rolname`;

/**
 * Every role that Hallpass may grant on this server and that is safe, by name: it has no administrator's attribute,
 * can't grant other roles, and leads to no more than reading and writing (the scale of the preview).
 * @throws TargetError
 */
async function discoverRoles(connection: TargetConnection, mode: Mode): Promise<readonly FoundRole[]> {
  const grantor = mode === 'guarded' ? OWNER : null;
  const rows = await connection.read((send) => send(roleRow, ROLES, [grantor]));
  return rows.filter(({ uses }) => !uses.some(isTooPowerful)).map(({ role, comment }) => ({ role, comment }));
}

function isTooPowerful(role: string): boolean {
  const known = predefinedRole(role);
  return known !== null && (known.refused !== null || isAbove(known.danger, 'write'));
}

/** Connects when it is first asked, and disconnects soon after. Tests shorten the limits. */
export function createDiscovery(
  connect: Connect,
  mode: Mode,
  { heard = () => undefined, ...limits }: TargetOptions = {},
): Discovery {
  const all = { ...LIMITS, ...limits };
  const connection =
    mode === 'guarded'
      ? createTargetConnection(inside(connect), all, telling(dial, heard))
      : createTargetConnection(connect, all, telling(dialServer, heard));
  return { roles: () => discoverRoles(connection, mode), close: () => connection.close() };
}
