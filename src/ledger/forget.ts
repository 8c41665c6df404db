/** Deletes messages, strays, orphans, episodes, pages and Homes that were done with long ago, a batch at a time. */
import type { Queryable } from './pool.js';

/**
 * The oldest first, by the index on their age, with one look at each one's request. A card stays as long as its request,
 * because it says where the request is shown. A note about something still open is edited once that is over. Any other
 * message is needed as long as its request may change, or is approved again.
 */
const DELIVERIES = `
  delete from deliveries where key = any(array(
    select d.key from deliveries d
      where d.kind <> 'card' and d.created_at < now() - $1 * interval '1 millisecond' and d.sent >= d.wanted
        and case when d.request_id is null
          then not exists (select from orphans o where d.key = 'orphan:' || o.id and o.settled_at is null)
            and not exists (select from overdue o where d.key = 'overdue:' || o.id and o.mended_at is null)
          else (select r.ended_at < now() - $1 * interval '1 millisecond' and r.review_at is null and r.judge_at is null
            from requests r where r.id = d.request_id)
            and not exists (select from repeats p where p.request_id = d.request_id and p.ended_at is null and p.until > now()) end
      order by d.created_at limit $2 for update of d skip locked))`;

/** Before the orphans that they belong to. */
const STRAYS = `
  delete from strays where id in (
    select id from strays where settled_at < now() - $1 * interval '1 millisecond' order by id limit $2)`;

const ORPHANS = `
  delete from orphans where id in (
    select id from orphans o where settled_at < now() - $1 * interval '1 millisecond'
      and not exists (select from strays s where s.orphan_id = o.id) order by id limit $2)`;

const OVERDUE = `
  delete from overdue where id in (
    select id from overdue where mended_at < now() - $1 * interval '1 millisecond' and told >= version
      order by id limit $2)`;

/** An incident that is over; opened again, it is a new row. */
const PAGES = `
  delete from pages where key in (
    select key from pages where not open and sent >= wanted and not_before < now() - $1 * interval '1 millisecond'
      limit $2)`;

/** Opened again, it is a new row. */
const HOMES = `
  delete from homes where person in (
    select person from homes where opened_at < now() - $1 * interval '1 millisecond' limit $2)`;

/** @returns how many messages were deleted: as many as `limit` when there may be more. */
export async function forgetDeliveries(db: Queryable, olderThanMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(DELIVERIES, [olderThanMs, limit]);
  return rowCount ?? 0;
}

/** Strays and orphans that were settled, overdue episodes that are over, the incidents that told of them, and old Homes. */
export async function forgetSettled(db: Queryable, olderThanMs: number, limit: number): Promise<void> {
  for (const sql of [STRAYS, ORPHANS, OVERDUE, PAGES, HOMES]) await db.query(sql, [olderThanMs, limit]);
}
