/**
 * App Home of each person who opened it within a day. The audit chain tells what has changed since Homes were last
 * looked at: no write of a request knows of them, and what a killed process didn't get to is found by the next look.
 */
import { z } from 'zod';
import type { Queryable } from '../pool.js';

/** A Home that was not opened for so long is not kept up to date. */
const KEPT = `opened_at > now() - interval '1 day'`;

/** Longer than a call to Slack may take (8 s): until then no other process publishes it. */
const LEASE_MS = 15_000;
/** One Home is published no more often than this, milliseconds: what changes meanwhile is shown together. */
const APART_MS = 400;
/** When more than so many audit events were not looked through, each Home counts as changed. */
const MOST_EVENTS = 2_000;

/** Events of a request that its approvers see nothing of. */
const UNSEEN = ['previewed', 'reviewed', 'users_seen', 'sessions_open', 'warned', 'cleared'];

const claimed = z.object({
  person: z.string(),
  looking: z.unknown(),
  notice: z.string().nullable(),
  wanted: z.number(),
  hash: z.string().nullable(),
  digest: z.string().nullable(),
  attempts: z.number(),
});

/** A Home that Slack may not show as the ledger says, leased to this process. */
export type ClaimedHome = Readonly<z.infer<typeof claimed>>;

/**
 * Somebody opened their Home: it is drawn again, whatever was published. While no other is kept up to date, what happened
 * before concerns none.
 */
export async function openHome(db: Queryable, person: string): Promise<void> {
  await db.query(
    `with first as (
       update homes_seen set seq = h.seq from audit_head h where not exists (select from homes where ${KEPT})
     )
     insert into homes (person) values ($1) on conflict (person) do update
       set opened_at = now(), wanted = homes.wanted + 1, digest = null, hash = null, notice = null, not_before = now(),
         attempts = 0`,
    [person],
  );
}

/** What somebody looks at, or what they are told there, has changed. @param looking null: as before */
export async function changeHome(
  db: Queryable,
  person: string,
  { looking, notice }: { readonly looking: object | null; readonly notice: string | null },
): Promise<void> {
  await db.query(
    `update homes set looking = coalesce($2, looking), notice = $3, wanted = wanted + 1, opened_at = now(), not_before = now()
       where person = $1`,
    [person, looking === null ? null : JSON.stringify(looking), notice],
  );
}

/** What somebody looks at; null when they never opened their Home. */
export async function readLooking(db: Queryable, person: string): Promise<unknown> {
  const { rows } = await db.query<{ looking: unknown }>('select looking from homes where person = $1', [
    person,
  ]);
  return rows[0]?.looking ?? null;
}

/** Something that any Home may show has changed beside the audit chain: groups, roles, the configuration. */
export async function everyHomeChanged(db: Queryable): Promise<void> {
  await db.query(`update homes set wanted = wanted + 1 where ${KEPT}`);
}

/**
 * Looks through the audit events since the last look, and marks the Homes that may show something of them: of whoever
 * requested it, and, where it may concern those who decide or operate, all.
 */
const MARK = `
  with seen as materialized (
    select seq from homes_seen where exists (select from homes where ${KEPT}) for update
  ), head as materialized (
    select h.seq from audit_head h, seen s where h.seq > s.seq
  ), fresh as materialized (
    select e.kind, r.requester from head, seen
      join audit_chain c on c.seq > seen.seq join events e on e.id = c.event_id left join requests r on r.id = e.request_id
      where head.seq - seen.seq <= ${MOST_EVENTS}
  ), marked as (
    update homes h set wanted = wanted + 1 from head
      where h.${KEPT} and (
        not exists (select from fresh)
        or exists (select from fresh f where f.requester = h.person or f.kind <> all($1)))
  )
  update homes_seen s set seq = greatest(s.seq, head.seq) from head`;

/** Marks the Homes that something has changed for. */
export async function markHomes(db: Queryable): Promise<void> {
  await db.query({ name: 'mark homes', text: MARK, values: [UNSEEN] });
}

/** Takes up to `limit` Homes to be published, and leases them to the caller; the one opened last first. */
export async function claimHomes(db: Queryable, limit: number): Promise<readonly ClaimedHome[]> {
  const { rows } = await db.query(
    `update homes h set lease_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
       from (select person from homes where shown < wanted and ${KEPT} and not_before <= now()
               and (lease_until is null or lease_until <= now())
             order by opened_at desc limit $1 for update skip locked) due
       where h.person = due.person
       returning h.person, h.looking, h.notice, h.wanted, h.hash, h.digest, h.attempts`,
    [limit, LEASE_MS],
  );
  return z.array(claimed).parse(rows);
}

/** Records what Slack shows now. @param hash null: it shows what it did. */
export async function recordPublished(
  db: Queryable,
  { person, wanted }: ClaimedHome,
  { hash, digest }: { readonly hash: string | null; readonly digest: string },
): Promise<void> {
  await db.query(
    `update homes set shown = greatest(shown, $2), hash = coalesce($3, hash), digest = $4, lease_until = null, attempts = 0,
       not_before = greatest(not_before, now() + case when $3 is null then 0 else ${APART_MS} end * interval '1 millisecond')
       where person = $1`,
    [person, wanted, hash, digest],
  );
}

/** It was not published, and is tried again after so long, milliseconds; null: when it is opened again, or changes. */
export async function recordUnpublished(
  db: Queryable,
  { person, wanted }: ClaimedHome,
  retryInMs: number | null,
): Promise<void> {
  await db.query(
    `update homes set lease_until = null, hash = null, digest = null,
       not_before = now() + coalesce($2, 0) * interval '1 millisecond',
       shown = case when $2::float8 is null then greatest(shown, $3) else shown end where person = $1`,
    [person, retryInMs, wanted],
  );
}

/** Milliseconds until the next Home is due or its lease ends; null when all are as wanted. */
export async function nextHome(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select extract(epoch from min(greatest(not_before, lease_until)) - now())::float8 * 1000 as ms
       from homes where shown < wanted and ${KEPT}`,
  );
  return rows[0]?.ms ?? null;
}

/** For a heartbeat: a Home may have to be published, because a process was killed before it did. */
export const HOMES_DUE = `exists (select from homes where ${KEPT}) and (
  exists (select from homes where shown < wanted and ${KEPT})
  or (select seq from audit_head) > (select seq from homes_seen))`;
