/** Which server this is, who we are there, and whether we may grant. */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { notInstalledError, otherServerError, standbyError } from '../errors.js';
import { INSTALLED, SCHEMA } from '../guarded/names.js';
import { STARTED_AT } from '../known-server.js';
import { quoteName } from '../quote.js';
import type { Server } from '../target.js';
import { forEachMode, GRANTOR, type Mode } from './fragments.js';
import { describeUnfit } from './problems.js';

const serverRow = z.object({
  id: z.string(),
  version: z.number(),
  inRecovery: z.boolean(),
  timeline: z.number(),
  startedAt: z.coerce.number(),
  lsn: z.coerce.number().nullable(),
  login: z.string(),
  grantor: z.string().nullable(),
  grantorOid: z.number().nullable(),
  superuser: z.boolean(),
  createRole: z.boolean(),
  installed: z.boolean(),
  functions: z.number().nullable(),
  memberOf: z.string().nullable(),
});

/**
 * SQL: whether the server tells its position in the log. Aurora raises an error unless wal_level is logical, and can't
 * be told from RDS here.
 */
const TELLS_LSN = `
(NOT pg_is_in_recovery() AND (current_setting('wal_level') = 'logical'
  OR NOT EXISTS (SELECT FROM pg_roles a WHERE a.rolname = 'rdsadmin')))`;

/** SQL: changes as soon as a standby is promoted; in pg_control it changes only with the next checkpoint. */
const TIMELINE = `
CASE WHEN ${TELLS_LSN} THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
     ELSE (SELECT timeline_id FROM pg_control_checkpoint()) END`;

/** SQL: what is flushed survives a crash; what is only written may not. */
const LSN = `CASE WHEN ${TELLS_LSN} THEN (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint::text END`;

const IS_INSTALLED = `
EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = '${SCHEMA}' AND n.nspowner = g.oid
           AND has_schema_privilege(n.oid, 'USAGE'))`;

/**
 * SQL: the release of the functions; null when they are older than `version()`. Read from the catalog, because a function
 * that doesn't exist can't be called.
 */
export const INSTALLED_VERSION = `
(SELECT substring(p.prosrc FROM '[0-9]+')::int FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = '${SCHEMA}' AND p.proname = 'version' AND p.pronargs = 0)`;

/**
 * SQL: a role that our login could use without the functions of a guarded target: the owner, or a role that the owner
 * grants. The search stops at people's logins: up to Postgres 14 anyone can add members to their own login, and must not
 * stop everybody's grants by it.
 */
const MEMBER_OF = `
(WITH RECURSIVE up (oid) AS (
   SELECT m.roleid FROM pg_auth_members m WHERE m.member = u.oid
   UNION SELECT m.roleid FROM up JOIN pg_roles x ON x.oid = up.oid AND NOT x.rolcanlogin
           JOIN pg_auth_members m ON m.member = up.oid)
 SELECT min(r.rolname::text) FROM up JOIN pg_roles r ON r.oid = up.oid
  WHERE r.oid = g.oid OR r.oid IN (SELECT m.roleid FROM pg_auth_members m WHERE m.member = g.oid AND m.admin_option))`;

const SERVER = forEachMode(
  (mode) => `
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS id,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS "inRecovery",
       ${TIMELINE} AS timeline, ${STARTED_AT} AS "startedAt", ${LSN} AS lsn,
       u.rolname::text AS login, g.rolname::text AS grantor, g.oid AS "grantorOid",
       u.rolsuper AS superuser, u.rolcreaterole AS "createRole",
       ${mode === 'direct' ? 'true' : IS_INSTALLED} AS installed,
       ${mode === 'direct' ? 'NULL' : INSTALLED_VERSION} AS functions,
       ${mode === 'direct' ? 'NULL' : MEMBER_OF} AS "memberOf"
  FROM pg_roles u LEFT JOIN pg_roles g ON g.rolname = ${GRANTOR[mode]}
 WHERE u.rolname = session_user`,
);

/** Read in every transaction: the same address may lead to another server, or to another login, the next time. */
export async function readServer(send: Send, mode: Mode = 'direct'): Promise<Server> {
  const [row] = await send(serverRow, SERVER[mode]);
  if (row === undefined) throw new Error('our own login is not in pg_roles');
  const { grantor, grantorOid, superuser, createRole, installed, functions, memberOf, ...about } = row;
  if (!installed || grantor === null || grantorOid === null) throw notInstalledError();
  const isOutdated = mode === 'guarded' && (functions ?? 0) < INSTALLED;
  const unfit =
    describeUnfit(about.login, superuser, createRole) ??
    (isOutdated ? OUTDATED : null) ??
    describeWayRound(about.login, memberOf);
  return { ...about, grantor, grantorOid, unfit, isOutdated };
}

/** @throws TargetError unless it is the server that is meant, and can be written. */
export function assertPrimary({ id, inRecovery }: Server, server: string): void {
  if (id !== server) throw otherServerError(server, id);
  if (inRecovery) throw standbyError();
}

/** Open grants are still revoked: older functions revoke in the same way. */
const OUTDATED =
  'The functions that guard this target are of an older release of Hallpass: run `hallpass setup-sql TARGET`, and what it prints as an administrator of the server. Open grants stay.';

/** The functions can't guard a role that our login can use without them. */
function describeWayRound(login: string, role: string | null): string | null {
  if (role === null) return null;
  const revoke = `REVOKE ${quoteName(role)} FROM ${quoteName(login)};`;
  return `Hallpass’s login is itself a member of the role ${role}, and on a guarded target must not be: ${revoke}`;
}
