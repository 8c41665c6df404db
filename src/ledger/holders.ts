/** Who has something open here, and the round in which Slack is asked about each of them. Replicas share one round. */
import type { Queryable } from './pool.js';

/** The ids of this person's open requests. */
export async function readOpenOf(db: Queryable, requester: string): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select id from requests where requester = $1 and state in ('pending', 'granting', 'active', 'ending')
       order by id`,
    [requester],
  );
  return rows.map(({ id }) => id);
}

/** The next people of the round. */
export interface Turn {
  readonly holders: readonly string[];
  /** Until when it is this process's turn, as the ledger wrote it: who took the next turn since writes alone. */
  readonly until: string;
}

/**
 * Takes the next people of the round, in the order of their ids, if it is time and no other process has them.
 * @param turnMs nobody takes the next ones before; milliseconds.
 * @returns null when it is not time.
 */
export async function takeHolders(db: Queryable, limit: number, turnMs: number): Promise<Turn | null> {
  const { rows } = await db.query<{ after: string; until: string }>(
    `update rounds set not_before = now() + $1 * interval '1 millisecond'
       where name = 'people' and not_before <= now() returning after, not_before::text as until`,
    [turnMs],
  );
  const turn = rows[0];
  if (turn === undefined) return null;
  const holders = await db.query<{ requester: string }>(
    `select distinct requester from requests
       where requester > $1 and state in ('pending', 'granting', 'active', 'ending')
       order by requester limit $2`,
    [turn.after, limit],
  );
  return { holders: holders.rows.map(({ requester }) => requester), until: turn.until };
}

/** The round has come so far; the next take goes on after this person. */
export async function recordAsked(db: Queryable, { until }: Turn, person: string): Promise<void> {
  await db.query(`update rounds set after = $1 where name = 'people' and not_before = $2::timestamptz`, [
    person,
    until,
  ]);
}

/** Everybody was asked about: the next round begins `everyMs` milliseconds after this one began, or now. */
export async function endRound(db: Queryable, { until }: Turn, everyMs: number): Promise<void> {
  await db.query(
    `update rounds set after = '', began_at = greatest(now(), began_at + $1 * interval '1 millisecond'),
         not_before = greatest(now(), began_at + $1 * interval '1 millisecond')
       where name = 'people' and not_before = $2::timestamptz`,
    [everyMs, until],
  );
}
