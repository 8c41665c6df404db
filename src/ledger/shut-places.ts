/**
 * Where Slack lets Hallpass post nothing. What waits for such a place is not given up: from time to time some of it is
 * tried, by one process for all, and what gets through opens the place again for the rest.
 */
import type { Queryable } from './pool.js';

export interface ShutPlace {
  /** A channel's id, or `D` for all direct messages. */
  readonly place: string;
  /** Slack's name of the error. */
  readonly code: string;
  /** Sentences: what it means, and what to do about it. */
  readonly why: string;
  readonly fix: string | null;
  readonly since: Date;
  /** It is open again, and the operators may not know yet. */
  readonly mended: boolean;
  /** Messages that wait for it. */
  readonly waiting: number;
}

/** The place of the delivery `d`, in SQL: Slack's ids of people begin with U or W. */
export const PLACE_OF = `case when d.recipient ~ '^[UW]' then 'D' else d.recipient end`;

/** Something could not be posted there; it is tried again after `retryInMs`. @returns whether that is new, or for another reason */
export async function recordShut(
  db: Queryable,
  { place, code, why, fix }: Pick<ShutPlace, 'place' | 'code' | 'why' | 'fix'>,
  retryInMs: number,
): Promise<boolean> {
  const { rows } = await db.query<{ news: boolean }>(
    `with before as (select code from shut_places where place = $1 and mended_at is null)
     insert into shut_places as s (place, code, why, fix, not_before)
       values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')
       on conflict (place) do update set code = excluded.code, why = excluded.why, fix = excluded.fix,
         since = case when s.mended_at is null then s.since else now() end, mended_at = null,
         not_before = excluded.not_before
       returning (select code from before) is distinct from s.code as news`,
    [place, code, why, fix, retryInMs],
  );
  return rows[0]?.news === true;
}

/** All of them, by name. */
export async function readShut(db: Queryable): Promise<readonly ShutPlace[]> {
  const { rows } = await db.query<ShutPlace>(
    `select s.place, s.code, s.why, s.fix, s.since, s.mended_at is not null as mended,
         (select count(*)::int from deliveries d where d.sent < d.wanted and d.channel is null
           and s.place = ${PLACE_OF}) as waiting
       from shut_places s order by s.place`,
  );
  return rows;
}

/** The operators know how it ended; unless it was shut again meanwhile. */
export async function forgetShut(db: Queryable, { place, since }: ShutPlace): Promise<void> {
  await db.query(`delete from shut_places where place = $1 and date_trunc('milliseconds', since) = $2`, [
    place,
    since,
  ]);
}
