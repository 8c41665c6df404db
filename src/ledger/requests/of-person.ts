/** What one person has, waits for, and asked for. */
import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { read } from './read-requests.js';

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

/**
 * What they have, and what they asked for lately: the ids of one page of each, and how many there are in all.
 * @param skip how many of each list come before the page.
 * @param size of a page
 */
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

const OPEN = `from requests r where r.requester = $1 and r.state in ('pending', 'granting', 'active', 'ending')`;

/**
 * What they hold, what ends first before what ends later, and after that what waits.
 * @returns the first ones, and how many there are.
 */
export async function readOpenBy(
  db: Queryable,
  requester: string,
  limit: number,
): Promise<{ readonly requests: readonly AccessRequest[]; readonly total: number }> {
  const order = `order by r.state = 'pending', r.expires_at nulls last, r.id`;
  const [{ requests }, counted] = await Promise.all([
    read(db, `${OPEN} ${order} limit $2`, [requester, limit]),
    db.query<{ n: number }>(`select count(*)::int as n ${OPEN}`, [requester]),
  ]);
  // Something may have changed between the two.
  return { requests, total: Math.max(counted.rows[0]?.n ?? 0, requests.length) };
}

/** The request that they made last, whatever became of it. */
export async function readLastBy(db: Queryable, requester: string): Promise<AccessRequest | null> {
  const which = 'from requests r where r.requester = $1 order by r.created_at desc, r.id desc limit 1';
  return (await read(db, which, [requester])).requests[0] ?? null;
}
