/**
 * People with open requests, or with approvals for later ones, and the round in which Hallpass asks Slack about each of them. Replicas share one round. A
 * person whom Slack couldn't be asked about gets a round of their own, named after them, so that the shared one goes on.
 */
import type { Queryable } from '../pool.js';

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
export interface HoldersTurn {
  readonly holders: readonly string[];
  /** Until when it is this process's turn, as the ledger wrote it: after that only the next process may write. */
  readonly until: string;
}

/** A person whom Slack couldn't be asked about. */
export interface UnreadPerson {
  readonly person: string;
  /** When that failed first. */
  readonly since: Date;
  /** By the ledger's clock, milliseconds. */
  readonly forMs: number;
}

/** How many are taken at a time, and for how long no other process takes them, milliseconds. */
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
 * Takes the next people of the round, in the order of their ids, and some of those whom Slack couldn't be asked about, if
 * it is time and no other process has them.
 * @returns `turn`: null when it is not time.
 */
export async function takeHolders(
  db: Queryable,
  all: Pace,
  unread: Pace,
): Promise<{ readonly turn: HoldersTurn | null; readonly unread: readonly UnreadPerson[] }> {
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

async function nextOf(db: Queryable, after: string, limit: number): Promise<Pick<HoldersTurn, 'holders'>> {
  const { rows } = await db.query<{ requester: string }>(
    `select distinct requester from requests
       where requester > $1 and state in ('pending', 'granting', 'active', 'ending')
     union
     select requester from repeats where requester > $1 and ended_at is null and until > now()
       order by requester limit $2`,
    [after, limit],
  );
  return { holders: rows.map(({ requester }) => requester) };
}

/** Records how far the round has come: the next take starts after this person. */
export async function recordAsked(db: Queryable, { until }: HoldersTurn, person: string): Promise<void> {
  await db.query(`update rounds set after = $1 where name = 'people' and not_before = $2::timestamptz`, [
    person,
    until,
  ]);
}

/** Ends the round: the next one begins `everyMs` milliseconds after this one began, or now. */
export async function endRound(db: Queryable, { until }: HoldersTurn, everyMs: number): Promise<void> {
  await db.query(
    `update rounds set after = '', began_at = greatest(now(), began_at + $1 * interval '1 millisecond'),
         not_before = greatest(now(), began_at + $1 * interval '1 millisecond')
       where name = 'people' and not_before = $2::timestamptz`,
    [everyMs, until],
  );
}

/** Slack couldn't be asked about this person: Hallpass asks again after `againMs` milliseconds. */
export async function recordUnread(db: Queryable, person: string, againMs: number): Promise<void> {
  await db.query(
    `insert into rounds (name, not_before) values ($1, now() + $2 * interval '1 millisecond')
       on conflict (name) do update set not_before = excluded.not_before`,
    [person, againMs],
  );
}

/** Slack answered about this person, or they no longer have anything open. */
export async function forgetUnread(db: Queryable, person: string): Promise<void> {
  await db.query(`delete from rounds where name = $1 and name <> 'people'`, [person]);
}
