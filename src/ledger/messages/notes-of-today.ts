import type { Queryable } from '../pool.js';

/** A message that operators get once a day while something lasts. */
export interface DailyNote {
  readonly key: string;
  readonly at: Date;
}

/**
 * What the operators were told today: the keys of their messages that begin with one of these words. The extra 15 minutes
 * are for a comparison that runs a little after midnight.
 */
export async function readDailyNotes(db: Queryable, words: readonly string[]): Promise<readonly DailyNote[]> {
  const { rows } = await db.query<DailyNote>(
    `select key, created_at as at from deliveries
       where kind <> 'card' and created_at > now() - interval '24 hours 15 minutes' and request_id is null
         and split_part(key, ':', 1) = any($1::text[]) order by created_at`,
    [words],
  );
  return rows;
}
