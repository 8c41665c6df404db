/** What decides, on the whole server, whether a login can use a role that it was granted. */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { GRANTORS_SINCE, isNamed, nameValues } from '../quote.js';
import type { NamePair } from '../target.js';

const personRow = z.object({
  loginOid: z.number(),
  roleOid: z.number(),
  /** false is NOINHERIT: before 16 such a login has nothing of its roles until SET ROLE. */
  inherits: z.boolean(),
  /** As the server writes it. */
  validUntil: z.string().nullable(),
  expired: z.boolean(),
  /** -1: as many as the server has. */
  connectionLimit: z.number(),
  sessions: z.number(),
  /** A member, directly or through others; has the use of it; may SET ROLE to it. */
  member: z.boolean(),
  uses: z.boolean(),
  becomes: z.boolean(),
});
export type LoginSettings = z.infer<typeof personRow>;

const PERSON = `
SELECT u.oid AS "loginOid", r.oid AS "roleOid", u.rolinherit AS inherits,
       u.rolvaliduntil::text AS "validUntil", coalesce(u.rolvaliduntil <= clock_timestamp(), false) AS expired,
       u.rolconnlimit AS "connectionLimit",
       (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = u.oid) AS sessions,
       pg_has_role(u.oid, r.oid, 'MEMBER') AS member, pg_has_role(u.oid, r.oid, 'USAGE') AS uses,
       pg_has_role(u.oid, r.oid, CASE WHEN current_setting('server_version_num')::int < ${GRANTORS_SINCE}
                                      THEN 'MEMBER' ELSE 'SET' END) AS becomes
  FROM pg_roles u, pg_roles r WHERE ${isNamed('u', '$1')} AND ${isNamed('r', '$2')}`;

const settingRow = z.object({
  name: z.enum(['role', 'search_path', 'default_transaction_read_only']),
  value: z.string(),
  /** null: in every database. */
  database: z.string().nullable(),
  /** Set for this login, not for everyone. */
  own: z.boolean(),
});
/** A default with which the login's sessions begin. */
export type Setting = z.infer<typeof settingRow>;

const SETTINGS = `
SELECT split_part(c.text, '=', 1) AS name, substr(c.text, strpos(c.text, '=') + 1) AS value,
       d.datname::text AS database, s.setrole <> 0 AS own
  FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase
  CROSS JOIN LATERAL unnest(s.setconfig) AS c (text)
 WHERE (s.setrole = 0 OR s.setrole = (SELECT u.oid FROM pg_roles u WHERE ${isNamed('u', '$1')}))
   AND split_part(c.text, '=', 1) IN ('role', 'search_path', 'default_transaction_read_only')
 ORDER BY d.datname NULLS FIRST, 1`;

const databaseRow = z.object({
  name: z.string(),
  /** false: ALTER DATABASE ... ALLOW_CONNECTIONS. */
  open: z.boolean(),
  /** -1: as many as the server has. */
  connectionLimit: z.number(),
  /** The login has CONNECT, or would have it with the role. */
  connect: z.boolean(),
  /** Hallpass's own login has it. */
  mayRead: z.boolean(),
});
export type PersonsDatabase = z.infer<typeof databaseRow>;

/** The databases with something of the role, or of a role that it is itself a member of. */
const DATABASES = `
WITH RECURSIVE up (oid) AS (
  SELECT r.oid FROM pg_roles r WHERE ${isNamed('r', '$2')}
  UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid)
SELECT d.datname::text AS name, d.datallowconn AS open, d.datconnlimit AS "connectionLimit",
       has_database_privilege(u.oid, d.oid, 'CONNECT')
         OR EXISTS (SELECT FROM up WHERE has_database_privilege(up.oid, d.oid, 'CONNECT')) AS connect,
       has_database_privilege(d.oid, 'CONNECT') AS "mayRead"
  FROM pg_roles u, pg_database d
 WHERE ${isNamed('u', '$1')}
   AND EXISTS (SELECT FROM pg_shdepend s
                WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid IN (SELECT oid FROM up)
                  AND (s.dbid = d.oid OR (s.classid = 'pg_database'::regclass AND s.objid = d.oid)))
 ORDER BY d.datname`;

/** `person`: null when there is no such role or no such login. */
export async function readPerson(send: Send, { role, login }: NamePair) {
  const names = nameValues([login, role]);
  const [[person], settings, databases] = await Promise.all([
    send(personRow, PERSON, names),
    send(settingRow, SETTINGS, names.slice(0, 1)),
    send(databaseRow, DATABASES, names),
  ]);
  return { person: person ?? null, settings, databases };
}
