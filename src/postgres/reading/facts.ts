/**
 * What is read from a target's catalog, and how: one statement each, parsed before it is believed. Whose memberships
 * are ours, and who must hold the ADMIN OPTION, depends on the mode: our own login, or the owner of the functions of a
 * guarded target.
 */
import { z } from 'zod';
import type { TargetConfig } from '../../config/config.js';
import type { Send } from '../connect.js';
import { otherServerError, standbyError, TargetError } from '../errors.js';
import { INSTALLED, OWNER, PEOPLE, SCHEMA } from '../guarded/names.js';
import { STARTED_AT } from '../known-server.js';
import { isNamed, nameValues, quoteName } from '../quote.js';
import type { NamePair, OidPair, PairFacts, Server } from '../target.js';
import { describeUnfit } from './pair.js';
import { rolePower } from './role-power.js';
import { gives, reachOf } from './usable.js';

export type Mode = TargetConfig['mode'];

const serverRow = z.object({
  id: z.string(),
  version: z.number(),
  in_recovery: z.boolean(),
  timeline: z.number(),
  started_at: z.coerce.number(),
  lsn: z.coerce.number().nullable(),
  login: z.string(),
  grantor: z.string().nullable(),
  grantor_oid: z.number().nullable(),
  superuser: z.boolean(),
  create_role: z.boolean(),
  installed: z.boolean(),
  functions: z.number().nullable(),
  member_of: z.string().nullable(),
});

/** SQL: the name of the role whose memberships are ours. */
const GRANTOR: Readonly<Record<Mode, string>> = { direct: 'session_user', guarded: `'${OWNER}'` };

/** SQL: whether the server tells where its log is. Aurora raises an error unless wal_level is logical; RDS is not told apart. */
const TELLS_LSN = `
(NOT pg_is_in_recovery() AND (current_setting('wal_level') = 'logical'
  OR NOT EXISTS (SELECT FROM pg_roles a WHERE a.rolname = 'rdsadmin')))`;

/** SQL: moves at once when a standby is promoted; in pg_control it moves with the next checkpoint. */
const TIMELINE = `
CASE WHEN ${TELLS_LSN} THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
     ELSE (SELECT timeline_id FROM pg_control_checkpoint()) END`;

/** SQL: what is flushed survives a crash; what is only written may not. */
const LSN = `CASE WHEN ${TELLS_LSN} THEN (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint::text END`;

/**
 * `member_of`: a role that our login could use without the functions of a guarded target: the owner, or one that the
 * owner grants.
 */
const server = (mode: Mode): string => `
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS id,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS in_recovery,
       ${TIMELINE} AS timeline, ${STARTED_AT} AS started_at, ${LSN} AS lsn,
       u.rolname::text AS login, g.rolname::text AS grantor, g.oid AS grantor_oid, u.rolsuper AS superuser, u.rolcreaterole AS create_role,
       ${mode === 'direct' ? 'true' : IS_INSTALLED} AS installed,
       ${mode === 'direct' ? 'NULL' : INSTALLED_VERSION} AS functions,
       ${mode === 'direct' ? 'NULL' : MEMBER_OF} AS member_of
  FROM pg_roles u LEFT JOIN pg_roles g ON g.rolname = ${GRANTOR[mode]}
 WHERE u.rolname = session_user`;

const IS_INSTALLED = `
EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = '${SCHEMA}' AND n.nspowner = g.oid
           AND has_schema_privilege(n.oid, 'USAGE'))`;

/** A person's login on the way is that person's doing, and refuses nobody else: up to 14 each can let others in. */
const MEMBER_OF = `
(WITH RECURSIVE up (oid) AS (
   SELECT m.roleid FROM pg_auth_members m WHERE m.member = u.oid
   UNION SELECT m.roleid FROM up JOIN pg_roles x ON x.oid = up.oid AND NOT x.rolcanlogin
           JOIN pg_auth_members m ON m.member = up.oid)
 SELECT min(r.rolname::text) FROM up JOIN pg_roles r ON r.oid = up.oid
  WHERE r.oid = g.oid OR r.oid IN (SELECT m.roleid FROM pg_auth_members m WHERE m.member = g.oid AND m.admin_option))`;

/** Which release the functions are of: read from the catalog, because one that lacks it can't be asked; null: older. */
export const INSTALLED_VERSION = `
(SELECT substring(p.prosrc FROM '[0-9]+')::int FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = '${SCHEMA}' AND p.proname = 'version' AND p.pronargs = 0)`;

const SERVER = forEachMode(server);

/** Reads who the server is and who we are there: with every transaction, for behind one address both may change. */
export async function readServer(send: Send, mode: Mode = 'direct'): Promise<Server> {
  const [row] = await send(serverRow, SERVER[mode]);
  if (row === undefined) throw new Error('our own login is not in pg_roles');
  if (!row.installed || row.grantor === null || row.grantor_oid === null) throw notInstalledError();
  const isOutdated = mode === 'guarded' && (row.functions ?? 0) < INSTALLED;
  return {
    id: row.id,
    version: row.version,
    inRecovery: row.in_recovery,
    timeline: row.timeline,
    startedAt: row.started_at,
    lsn: row.lsn,
    login: row.login,
    grantor: row.grantor,
    grantorOid: row.grantor_oid,
    unfit:
      describeUnfit(row.login, row.superuser, row.create_role) ??
      (isOutdated ? OUTDATED : null) ??
      describeWayRound(row.login, row.member_of),
    isOutdated,
  };
}

/** @throws TargetError unless it is the server that is meant, and can be written. */
export function assertPrimary({ id, inRecovery }: Server, server: string): void {
  if (id !== server) throw otherServerError(server, id);
  if (inRecovery) throw standbyError();
}

function notInstalledError(): TargetError {
  return new TargetError({
    kind: 'not_permitted',
    scope: 'target',
    passing: false,
    sentence: `The target is guarded, and Hallpass’s functions are not in its database, or not for Hallpass’s login.`,
    nextStep: 'Run `hallpass setup-sql TARGET`, and what it prints as an administrator of the server.',
  });
}

/** What stands there is still revoked: those functions are the same. */
const OUTDATED =
  'The functions that guard this target are of an older release of Hallpass: run `hallpass setup-sql TARGET`, and what it prints as an administrator of the server. Open grants stay.';

/** Who can use a role without asking the functions is not kept by them. */
function describeWayRound(login: string, role: string | null): string | null {
  if (role === null) return null;
  const revoke = `REVOKE ${quoteName(role)} FROM ${quoteName(login)};`;
  return `Hallpass’s login is itself a member of the role ${role}, and on a guarded target must not be: ${revoke}`;
}

export function forEachMode(sql: (mode: Mode) => string): Readonly<Record<Mode, string>> {
  return { direct: sql('direct'), guarded: sql('guarded') };
}

const factRow = z.object({
  role_oid: z.number().nullable(),
  role: z.string().nullable(),
  role_is_superuser: z.boolean(),
  role_power: z.string().nullable(),
  may_grant: z.boolean(),
  member_oid: z.number().nullable(),
  login: z.string().nullable(),
  member_can_login: z.boolean(),
  member_is_superuser: z.boolean(),
  valid_until: z.string().nullable(),
  expired: z.boolean(),
  connection_limit: z.number(),
  inherits: z.boolean(),
  ours: z.boolean(),
  direct: z.string().nullable(),
  through: z.string().nullable(),
});

/** SQL: the OID of the role whose memberships are ours, as the table `me`. */
export const me = (mode: Mode): string =>
  `me AS MATERIALIZED (SELECT oid FROM pg_roles WHERE rolname = ${GRANTOR[mode]})`;

const PAIRS_BY_NAME = `
SELECT p.n, r.oid AS role_oid, u.oid AS member_oid
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS p (role, login, n)
  LEFT JOIN pg_roles r ON ${isNamed('r', 'p.role')}
  LEFT JOIN pg_roles u ON ${isNamed('u', 'p.login')}`;

const PAIRS_BY_OID = `
SELECT * FROM unnest($1::oid[], $2::oid[]) WITH ORDINALITY AS p (role_oid, member_oid, n)`;

/** SQL: one role, by its index; joined plainly, the ten thousand logins of a server are all read for each batch. */
export const roleBy = (oid: string): string => `SELECT * FROM pg_roles WHERE oid = ${oid} OFFSET 0`;

/**
 * One row a pair, in order. Nothing that our own grantor granted counts as held, neither to this login nor to another
 * on the way: it ends.
 */
const facts = (pairs: string, mode: Mode): string => `
WITH RECURSIVE ${me(mode)}, pair AS MATERIALIZED (${pairs}),
${reachOf('(SELECT array_agg(p.member_oid) FROM pair p)')},
power AS MATERIALIZED (
  SELECT asked.role_oid, ${rolePower('asked.role_oid', mode === 'direct' ? "'{}'::text[]" : `ARRAY['${OWNER}', '${PEOPLE}']`)} AS name
    FROM (SELECT DISTINCT p.role_oid FROM pair p) asked),
held AS MATERIALIZED (
  SELECT reach.login, reach.oid, min(g.rolname::text) AS through
    FROM reach JOIN pg_roles g ON g.oid = reach.via WHERE reach.oid <> reach.via GROUP BY reach.login, reach.oid)
SELECT r.oid AS role_oid, r.rolname::text AS role,
       coalesce(r.rolsuper, false) AS role_is_superuser, power.name AS role_power,
       coalesce(admin.option, false) AS may_grant,
       u.oid AS member_oid, u.rolname::text AS login,
       coalesce(u.rolcanlogin, false) AS member_can_login,
       coalesce(u.rolsuper, false) AS member_is_superuser,
       u.rolvaliduntil::text AS valid_until, coalesce(u.rolvaliduntil <= clock_timestamp(), false) AS expired,
       coalesce(u.rolconnlimit, -1) AS connection_limit, coalesce(u.rolinherit, true) AS inherits,
       coalesce(granted.ours, false) AS ours, granted.direct, held.through
  FROM me CROSS JOIN pair
  LEFT JOIN LATERAL (${roleBy('pair.role_oid')}) r ON true
  LEFT JOIN LATERAL (${roleBy('pair.member_oid')}) u ON true
  LEFT JOIN power ON power.role_oid = pair.role_oid
  LEFT JOIN held ON held.login = u.oid AND held.oid = r.oid
  CROSS JOIN LATERAL (
    SELECT bool_or(m.admin_option) AS option
      FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = me.oid) admin
  CROSS JOIN LATERAL (
    SELECT bool_or(m.grantor = me.oid) AS ours,
           min(pg_get_userbyid(m.grantor)::text) FILTER (WHERE m.grantor <> me.oid AND ${gives('m')}) AS direct
      FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = u.oid) granted
 ORDER BY pair.n`;

const FACTS_BY_NAME = forEachMode((mode) => facts(PAIRS_BY_NAME, mode));
const FACTS_BY_OID = forEachMode((mode) => facts(PAIRS_BY_OID, mode));

/** Reads each pair as it was asked for; the names are those asked for. */
export async function readFactsByName(
  send: Send,
  pairs: readonly NamePair[],
  mode: Mode = 'direct',
): Promise<PairFacts[]> {
  const names = [nameValues(pairs.map((pair) => pair.role)), nameValues(pairs.map((pair) => pair.login))];
  const rows = await send(factRow, FACTS_BY_NAME[mode], names);
  return pairs.map((pair, i) => toFacts(pair, rows[i]));
}

/** Reads each pair by what it is called today; what is gone is called by its OID. */
export async function readFactsByOid(
  send: Send,
  pairs: readonly OidPair[],
  mode: Mode = 'direct',
): Promise<PairFacts[]> {
  const oids = [pairs.map((pair) => pair.roleOid), pairs.map((pair) => pair.memberOid)];
  const rows = await send(factRow, FACTS_BY_OID[mode], oids);
  return pairs.map((pair, i) =>
    toFacts(
      {
        role: rows[i]?.role ?? `with OID ${pair.roleOid}`,
        login: rows[i]?.login ?? `with OID ${pair.memberOid}`,
      },
      rows[i],
    ),
  );
}

function toFacts({ role, login }: NamePair, row: z.infer<typeof factRow> | undefined): PairFacts {
  if (row === undefined) throw new Error('the catalog did not answer for every pair');
  return {
    role,
    login,
    roleOid: row.role_oid,
    roleIsSuperuser: row.role_is_superuser,
    rolePower: row.role_power,
    mayGrant: row.may_grant,
    memberOid: row.member_oid,
    memberCanLogin: row.member_can_login,
    memberIsSuperuser: row.member_is_superuser,
    memberValidUntil: row.expired ? row.valid_until : null,
    memberConnectionLimit: row.connection_limit,
    memberInherits: row.inherits,
    ours: row.ours,
    held: heldBy(row),
  };
}

function heldBy({ direct, through }: z.infer<typeof factRow>): PairFacts['held'] {
  if (direct !== null) return { how: 'direct', via: direct };
  return through === null ? null : { how: 'through', via: through };
}

const rowOfPair = z.object({
  grantor_oid: z.number(),
  grantor: z.string(),
  ours: z.boolean(),
  mark: z.string(),
});

const ROWS_OF_PAIR = `
WITH ${me('direct')}
SELECT m.grantor AS grantor_oid, pg_get_userbyid(m.grantor)::text AS grantor, m.grantor = me.oid AS ours,
       pg_current_xact_id()::xid::text AS mark
  FROM me CROSS JOIN pg_auth_members m
 WHERE m.roleid = $1::oid AND m.member = $2::oid AND (m.grantor = me.oid OR ${gives('m')})`;

/** Direct mode: the membership rows of one pair that give anything, with who granted them: whose membership it is. */
export function readRowsOfPair(send: Send, pair: OidPair): Promise<z.infer<typeof rowOfPair>[]> {
  return send(rowOfPair, ROWS_OF_PAIR, [pair.roleOid, pair.memberOid]);
}

const membership = z.object({
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
  setRole: z.boolean(),
});

/** Before 16 a row says nothing of SET: whoever is a member may. */
const MEMBERSHIPS = forEachMode(
  (mode) => `
WITH ${me(mode)}
SELECT m.roleid AS "roleOid", m.member AS "memberOid", r.rolname::text AS role, u.rolname::text AS login,
       coalesce((to_jsonb(m)->>'set_option')::boolean, true) AS "setRole"
  FROM me JOIN pg_auth_members m ON m.grantor = me.oid
  JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles u ON u.oid = m.member`,
);

/** Every membership of ours. */
export function readMemberships(send: Send, mode: Mode = 'direct'): Promise<z.infer<typeof membership>[]> {
  return send(membership, MEMBERSHIPS[mode]);
}
