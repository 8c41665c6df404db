/**
 * What PagerDuty is to be told: one incident per key, open or resolved. As with messages, the process that holds the
 * lease sends the newest state at least once.
 */
import { z } from 'zod';
import type { Queryable } from '../pool.js';

const page = z.object({
  key: z.string(),
  /** true: an incident is to be opened; false: it is over. */
  open: z.boolean(),
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
  wanted: z.number(),
  attempts: z.number(),
  lease: z.string(),
});

/** A page that PagerDuty has not been told yet, leased to this process. */
export type Page = Readonly<z.infer<typeof page>>;

/** Longer than a call to PagerDuty may take (5 s). */
const LEASE_MS = 15_000;

/** Wants an incident open. Does nothing if it is. */
export async function openPage(
  db: Queryable,
  { key, summary, details }: Pick<Page, 'key' | 'summary' | 'details'>,
): Promise<void> {
  await db.query(
    `insert into pages (key, open, summary, details) values ($1, true, $2, $3)
       on conflict (key) do update set open = true, summary = excluded.summary, details = excluded.details,
         wanted = pages.wanted + 1, not_before = now(), attempts = 0
       where not pages.open`,
    [key, summary, JSON.stringify(details)],
  );
}

/** Wants the incident resolved. Does nothing if there is none. */
export async function closePage(db: Queryable, key: string): Promise<void> {
  await db.query(
    `update pages set open = false, wanted = wanted + 1, not_before = now(), attempts = 0 where key = $1 and open`,
    [key],
  );
}

/** Takes up to `limit` pages that are due, and leases them to the caller. */
export async function claimPages(db: Queryable, limit: number): Promise<readonly Page[]> {
  const { rows } = await db.query(
    `update pages p set lease_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
       from (select key from pages where sent < wanted and not_before <= now()
               and (lease_until is null or lease_until <= now())
             order by not_before limit $1 for update skip locked) due
       where p.key = due.key
       returning p.*, p.lease_until::text as lease`,
    [limit, LEASE_MS],
  );
  return z.array(page).parse(rows);
}

/** A process that lost the lease may have sent after the one that took it: then the newest state is sent again. */
const END_LEASE = `lease_until = null, wanted = wanted + (lease_until::text is distinct from $2)::int`;

/** Records that PagerDuty took it. */
export async function recordPaged(db: Queryable, { key, lease, wanted }: Page): Promise<void> {
  await db.query(
    `update pages set sent = greatest(sent, $3), attempts = 0, trouble = null, ${END_LEASE} where key = $1`,
    [key, lease, wanted],
  );
}

/** Records why PagerDuty did not take it, and when to try again, milliseconds from now. */
export async function recordUnpaged(
  db: Queryable,
  { key, lease }: Page,
  trouble: string,
  retryInMs: number,
): Promise<void> {
  await db.query(
    `update pages set trouble = $3, not_before = now() + $4 * interval '1 millisecond', ${END_LEASE} where key = $1`,
    [key, lease, trouble, retryInMs],
  );
}

/** Milliseconds until the next page is due or its lease ends; null when all are sent. */
export async function nextPage(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select extract(epoch from min(greatest(not_before, lease_until)) - now())::float8 * 1000 as ms
       from pages where sent < wanted`,
  );
  return rows[0]?.ms ?? null;
}
