/** What requests of before tell for a new one: what a person chose lately, and how soon approvers answer. */
import type { Queryable } from '../pool.js';

/** As many of a person's latest requests are looked at. */
const MOST_CHOSEN = 50;
/** As many of the latest decisions about a role; fewer than the least tell nothing. */
const MOST_ANSWERS = 50;
const LEAST_ANSWERS = 10;
/** What was decided longer ago says nothing of today. */
const LATELY = `interval '90 days'`;

export interface Chosen {
  readonly target: string;
  readonly role: string;
}

/** What this person asked for, each once, the latest first. */
export async function readChosen(db: Queryable, person: string): Promise<readonly Chosen[]> {
  const { rows } = await db.query<Chosen>(
    `select target, role from (
       select target, role, created_at from requests where requester = $1 order by created_at desc limit $2) latest
       group by target, role order by max(created_at) desc`,
    [person, MOST_CHOSEN],
  );
  return rows;
}

/**
 * Within how long four of five decisions by people about this role came, milliseconds, of the last ones within 90 days;
 * null while there are fewer than ten.
 */
export async function readUsualAnswer(db: Queryable, { target, role }: Chosen): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select case when count(*) >= $4 then
         percentile_disc(0.8) within group (order by extract(epoch from decided_at - created_at)::float8 * 1000) end as ms
       from (select created_at, decided_at from requests
               where target = $1 and role = $2 and decided_by is not null and created_at > now() - ${LATELY}
               order by id desc limit $3) latest`,
    [target, role, MOST_ANSWERS, LEAST_ANSWERS],
  );
  return rows[0]?.ms ?? null;
}
