import { z } from 'zod';
import type { Queryable } from '../pool.js';
import { markCardLinked } from './homes.js';
import { PLACE_OF } from './shut-places.js';

/** Where Slack put a message. */
type Posted = NonNullable<Delivery['posted']>;

/**
 * Longer than a call to Slack may take (8 s): until it ends no other process sends the same message. No longer than a
 * heartbeat: what a killed process was about to say is late by as much.
 */
const LEASE_MS = 15_000;

const delivery = z.object({
  key: z.string(),
  kind: z.string(),
  requestId: z.number().nullable(),
  recipient: z.string(),
  /** What to say when it belongs to no request: as it was written, unchecked. */
  message: z.unknown(),
  /** The version that was wanted when it was claimed. */
  wanted: z.number(),
  /** null before the first post. */
  posted: z.object({ channel: z.string(), ts: z.string() }).readonly().nullable(),
  attempts: z.number(),
  /** Since when it may have been posted without our knowing, because the answer to an attempt was lost; null: it wasn't. */
  triedAt: z.date().nullable(),
});

/** A message that Slack doesn't show as wanted yet, leased to this process. */
export type Delivery = Readonly<z.infer<typeof delivery>>;

/** Which messages may be sent: first posts, except to these, and changes of what was posted. */
interface Sendable {
  readonly posts: boolean;
  readonly updates: boolean;
  readonly except: readonly string[];
}

const ALL: Sendable = { posts: true, updates: true, except: [] };

const SENDABLE = `case when channel is null then $1 and recipient <> all($3::text[]) else $2 end`;

/** Where Slack refuses posts, one attempt at a time finds out whether it accepts them again. */
const SHUT = `from shut_places s where d.channel is null and s.place = ${PLACE_OF} and s.mended_at is null`;

/**
 * Takes up to `limit` unsent messages that are due, and leases them to the caller. The newest first: a message that
 * someone waits for now must not wait behind ten thousand about grants that ended a minute ago.
 */
export async function claimDeliveries(
  db: Queryable,
  limit: number,
  { posts, updates, except } = ALL,
): Promise<readonly Delivery[]> {
  const { rows } = await db.query(
    `update deliveries d set lease_until = now() + $5 * interval '1 millisecond', attempts = attempts + 1,
         stale = false, tried_at = case when d.channel is null then coalesce(d.tried_at, now()) end
       from (select key, tried_at from deliveries d where sent < wanted and not_before <= now()
               and (lease_until is null or lease_until <= now()) and ${SENDABLE}
               and not exists (select ${SHUT} and s.not_before > now())
             order by not_before desc limit $4 for update skip locked) due
       where d.key = due.key
       returning d.key, d.kind, d.request_id as "requestId", d.recipient, d.message, d.wanted, d.attempts,
         case when d.channel is not null and d.ts is not null
           then json_build_object('channel', d.channel, 'ts', d.ts) end as posted, due.tried_at as "triedAt"`,
    [posts, updates, except, limit, LEASE_MS],
  );
  return z.array(delivery).parse(rows);
}

/**
 * Which other messages (`o`) show less once this one (`d`) is posted: its copies; and earlier messages to the same person
 * about the request, which kept their buttons because a post failed (`b`, see `isOutdone`).
 */
const SHRINKS = `o.request_id = d.request_id and o.channel is not null and o.key <> d.key
  and case when d.kind in ('card', 'judge') then starts_with(o.key, d.key || '@')
    else b.trouble is not null and o.kind <> 'card' and o.recipient = d.recipient end`;

/** What a message (`o`) shows has changed though its request hasn't: it is sent once more, also one that is under way. */
const SENT_AGAIN =
  'stale = true, sent = least(o.sent, o.wanted - 1), not_before = least(o.not_before, now())';

/**
 * Records what Slack now shows: this version, in this place. Ends the lease. A process that had been frozen may have
 * overwritten a newer version with an older one; then the newer is sent again.
 * @returns `opened`: Slack refused posts there until now; `replaced`: where the message was known to be before, which
 *   makes that one a duplicate.
 */
export async function recordSent(
  db: Queryable,
  key: string,
  version: number,
  posted: Posted | null,
): Promise<{ readonly opened: boolean; readonly replaced: Posted | null }> {
  const { rows } = await db.query<{ opened: boolean; channel: string | null; ts: string | null }>(
    `with before as (
       select channel, ts, trouble from deliveries where key = $1
     ), sent as (
       update deliveries d set sent = case when stale then least($2, wanted - 1) else $2 end,
           channel = coalesce($3, channel), ts = coalesce($4, ts),
           lease_until = null, attempts = 0, trouble = null, tried_at = null
         where key = $1 returning key, kind, request_id, recipient
     ), shrunk as (
       update deliveries o set ${SENT_AGAIN} from sent d, before b where $3::text is not null and ${SHRINKS}
     ), linked as (
       ${markCardLinked(`$3::text is not null and exists (select from sent where key = 'card:' || request_id)`)}
     ), opened as (
       update shut_places s set mended_at = now() from sent d
         where $3::text is not null and s.place = ${PLACE_OF} and s.mended_at is null returning s.place
     )
     select exists (select from opened) as opened, b.channel, b.ts
       from (values (1)) one left join before b on (b.channel, b.ts) <> ($3, $4)`,
    [key, version, posted?.channel ?? null, posted?.ts ?? null],
  );
  const row = rows[0];
  const replaced = row?.channel && row.ts ? { channel: row.channel, ts: row.ts } : null;
  return { opened: row?.opened === true, replaced };
}

/**
 * Records why it could not be sent, and when to try again (milliseconds from now); null gives up.
 * @param failed `unsure`: Slack may have accepted it anyway; `triedAt`: as claimed, to keep what is known of an earlier
 *   attempt.
 */
export async function recordUnsent(
  db: Queryable,
  key: string,
  {
    trouble,
    retryInMs,
    unsure,
    triedAt = null,
  }: { trouble: string; retryInMs: number | null; unsure: boolean; triedAt?: Date | null },
): Promise<void> {
  await db.query(
    `update deliveries set trouble = $2, lease_until = null, not_before = now() + coalesce($3, 0) * interval '1 millisecond',
       sent = case when $3::bigint is null then wanted else sent end,
       tried_at = case when $4 then tried_at else $5 end where key = $1`,
    [key, trouble, retryInMs === null ? null : Math.round(retryInMs), unsure, triedAt],
  );
}

/** The message is gone from Slack: the next attempt posts it again. */
export async function forgetPosted(db: Queryable, key: string): Promise<void> {
  await db.query(`update deliveries set channel = null, ts = null, lease_until = null where key = $1`, [key]);
}

/** Milliseconds until the next unsent message of these is due or its lease ends; null when all of them are sent. */
export async function nextDelivery(
  db: Queryable,
  { posts, updates, except }: Sendable,
): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select extract(epoch from min(greatest(not_before, lease_until, (select s.not_before ${SHUT}))) - now())::float8 * 1000 as ms
       from deliveries d where sent < wanted and ${SENDABLE}`,
    [posts, updates, except],
  );
  return rows[0]?.ms ?? null;
}

/** Lets a held card go out now: PagerDuty has answered. */
export async function releaseDeliveries(db: Queryable, requestId: number): Promise<void> {
  await db.query(
    `update deliveries set not_before = now() where request_id = $1 and sent < wanted and not_before > now()`,
    [requestId],
  );
}

/** Where the message with this key is in Slack. */
export async function whereShown(db: Queryable, key: string): Promise<Posted | null> {
  const { rows } = await db.query<{ channel: string | null; ts: string | null }>(
    'select channel, ts from deliveries where key = $1',
    [key],
  );
  const row = rows[0];
  return row?.channel && row.ts ? { channel: row.channel, ts: row.ts } : null;
}

/** Where the cards of these requests are in Slack, by request; those that are nowhere are left out. */
export async function cardsOf(
  db: Queryable,
  requestIds: readonly number[],
): Promise<ReadonlyMap<number, Posted>> {
  const { rows } = await db.query<{ id: number; channel: string; ts: string }>(
    `select i.id, d.channel, d.ts from unnest($1::bigint[]) i(id) join deliveries d on d.key = 'card:' || i.id
       where d.channel is not null and d.ts is not null`,
    [requestIds],
  );
  return new Map(rows.map(({ id, channel, ts }) => [id, { channel, ts }]));
}

/**
 * Has a newer message to the same person taken over from this one? It has once it is posted, or about to be: it gets half
 * a second for that (write-transitions.ts). If its post fails, this one keeps the buttons until it succeeds.
 */
export async function isOutdone(db: Queryable, { key }: Pick<Delivery, 'key'>): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from deliveries d join deliveries n on n.request_id = d.request_id and n.recipient = d.recipient
       where d.key = $1 and n.kind not in ('card', 'step', 'reminder') and n.created_at > d.created_at
         and (n.channel is not null or n.sent < n.wanted and n.trouble is null) limit 1`,
    [key],
  );
  return rowCount === 1;
}

/** The conversation in which a person gets direct messages; null when they have got none yet. */
export async function directChannelOf(db: Queryable, person: string): Promise<string | null> {
  const { rows } = await db.query<{ channel: string }>(
    'select channel from deliveries where recipient = $1 and channel is not null limit 1',
    [person],
  );
  return rows[0]?.channel ?? null;
}

/**
 * Adopts a message that someone just clicked, if there is no record of the posted one. Ends the lease of the process that
 * posted it, which may be dead.
 * @returns whether it was adopted
 */
export async function adopt(db: Queryable, key: string, place: Posted): Promise<boolean> {
  const { rowCount } = await db.query(
    `update deliveries set channel = $2, ts = $3, sent = 0, lease_until = null, not_before = now()
       where key = $1 and ts is null`,
    [key, place.channel, place.ts],
  );
  return rowCount === 1;
}

/**
 * True if this message isn't one that Hallpass keeps updated. False while it may be one whose place isn't recorded yet,
 * and when the request's messages were deleted, because then nothing is known.
 */
export async function isStray(db: Queryable, requestId: number, place: Posted): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from deliveries where request_id = $1
       and (channel = $2 and ts = $3 or ts is null and attempts > 0 and sent < wanted)
     union all
     select from (values (1)) v where not exists (select from deliveries where key = 'status:' || $1::bigint)`,
    [requestId, place.channel, place.ts],
  );
  return rowCount === 0;
}

/** Sends the message in this place once more, if it is one that is kept up to date. */
export async function showAgain(db: Queryable, requestId: number, place: Posted): Promise<void> {
  await db.query(
    `update deliveries set sent = wanted - 1, not_before = now()
       where request_id = $1 and channel = $2 and ts = $3 and sent >= wanted`,
    [requestId, place.channel, place.ts],
  );
}

/** What is known beside the request has changed, and all of its messages say so. */
export async function redraw(db: Queryable, requestId: number): Promise<void> {
  await db.query(
    `update deliveries o set ${SENT_AGAIN}
       where request_id = $1 and (channel is not null or lease_until > now())`,
    [requestId],
  );
}

/** Replaces an operators' message, and each copy of it (operator-copies.ts). */
export async function rewriteOperatorNote(db: Queryable, key: string, message: object): Promise<void> {
  await db.query(
    `update deliveries set message = $2, wanted = wanted + 1, not_before = now() where key in (
       select $1::text union all
       select key from deliveries where kind = 'operators' and recipient ~ '^[UW]' and starts_with(key, $1 || '@'))`,
    [key, JSON.stringify(message)],
  );
}

/** Tells the operators something, once for each key. @returns false when they were told before. */
export async function insertOperatorNote(
  db: Queryable,
  note: { readonly key: string; readonly channel: string; readonly message: object },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into deliveries (key, kind, recipient, message, wanted) values ($1, 'operators', $2, $3, 1)
       on conflict (key) do nothing`,
    [note.key, note.channel, JSON.stringify(note.message)],
  );
  return rowCount === 1;
}
