/** Whether what is granted is used: what a look at all targets needs to know, and what it writes down. */
import { type IdleFacts, MOST_UNCOUNTED_MS, type Use } from '../../domain/request/idle.js';
import type { Queryable } from '../pool.js';

/** A grant in force. */
export interface Used extends Use, IdleFacts {
  readonly id: number;
  readonly target: string;
  /** system_identifier of the server that it is on. */
  readonly server: string;
  readonly memberOid: number;
  /** OIDs of others that could use it through the login at some time. */
  readonly users: readonly number[];
}

/** Since when all servers of a target have been seen without a gap, and when last; `names` says which servers. */
export interface Watched {
  readonly target: string;
  readonly names: string;
  readonly since: Date;
  readonly at: Date;
}

/** SQL: for how long a session was open until the request `r` ended, or until now; milliseconds. As usedMs (idle.ts). */
export const sessionMs = (r: string): string =>
  `(${r}.session_ms + case when ${r}.in_use then least(${MOST_UNCOUNTED_MS}, greatest(0,
     extract(epoch from coalesce(${r}.ended_at, now()) - ${r}.used_at) * 1000)) else 0 end)`;

/** Little of each, because there may be ten thousand. */
const USED = `
  select r.id, r.target, r.server, r.member_oid as "memberOid", r.in_use as "inUse", r.used_at as "usedAt",
      r.session_ms as "sessionMs", r.granted_at as "grantedAt", r.expires_at as "expiresAt", r.extended_at as "extendedAt",
      r.idle_ms as "idleMs", r.idle_told_at as "idleToldAt", r.idle_ends_at as "idleEndsAt",
      array(select (u->>'oid')::oid from jsonb_array_elements(r.users_through) u) as users
    from requests r
    where r.state = 'active' and r.expires_at > now() and r.server is not null and r.granted_at is not null`;

const WATCHED = `
  select now() as now, t.name as target, t.watched as names, t.watched_since as since, t.watched_at as at
    from targets t where t.watched_at is not null union all select now(), null, null, null, null`;

export interface Uses {
  /** The ledger's clock. */
  readonly now: Date;
  readonly grants: readonly Used[];
  readonly watched: ReadonlyMap<string, Watched>;
}

export async function readUses(db: Queryable): Promise<Uses> {
  const [grants, watched] = await Promise.all([
    db.query<Used>({ name: 'uses', text: USED, values: [] }),
    db.query<Watched & { readonly now: Date }>({ name: 'watched', text: WATCHED, values: [] }),
  ]);
  const now = watched.rows[0]?.now;
  if (now === undefined) throw new Error('the ledger did not say what time it is');
  return {
    now,
    grants: grants.rows,
    watched: new Map(
      watched.rows.flatMap((row) => (row.target === null ? [] : [[row.target, row] as const])),
    ),
  };
}

/** Rows that somebody writes at the moment are left for the next look. */
const WRITE = `
  with change as (
    select * from jsonb_to_recordset($1::jsonb) as c(id bigint, "inUse" boolean, "usedAt" timestamptz, "sessionMs" bigint,
      "wasInUse" boolean, "wasUsedAt" timestamptz)
  ), locked as materialized (
    select r.id from requests r where r.id = any(array(select c.id from change c)) order by r.id for update skip locked
  )
  update requests r set in_use = c."inUse", used_at = c."usedAt", session_ms = c."sessionMs"
    from change c, locked l where r.id = c.id and l.id = c.id and r.state = 'active'
      and (r.in_use, r.used_at) is not distinct from (c."wasInUse", c."wasUsedAt")`;

/** Writes down what a look made of each, unless another look was faster: what both saw is counted once. */
export async function writeUses(
  db: Queryable,
  changes: readonly { readonly id: number; readonly was: Use; readonly is: Use }[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ id, was, is }) => ({
    id,
    ...is,
    ...{ wasInUse: was.inUse, wasUsedAt: was.usedAt },
  }));
  await db.query({ name: 'write uses', text: WRITE, values: [JSON.stringify(rows)] });
}

/**
 * All servers of the target were seen now.
 * @param unbrokenMs a longer gap, or other servers than before, begins a new time.
 * @returns since when they have been seen without one.
 */
export async function recordWatched(
  db: Queryable,
  target: string,
  names: string,
  unbrokenMs: number,
): Promise<Date | null> {
  const { rows } = await db.query<{ since: Date }>(
    `update targets set watched = $2, watched_at = now(), watched_since =
         case when watched = $2 and watched_at > now() - $3 * interval '1 ms' then watched_since else now() end
       where name = $1 returning watched_since as since`,
    [target, names, unbrokenMs],
  );
  return rows[0]?.since ?? null;
}
