/** What a server says of itself and of our connection to it. */
import { z } from 'zod';
import type { TargetConfig } from '../../config/config.js';
import { SESSION_RIGHTS, type SessionRight } from '../../domain/postgres/predefined-roles.js';
import type { Send } from '../connect.js';
import { DATABASE, OWNER } from '../guarded/names.js';
import { nameValues } from '../quote.js';
import { mayUse } from '../reading/rights.js';
import { kindsOf, SIGN_ROLES } from './provider-kind.js';
import { readOne } from './read-one.js';

const situationRow = z.object({
  /** As the server prints it, e.g. `18.4 (Debian 18.4-1)`. */
  release: z.string(),
  /** server_version_num. */
  version: z.number(),
  inRecovery: z.boolean(),
  /** The address that we come from, as the server sees it; null through a socket of the machine itself. */
  address: z.string().nullable(),
  tlsVersion: z.string().nullable(),
  cipher: z.string().nullable(),
  signs: z.array(z.string()),
  /** Who needs the rights for sessions, and whether it has them; null: it is not there yet. */
  holder: z.string(),
  maySee: z.boolean().nullable(),
  mayEnd: z.boolean().nullable(),
  /** Of a guarded target's own database: an owner who should not own it and is no superuser; and what is set for it. */
  foreignOwner: z.string().nullable(),
  databaseSettings: z.array(z.string()),
});

/** Null while the holder doesn't exist. */
const may = (right: SessionRight, mode: TargetConfig['mode']): string => `
(SELECT ${mayUse('h.oid', right, mode)}
   FROM pg_roles h WHERE h.rolname = ${mode === 'direct' ? 'session_user' : `'${OWNER}'`})`;

/** An owner can make the database read-only, and what is set for it also applies to a sweep called from cron. */
const OF_DATABASE = {
  direct: `NULL AS "foreignOwner", '{}'::text[] AS "databaseSettings"`,
  guarded: `
       (SELECT o.rolname::text FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
         WHERE d.datname = '${DATABASE}' AND o.rolname <> '${OWNER}' AND NOT o.rolsuper) AS "foreignOwner",
       ARRAY(SELECT x.setting
          FROM pg_database d JOIN pg_db_role_setting s ON s.setdatabase = d.oid CROSS JOIN LATERAL unnest(s.setconfig) AS x (setting)
         WHERE d.datname = '${DATABASE}' ORDER BY x.setting) AS "databaseSettings"`,
} as const;

const situationSql = (mode: TargetConfig['mode']): string => `
SELECT current_setting('server_version') AS release,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS "inRecovery",
       host(inet_client_addr()) AS address,
       s.version AS "tlsVersion", s.cipher,
       ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.rolname = ANY ($1::name[])) AS signs,
       ${mode === 'direct' ? 'session_user::text' : `'${OWNER}'`} AS holder,
       ${may(SESSION_RIGHTS.see, mode)} AS "maySee",
       ${may(SESSION_RIGHTS.end, mode)} AS "mayEnd",
       ${OF_DATABASE[mode]}
  FROM (SELECT pg_backend_pid() AS pid) me LEFT JOIN pg_stat_ssl s ON s.pid = me.pid`;

const preparedRow = z.object({ gid: z.string(), owner: z.string(), database: z.string() });

const PREPARED = `
SELECT x.gid, x.owner::text AS owner, x.database::text AS database
  FROM pg_prepared_xacts x WHERE x.owner::text = ANY ($1::text[]) ORDER BY x.prepared`;

export type Situation = Awaited<ReturnType<typeof readSituation>>;

/** @param names roles and logins whose prepared transactions are looked for. */
export async function readSituation(send: Send, mode: TargetConfig['mode'], names: readonly string[]) {
  const [{ tlsVersion, cipher, signs, maySee, mayEnd, ...row }, prepared] = await Promise.all([
    readOne(send, situationRow, situationSql(mode), [SIGN_ROLES]),
    send(preparedRow, PREPARED, [nameValues(names)]),
  ]);
  const missing = [...(maySee ? [] : [SESSION_RIGHTS.see]), ...(mayEnd ? [] : [SESSION_RIGHTS.end])];
  return {
    ...row,
    /** null: not encrypted. */
    tls: tlsVersion === null || cipher === null ? null : { version: tlsVersion, cipher },
    /** What the server may be, by the roles that are there. */
    kinds: kindsOf(signs),
    /** Rights for sessions that `holder` lacks; null: it is not there yet. */
    missingRights: maySee === null || mayEnd === null ? null : missing,
    /** Transactions of those names that wait for COMMIT PREPARED. */
    prepared,
  };
}

const versionRow = z.object({ version: z.number() });

/** server_version_num. */
export async function readVersion(send: Send): Promise<number> {
  const sql = `SELECT current_setting('server_version_num')::int AS version`;
  return (await readOne(send, versionRow, sql)).version;
}

const nowRow = z.object({ now: z.date() });

/** The server's clock. */
export async function readClock(send: Send): Promise<Date> {
  return (await readOne(send, nowRow, 'SELECT clock_timestamp() AS now')).now;
}

const missingRow = z.object({ name: z.string() });

/** Of these names, those that no role of the server has. */
export async function readMissing(send: Send, names: readonly string[]): Promise<readonly string[]> {
  const rows = await send(
    missingRow,
    `SELECT n.name FROM unnest($1::text[]) WITH ORDINALITY AS n (name, i)
      WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname::text = n.name) ORDER BY n.i`,
    [nameValues(names)],
  );
  return rows.map(({ name }) => name);
}
