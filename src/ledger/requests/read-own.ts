/** What one person has and had, and who holds what: for people who type that they want to know. */
import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { read } from './read-requests.js';

export interface Listed {
  /** The first ones. */
  readonly requests: readonly AccessRequest[];
  /** How many there are. */
  readonly total: number;
}

const OPEN = `r.state in ('pending', 'granting', 'active', 'ending')`;
const HELD = `r.state in ('granting', 'active', 'ending')`;

/** What this person holds, what ends first before what ends later, and after that what waits. */
export function readOpenBy(db: Queryable, requester: string, limit: number): Promise<Listed> {
  const which = `from requests r where r.requester = $1 and ${OPEN}`;
  return list(db, which, [requester], `order by r.state = 'pending', r.expires_at nulls last, r.id`, limit);
}

/** What is granted, or not yet revoked. @param target null: anywhere */
export function readHeld(db: Queryable, target: string | null, limit: number): Promise<Listed> {
  const which = `from requests r where ${HELD} and ($1::text is null or r.target = $1)`;
  return list(db, which, [target], 'order by r.target, r.role, r.login', limit);
}

async function list(
  db: Queryable,
  which: string,
  params: readonly unknown[],
  order: string,
  limit: number,
): Promise<Listed> {
  const [{ requests }, counted] = await Promise.all([
    read(db, `${which} ${order} limit ${limit}`, params),
    db.query<{ n: number }>(`select count(*)::int as n ${which}`, [...params]),
  ]);
  // Something may have changed between the two.
  return { requests, total: Math.max(counted.rows[0]?.n ?? 0, requests.length) };
}

/** The request that this person made last, whatever became of it. */
export async function readLastBy(db: Queryable, requester: string): Promise<AccessRequest | null> {
  const which = 'from requests r where r.requester = $1 order by r.created_at desc, r.id desc limit 1';
  return (await read(db, which, [requester])).requests[0] ?? null;
}
