/** What a server says of itself and of our connection to it, whoever we are there. */
import { z } from 'zod';
import type { Kind, TargetConfig } from '../../config/config.js';
import { SESSION_RIGHTS, type SessionRight } from '../../domain/predefined-roles.js';
import type { Send } from '../connect.js';
import { DATABASE, OWNER } from '../guarded/names.js';
import { nameValues } from '../quote.js';
import { mayUse } from '../reading/rights.js';
import { kindsOf, SIGN_ROLES } from './provider-kind.js';

/** A transaction that waits for COMMIT PREPARED. */
interface Prepared {
  readonly gid: string;
  readonly owner: string;
  readonly database: string;
}

export interface Situation {
  /** As the server prints it, e.g. `18.4 (Debian 18.4-1)`. */
  readonly release: string;
  /** server_version_num. */
  readonly version: number;
  readonly inRecovery: boolean;
  /** The address that we come from, as the server sees it; null through a socket of the machine itself. */
  readonly address: string | null;
  /** null: not encrypted. */
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  /** What the server may be, by the roles that are there. */
  readonly kinds: readonly Kind[];
  /** Who needs the rights for sessions, and which of them are missing; null: it is not there yet. */
  readonly holder: string;
  readonly missingRights: readonly SessionRight[] | null;
  /** Of a guarded target's own database: who owns it and is no superuser, when it should not be they; what is set for it. */
  readonly foreignOwner: string | null;
  readonly databaseSettings: readonly string[];
  /** Prepared transactions of the roles and logins that were asked for. */
  readonly prepared: readonly Prepared[];
}

const situationRow = z.object({
  release: z.string(),
  version: z.number(),
  inRecovery: z.boolean(),
  address: z.string().nullable(),
  tlsVersion: z.string().nullable(),
  cipher: z.string().nullable(),
  signs: z.array(z.string()),
  login: z.string(),
  maySee: z.boolean().nullable(),
  mayEnd: z.boolean().nullable(),
  foreignOwner: z.string().nullable(),
  databaseSettings: z.array(z.string()).nullable(),
});

/** Null while the holder is not there. */
const may = (right: SessionRight, mode: TargetConfig['mode']): string => `
(SELECT ${mayUse('h.oid', right, mode)}
   FROM pg_roles h WHERE h.rolname = ${mode === 'direct' ? 'session_user' : `'${OWNER}'`})`;

/** Who owns a database can make it read-only, and what is set for it holds for who calls the sweep from cron. */
const OF_DATABASE = {
  direct: `NULL AS "foreignOwner", NULL AS "databaseSettings"`,
  guarded: `
       (SELECT o.rolname::text FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
         WHERE d.datname = '${DATABASE}' AND o.rolname <> '${OWNER}' AND NOT o.rolsuper) AS "foreignOwner",
       (SELECT array_agg(x.setting ORDER BY x.setting)
          FROM pg_database d JOIN pg_db_role_setting s ON s.setdatabase = d.oid CROSS JOIN LATERAL unnest(s.setconfig) AS x (setting)
         WHERE d.datname = '${DATABASE}') AS "databaseSettings"`,
} as const;

const situationSql = (mode: TargetConfig['mode']): string => `
SELECT current_setting('server_version') AS release,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS "inRecovery",
       host(inet_client_addr()) AS address,
       s.version AS "tlsVersion", s.cipher,
       ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.rolname = ANY ($1::name[])) AS signs,
       session_user::text AS login,
       ${may(SESSION_RIGHTS.see, mode)} AS "maySee",
       ${may(SESSION_RIGHTS.end, mode)} AS "mayEnd",
       ${OF_DATABASE[mode]}
  FROM (SELECT pg_backend_pid() AS pid) me LEFT JOIN pg_stat_ssl s ON s.pid = me.pid`;

const preparedRow = z.object({ gid: z.string(), owner: z.string(), database: z.string() });

const PREPARED = `
SELECT x.gid, x.owner::text AS owner, x.database::text AS database
  FROM pg_prepared_xacts x WHERE x.owner::text = ANY ($1::text[]) ORDER BY x.prepared`;

/** @param names roles and logins whose prepared transactions are looked for. */
export async function readSituation(
  send: Send,
  mode: TargetConfig['mode'],
  names: readonly string[],
): Promise<Situation> {
  const [[row], prepared] = await Promise.all([
    send(situationRow, situationSql(mode), [SIGN_ROLES]),
    send(preparedRow, PREPARED, [nameValues(names)]),
  ]);
  if (row === undefined) throw new Error('the server did not say what it is');
  const { tlsVersion, cipher } = row;
  return {
    release: row.release,
    version: row.version,
    inRecovery: row.inRecovery,
    address: row.address,
    tls: tlsVersion === null || cipher === null ? null : { version: tlsVersion, cipher },
    kinds: kindsOf(row.signs),
    holder: mode === 'direct' ? row.login : OWNER,
    missingRights: missingRights(row),
    foreignOwner: row.foreignOwner,
    databaseSettings: row.databaseSettings ?? [],
    prepared,
  };
}

function missingRights({ maySee, mayEnd }: z.infer<typeof situationRow>): readonly SessionRight[] | null {
  if (maySee === null || mayEnd === null) return null;
  return [...(maySee ? [] : [SESSION_RIGHTS.see]), ...(mayEnd ? [] : [SESSION_RIGHTS.end])];
}

const versionRow = z.object({ version: z.number() });

/** server_version_num. */
export async function readVersion(send: Send): Promise<number> {
  const [row] = await send(versionRow, `SELECT current_setting('server_version_num')::int AS version`);
  if (row === undefined) throw new Error('the server did not say its version');
  return row.version;
}

const nowRow = z.object({ now: z.date() });

/** The server's clock. */
export async function readClock(send: Send): Promise<Date> {
  const [row] = await send(nowRow, 'SELECT clock_timestamp() AS now');
  if (row === undefined) throw new Error('the server did not say what time it is');
  return row.now;
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
