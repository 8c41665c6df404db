/** Which server each target is, as last seen, and what was seen at its address instead. */
import { z } from 'zod';
import type { KnownServer, ServerIdentity } from '../../domain/postgres/server-identity.js';
import type { Queryable } from '../pool.js';

const identity = z.object({
  id: z.string(),
  timeline: z.number(),
  startedAt: z.number(),
  lsn: z.number().nullable(),
}) satisfies z.ZodType<ServerIdentity>;

/** An operator said that the server was replaced for good. */
const replacement = z.object({
  /** The user of the operating system, and their reason. */
  by: z.string(),
  because: z.string().nullable(),
  /** system_identifier of the new one. */
  id: z.string(),
});

export type Replacement = z.infer<typeof replacement>;

const placeRow = z.object({
  known: identity.extend({ anchor: z.number().nullable() }).nullable(),
  standbys: z.record(z.string(), z.number()),
  stranger: identity.nullable(),
  moved: z.string().nullable(),
  replaced: replacement.nullable(),
});

/** What the ledger knows of the server of one target. */
export interface KnownPlace {
  /** null before the first comparison by a release that records it. */
  readonly known: KnownServer | null;
  /** What answers at its address and may be a copy: Hallpass can't tell. */
  readonly stranger: ServerIdentity | null;
  /** Why it isn't the server of the last comparison; null when it is. */
  readonly moved: string | null;
  readonly replaced: Replacement | null;
}

const PLACE = `
  case when t.started_at is not null and t.system_id is not null then json_build_object('id', t.system_id,
      'timeline', t.timeline, 'startedAt', t.started_at, 'lsn', t.lsn, 'anchor', t.anchor_seq) end as known,
    t.standbys, t.stranger, t.moved, t.replaced`;

function toPlace(row: unknown): KnownPlace {
  if (row === undefined) return { known: null, stranger: null, moved: null, replaced: null };
  const { known, standbys, ...rest } = placeRow.parse(row);
  return { ...rest, known: known && { ...known, standbys: Object.values(standbys) } };
}

export async function readKnownPlace(db: Queryable, name: string): Promise<KnownPlace> {
  const { rows } = await db.query(`select ${PLACE} from targets t where t.name = $1`, [name]);
  return toPlace(rows[0]);
}

/**
 * From now on the target is this server.
 * @param was what was known at the look; null: nothing. If another look was faster, nothing is written.
 * @param moved why it is another server than before, for the next comparison; null when it isn't.
 */
export async function adoptServer(
  db: Queryable,
  name: string,
  was: Pick<ServerIdentity, 'startedAt'> | null,
  seen: ServerIdentity & { readonly anchor: number | null },
  moved: string | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update targets set since = case when started_at = $4::bigint and system_id = $2 then coalesce(since, now()) else now() end,
         seen_at = now(), system_id = $2, timeline = $3, started_at = $4, lsn = $5, anchor_seq = $6,
         moved = coalesce($7, moved), stranger = null, replaced = null
       where name = $1 and started_at is not distinct from $8::bigint`,
    [name, seen.id, seen.timeline, seen.startedAt, seen.lsn, seen.anchor, moved, was?.startedAt ?? null],
  );
  return rowCount === 1;
}

/** Records what answers at the known server's address. @returns false when that was recorded before. */
export async function recordStranger(
  db: Queryable,
  name: string,
  { id, timeline, startedAt, lsn }: ServerIdentity,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update targets set stranger = $2::jsonb where name = $1
       and (stranger->>'startedAt') is distinct from ($2::jsonb->>'startedAt')`,
    [name, JSON.stringify({ id, timeline, startedAt, lsn })],
  );
  return rowCount === 1;
}

/** Records that the known server was seen, and adds the standbys it has. */
export async function recordSeen(
  db: Queryable,
  name: string,
  seen: ServerIdentity,
  standbys: Readonly<Record<string, number>>,
): Promise<void> {
  await db.query(
    `update targets set seen_at = now(), lsn = greatest(lsn, $4::bigint), standbys = standbys || $5::jsonb, stranger = null
       where name = $1 and system_id = $2 and started_at = $3`,
    [name, seen.id, seen.startedAt, seen.lsn, JSON.stringify(standbys)],
  );
}

/** Compares everything at once, in the sweep that runs or the next one, because the server changed. */
export async function compareAtOnce(db: Queryable, name: string): Promise<void> {
  await db.query('update targets set checked_at = null, wake_seq = wake_seq + 1 where name = $1', [name]);
}

/** Records an operator's word for the next comparison. @returns false when there is no such target. */
export async function recordReplaced(db: Queryable, name: string, word: Replacement): Promise<boolean> {
  const { rowCount } = await db.query(
    'update targets set replaced = $2::jsonb, checked_at = null, wake_seq = wake_seq + 1 where name = $1',
    [name, JSON.stringify(word)],
  );
  return rowCount === 1;
}

/** What the ledger knows that blocks granting on a server. */
export interface GrantBlockers extends KnownPlace {
  /** Another target that is this very server, or may be, until both are looked at again. */
  readonly twin: string | null;
  readonly isTwinSure: boolean;
  /** An open request that another login of ours granted there. */
  readonly byFormerLogin: number | null;
}

/**
 * Two servers with one system_identifier are two if each was seen with another postmaster while the other was known: a
 * single server has only one postmaster at a time.
 */
export const MAY_BE_ONE = `
  (o.started_at is null or t.started_at is null or o.started_at = t.started_at
    or not (o.since <= t.seen_at and t.since <= o.seen_at))`;

export async function readGrantBlockers(
  db: Queryable,
  name: string,
  server: { readonly id: string; readonly grantorOid: number },
  among: readonly string[],
): Promise<GrantBlockers> {
  const { rows } = await db.query<{ twin: string | null; sure: boolean | null; former: number | null }>(
    `select ${PLACE}, twin.name as twin, twin.sure,
         (select min(r.id) from requests r where r.target = t.name and r.state in ('granting', 'active', 'ending')
            and r.server = $2 and r.grantor_oid <> $3) as former
       from targets t left join lateral (
         select o.name, o.started_at = t.started_at as sure from targets o
           where o.server = $2 and o.name <> t.name and o.name = any($4::text[]) and ${MAY_BE_ONE}
             and (o.name < t.name or t.server is distinct from $2)
           order by o.name limit 1) twin on true
       where t.name = $1`,
    [name, server.id, server.grantorOid, among],
  );
  const [row] = rows;
  return {
    ...toPlace(row),
    twin: row?.twin ?? null,
    isTwinSure: row?.sure === true,
    byFormerLogin: row?.former ?? null,
  };
}
