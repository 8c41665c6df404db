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

/** Somebody whom Slack did not tell of. */
export interface UnreadPerson {
  readonly person: string;
  /** When Slack did not tell of them first. */
  readonly since: Date;
  /** By the ledger's clock, milliseconds. */
  readonly forMs: number;
}

/** How many are taken at a time, and how long nobody else takes them; milliseconds. */
export interface Pace {
  readonly most: number;
  readonly everyMs: number;
}

const TAKE = `
  update rounds set not_before = now() + case name when 'people' then $1::float8 else $2::float8 end * interval '1 millisecond'
    where name in (select name from rounds where not_before <= now()
                     order by name <> 'people', not_before limit $3 for update skip locked)
    returning name, after, not_before::text as until, began_at as since,
      extract(epoch from now() - began_at)::float8 * 1000 as "forMs"`;

/**
 * Takes the next people of the round, in the order of their ids, and some of whom Slack did not tell; each if it is
 * time and no other process has them.
 * @returns `turn`: null when it is not time.
 */
export async function takeHolders(
  db: Queryable,
  all: Pace,
  unread: Pace,
): Promise<{ readonly turn: Turn | null; readonly unread: readonly UnreadPerson[] }> {
  const { rows } = await db.query<{
    name: string;
    after: string;
    until: string;
    since: Date;
    forMs: number;
  }>(TAKE, [all.everyMs, unread.everyMs, unread.most + 1]);
  const round = rows.find(({ name }) => name === 'people');
  const others = rows.filter(({ name }) => name !== 'people');
  return {
    turn: round === undefined ? null : { ...(await nextOf(db, round.after, all.most)), until: round.until },
    unread: others.map(({ name, since, forMs }) => ({ person: name, since, forMs })),
  };
}

async function nextOf(db: Queryable, after: string, limit: number): Promise<Pick<Turn, 'holders'>> {
  const { rows } = await db.query<{ requester: string }>(
    `select distinct requester from requests
       where requester > $1 and state in ('pending', 'granting', 'active', 'ending')
       order by requester limit $2`,
    [after, limit],
  );
  return { holders: rows.map(({ requester }) => requester) };
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

/** Slack did not tell of this person: they are asked about again after `againMs` milliseconds. */
export async function recordUnread(db: Queryable, person: string, againMs: number): Promise<void> {
  await db.query(
    `insert into rounds (name, not_before) values ($1, now() + $2 * interval '1 millisecond')
       on conflict (name) do update set not_before = excluded.not_before`,
    [person, againMs],
  );
}

/** Slack told of this person, or they have nothing open any more. */
export async function forgetUnread(db: Queryable, person: string): Promise<void> {
  await db.query(`delete from rounds where name = $1 and name <> 'people'`, [person]);
}
