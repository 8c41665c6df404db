/**
 * Places where Slack refuses Hallpass's posts. Messages for such a place wait: from time to time one process tries some
 * of them, and the first that gets through opens the place for the rest.
 */
import type { Queryable } from '../pool.js';

export interface ShutPlace {
  /** A channel's id, or `D` for all direct messages. */
  readonly place: string;
  /** Slack's name of the error. */
  readonly code: string;
  /** Sentences: what it means, and what to do about it. */
  readonly why: string;
  readonly fix: string | null;
  readonly since: Date;
  /** It accepts posts again, and the operators may not know yet. */
  readonly isOpen: boolean;
  /** Messages that wait for it. */
  readonly waiting: number;
}

/** The place of the delivery `d`, in SQL: Slack's ids of people begin with U or W. */
export const PLACE_OF = `case when d.recipient ~ '^[UW]' then 'D' else d.recipient end`;

/** Records a refused post; the next attempt comes after `retryInMs`. @returns whether that, or its reason, is news */
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
    `select s.place, s.code, s.why, s.fix, s.since, s.mended_at is not null as "isOpen",
         (select count(*)::int from deliveries d where d.sent < d.wanted and d.channel is null
           and s.place = ${PLACE_OF}) as waiting
       from shut_places s order by s.place`,
  );
  return rows;
}

/** Deletes a place once the operators know that it is open, unless it was shut again meanwhile. */
export async function forgetShut(db: Queryable, { place, since }: ShutPlace): Promise<void> {
  await db.query(`delete from shut_places where place = $1 and date_trunc('milliseconds', since) = $2`, [
    place,
    since,
  ]);
}
