import { z } from 'zod';
import type { SignedCheckpoint } from '../../domain/audit/audit-checkpoint.js';
import type { Queryable } from '../pool.js';

const checkpoint: z.ZodType<SignedCheckpoint> = z.object({
  seq: z.number(),
  hash: z.string(),
  count: z.number(),
  at: z.date(),
  by: z.string(),
  signature: z.string(),
});

/** The newest one; null when nothing was ever pruned. */
export async function readCheckpoint(db: Queryable): Promise<SignedCheckpoint | null> {
  const { rows } = await db.query(
    `select seq, encode(hash, 'hex') as hash, count, at, by, encode(signature, 'hex') as signature
       from audit_checkpoints order by seq desc limit 1`,
  );
  return rows[0] === undefined ? null : checkpoint.parse(rows[0]);
}

/** Keeps a checkpoint and its audit event, in one statement. Needs the owner of the ledger. */
export async function insertCheckpoint(
  db: Queryable,
  { seq, hash, count, at, by, signature }: SignedCheckpoint,
  key: string,
): Promise<void> {
  await db.query(
    `with kept as (
       insert into audit_checkpoints (seq, hash, count, at, by, signature)
         values ($1, decode($2, 'hex'), $3, $4, $5, decode($6, 'hex'))
     )
     insert into events (kind, actor, data) values ('audit_pruned', null, jsonb_build_object('seq', $1::bigint,
       'hash', $2::text, 'count', $3::bigint, 'at', $7::text, 'by', $5::text, 'signature', $6::text, 'key', $8::text))`,
    [seq, hash, count, at, by, signature, at.toISOString(), key],
  );
}

/**
 * How far the chain may be pruned: to the first event that is not older than `before`, or whose request is not over,
 * because it is open, due for review, an emergency that no reviewer has judged, has unsent messages, or its approval
 * covers later ones.
 * @returns `heldBy`: the request that keeps the rest, if one does.
 */
export async function readPrunable(
  db: Queryable,
  before: Date,
): Promise<{ readonly seq: number; readonly heldBy: number | null }> {
  const { rows } = await db.query(
    `with unfinished as (
       select id from requests where state in ('pending', 'granting', 'active', 'ending')
       union select id from requests where review_at is not null
       union select id from requests where judge_at is not null
       union select request_id from deliveries where sent < wanted
       union select request_id from repeats where ended_at is null and until > now()
     ), kept as (
       select min(c.seq) as seq, null::bigint as request from events e join audit_chain c on c.event_id = e.id
         where e.at >= $1
       union all (select c.seq, e.request_id from unfinished u join events e on e.request_id = u.id
         join audit_chain c on c.event_id = e.id order by c.seq limit 1)
       union all select seq + 1, null from audit_head
     )
     select seq - 1 as seq, request as "heldBy" from kept where seq is not null order by seq limit 1`,
    [before],
  );
  return z.object({ seq: z.number(), heldBy: z.number().nullable() }).parse(rows[0]);
}

/**
 * Deletes the links after one place up to another, with their events. Needs the owner of the ledger.
 * @returns how many.
 */
export async function deleteLinks(db: Queryable, after: number, upTo: number): Promise<number> {
  const { rowCount } = await db.query(
    `with gone as (
       delete from audit_chain where seq > $1 and seq <= $2 returning event_id
     ), events_gone as (
       delete from events where id in (select event_id from gone)
     )
     select from gone`,
    [after, upTo],
  );
  return rowCount ?? 0;
}

/**
 * Deletes requests that were over before this time and have no event left, with their decisions and messages, and writes
 * one audit event; the next ones after an id, at most `limit`. The newest request stays, because it shows which ids were
 * used. Needs the owner of the ledger.
 * @returns how many, and the last one; null when there was none.
 */
export async function deleteRequests(
  db: Queryable,
  before: Date,
  by: string,
  after: number,
  limit: number,
): Promise<{ readonly count: number; readonly last: number } | null> {
  const { rows } = await db.query(
    `with gone as (
       select r.id from requests r where r.id > $3 and r.ended_at < $1 and r.review_at is null
         and r.judge_at is null
         and r.id < (select max(id) from requests)
         and not exists (select from events e where e.request_id = r.id)
         and not exists (select from deliveries d where d.request_id = r.id and d.sent < d.wanted)
         and not exists (select from strays s where s.settled_at is null and r.id in (s.request_id, s.wanted_by))
         and not exists (select from repeats p where p.request_id = r.id and p.ended_at is null and p.until > now())
         order by r.id limit $4
     ), decided as (
       delete from decisions where request_id in (select id from gone)
     ), told as (
       delete from deliveries where request_id in (select id from gone)
     ), repeated as (
       delete from repeats where request_id in (select id from gone)
     ), strayed as (
       delete from strays where request_id in (select id from gone) or wanted_by in (select id from gone)
     ), deleted as (
       delete from requests where id in (select id from gone)
     ), counted as (
       select count(*) as count, min(id) as first, max(id) as last from gone having count(*) > 0
     ), audited as (
       insert into events (kind, data) select 'requests_pruned', jsonb_build_object('count', count, 'first', first,
         'last', last, 'before', $1::timestamptz, 'by', $2::text) from counted
     )
     select count, last from counted`,
    [before, by, after, limit],
  );
  return rows[0] === undefined ? null : z.object({ count: z.number(), last: z.number() }).parse(rows[0]);
}

/** Can a request with this id have been deleted? Yes, if anything was ever pruned and there are newer ids. */
export async function mayBePruned(db: Queryable, id: number): Promise<boolean> {
  const { rows } = await db.query<{ pruned: boolean }>(
    `select exists (select from audit_checkpoints) and $1 < (select max(id) from requests) as pruned`,
    [id],
  );
  return rows[0]?.pruned ?? false;
}

/** Only one process prunes at a time, for as long as its connection lasts. @returns false when another does. */
export async function lockPruning(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(hashtext('hallpass audit prune')) as locked`,
  );
  return rows[0]?.locked ?? false;
}
