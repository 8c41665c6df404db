import type { AccessRequest } from '../domain/request.js';
import type { Queryable } from './pool.js';
import { REQUEST_COLUMNS, toRequest } from './request-row.js';

/** Requests as they stood at `now`, the ledger's clock: the only clock that decides. */
export interface Reading {
  readonly now: Date;
  readonly requests: readonly AccessRequest[];
}

/** One row always comes, with the time; the others only when there are requests. */
async function read(db: Queryable, from: string, params: readonly unknown[]): Promise<Reading> {
  const { rows } = await db.query<{ now: Date; id: number | null }>(
    `select clock.now, r.* from (select now()) clock left join lateral (select ${REQUEST_COLUMNS} ${from}) r on true`,
    [...params],
  );
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the ledger did not say what time it is');
  return { now, requests: rows.filter((row) => row.id !== null).map(toRequest) };
}

export function readRequests(db: Queryable, ids: readonly number[]): Promise<Reading> {
  return read(db, 'from requests r where r.id = any($1::bigint[]) order by r.id', [ids]);
}

/** The request that this modal's submission made, if it made one. */
export async function readRequestOfView(db: Queryable, viewId: string): Promise<AccessRequest | null> {
  const { requests } = await read(db, 'from requests r where r.view_id = $1', [viewId]);
  return requests[0] ?? null;
}

/** The open request for one membership; there is at most one. */
export function readOpenRequest(
  db: Queryable,
  membership: { readonly target: string; readonly role: string; readonly login: string },
): Promise<Reading> {
  return read(
    db,
    `from requests r where r.target = $1 and r.role = $2 and r.login = $3
       and r.state in ('pending', 'granting', 'active', 'ending')`,
    [membership.target, membership.role, membership.login],
  );
}

/**
 * What a sweep of this target has to do now: first what waits to be lent (somebody is looking at the screen),
 * then what is to be taken back, the most overdue first, then what was made longer.
 * @param except ids that this sweep met already and could not settle: they must not hold up the others.
 */
export function readDue(
  db: Queryable,
  target: string,
  except: readonly number[],
  limit: number,
): Promise<Reading> {
  return read(
    db,
    `from (
       (select * from requests where target = $1 and state in ('granting', 'ending') and id <> all($3::bigint[])
         order by state desc, id limit $2)
       union all
       (select * from requests where target = $1 and state = 'active' and expires_at <= now()
         and id <> all($3::bigint[]) order by expires_at limit $2)
       union all
       (select * from requests where target = $1 and state = 'active' and extension = 'asked' and expires_at > now()
         and id <> all($3::bigint[]) order by id limit $2)
     ) r limit $2`,
    [target, limit, except],
  );
}

/** Every open grant of this target: what its memberships are compared with. */
export function readWanted(db: Queryable, target: string): Promise<Reading> {
  return read(db, `from requests r where r.target = $1 and r.state in ('granting', 'active', 'ending')`, [
    target,
  ]);
}

/** What this target has not lent yet, decided or not. */
export function readUnlent(db: Queryable, target: string): Promise<Reading> {
  return read(
    db,
    `from requests r where r.target = $1 and r.state in ('pending', 'granting') order by r.id`,
    [target],
  );
}

/** Pending requests, the oldest first. */
export function readPending(db: Queryable, limit: number): Promise<Reading> {
  return read(db, `from requests r where r.state = 'pending' order by r.pending_until limit $1`, [limit]);
}

/** Pending requests whose deadline has passed. */
export function readLapsed(db: Queryable, limit: number): Promise<Reading> {
  return read(
    db,
    `from requests r where r.state = 'pending' and r.pending_until <= now() order by r.pending_until limit $1`,
    [limit],
  );
}

/** Active grants that are about to expire and whose engineer was not told yet. */
export function readToWarn(db: Queryable, limit: number): Promise<Reading> {
  return read(db, 'from requests r where r.warn_at <= now() order by r.warn_at limit $1', [limit]);
}

/** Grants that have ended, and that nobody looked at since for what was left behind; the longest ended first. */
export function readToReview(db: Queryable, limit: number): Promise<Reading> {
  return read(
    db,
    'from requests r where r.review_at is not null and r.review_at <= now() order by r.review_at limit $1',
    [limit],
  );
}

/** Milliseconds until the next notice is due, negative when it is overdue; null when none is. */
export async function nextWarning(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    'select extract(epoch from min(warn_at) - now())::float8 * 1000 as ms from requests where warn_at is not null',
  );
  return rows[0]?.ms ?? null;
}

/** The last request for each of these memberships, open or not; a membership that was never lent has none. */
export async function readLastOfPlaces(
  db: Queryable,
  server: string,
  places: readonly { readonly roleOid: number; readonly memberOid: number }[],
): Promise<readonly AccessRequest[]> {
  if (places.length === 0) return [];
  const { requests } = await read(
    db,
    `from unnest($2::oid[], $3::oid[]) p(role_oid, member_oid)
       join lateral (select * from requests x where x.server = $1 and x.role_oid = p.role_oid
         and x.member_oid = p.member_oid order by x.id desc limit 1) r on true`,
    [server, places.map((p) => p.roleOid), places.map((p) => p.memberOid)],
  );
  return requests;
}
