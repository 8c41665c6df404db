/** What one person has, and what they asked for lately: the ids of one page of each, and how many there are in all. */
import type { Queryable } from '../pool.js';

export interface PageOfIds {
  readonly ids: readonly number[];
  readonly total: number;
}

/** How long what is over is listed. */
const LATELY = `now() - interval '7 days'`;

const HELD = `requester = $1 and state in ('granting', 'active', 'ending')`;
const ASKED = `requester = $1 and (state = 'pending'
  or created_at > ${LATELY} and state not in ('pending', 'granting', 'active', 'ending'))`;

const OF_PERSON = `select
  to_json(array(select id from requests where ${HELD} order by id desc offset $2 limit $4)) as held,
  (select count(*) from requests where ${HELD}) as "heldTotal",
  to_json(array(select id from requests where ${ASKED} order by state = 'pending' desc, id desc offset $3 limit $4)) as asked,
  (select count(*) from requests where ${ASKED}) as "askedTotal"`;

/** @param skip how many of each list come before the page. @param size of a page */
export async function readOfPerson(
  db: Queryable,
  person: string,
  skip: { readonly held: number; readonly asked: number },
  size: number,
): Promise<{ readonly held: PageOfIds; readonly asked: PageOfIds }> {
  const { rows } = await db.query<{
    held: number[];
    heldTotal: number;
    asked: number[];
    askedTotal: number;
  }>({ name: 'of person', text: OF_PERSON, values: [person, skip.held, skip.asked, size] });
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger gave no answer');
  return {
    held: { ids: row.held, total: row.heldTotal },
    asked: { ids: row.asked, total: row.askedTotal },
  };
}
