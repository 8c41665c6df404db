/**
 * Who has something open here, and the round in which Slack is asked about each of them. Replicas share one round. Whom
 * Slack did not tell of has a round of their own, named after them, until it does: the round of all goes on.
 */
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

/** Somebody whom Slack did not tell of. */
export interface Unread {
  readonly person: string;
  /** When Slack did not tell of them first. */
  readonly since: Date;
  /** By the ledger's clock, milliseconds. */
  readonly forMs: number;
}

const UNREAD = `name as person, began_at as since, extract(epoch from now() - began_at)::float8 * 1000 as "forMs"`;

/** Slack did not tell of this person: they are asked about again after `againMs` milliseconds. */
export async function recordUnread(db: Queryable, person: string, againMs: number): Promise<void> {
  await db.query(
    `insert into rounds (name, not_before) values ($1, now() + $2 * interval '1 millisecond')
       on conflict (name) do update set not_before = excluded.not_before`,
    [person, againMs],
  );
}

/** Takes some of whom Slack did not tell, if it is time to ask again and no other process has them. */
export async function takeUnread(db: Queryable, limit: number, againMs: number): Promise<readonly Unread[]> {
  const { rows } = await db.query<Unread>(
    `update rounds set not_before = now() + $2 * interval '1 millisecond' where name in (
         select name from rounds where name <> 'people' and not_before <= now()
           order by not_before limit $1 for update skip locked)
       returning ${UNREAD}`,
    [limit, againMs],
  );
  return rows;
}

/** Slack told of this person, or they have nothing open any more. */
export async function forgetUnread(db: Queryable, person: string): Promise<void> {
  await db.query(`delete from rounds where name = $1 and name <> 'people'`, [person]);
}
