import { ANSWER_MS } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { REQUEST_COLUMNS, type Reading, type TimedRow, toReading } from './request-row.js';

/** @param name prepares the statement once per connection; only where one plan suits all values. */
export async function read(
  db: Queryable,
  from: string,
  params: readonly unknown[],
  name?: string,
): Promise<Reading> {
  const text = `select clock.now, r.* from (select now()) clock left join lateral (select ${REQUEST_COLUMNS} ${from}) r on true`;
  const { rows } = await db.query<TimedRow>({
    ...(name !== undefined && { name }),
    text,
    values: [...params],
  });
  return toReading(rows);
}

export function readRequests(db: Queryable, ids: readonly number[]): Promise<Reading> {
  return read(db, 'from requests r where r.id = any($1::bigint[]) order by r.id', [ids], 'requests');
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

/** Every open grant of this target: what its memberships are compared with. */
export function readWanted(db: Queryable, target: string): Promise<Reading> {
  return read(db, `from requests r where r.target = $1 and r.state in ('granting', 'active', 'ending')`, [
    target,
  ]);
}

/** What is not granted yet on this target, decided or not. */
export function readUngranted(db: Queryable, target: string): Promise<Reading> {
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

/**
 * Open requests without a preview in the audit trail, the newest of each target: those not granted yet, and those granted
 * within `justNowMs`.
 * @param perTarget at most so many, so that a target that doesn't answer doesn't block the others.
 * @param ageMs younger requests are left out: their preview is being read anyway.
 */
export function readUnpreviewed(
  db: Queryable,
  { perTarget, justNowMs, ageMs }: { perTarget: number; justNowMs: number; ageMs: number },
): Promise<Reading> {
  return read(
    db,
    `from (
       select o.*, row_number() over (partition by o.target order by o.id desc) as nth
         from requests o
        where o.id in (
            select id from requests where state = 'pending'
            union select id from requests where state = 'granting'
            union select request_id from events
              where at > now() - $2 * interval '1 millisecond' and kind = 'granted')
          and o.state in ('pending', 'granting', 'active')
          and o.created_at < now() - $3 * interval '1 millisecond'
          and (select e.data->>'ok' from events e where e.request_id = o.id and e.kind = 'previewed'
                order by e.id desc limit 1) is distinct from 'true'
     ) r where r.nth <= $1 order by r.id`,
    [perTarget, justNowMs, ageMs],
  );
}

/** Pending requests that lapse now (`lapsesAt`). */
export function readLapsed(db: Queryable, limit: number): Promise<Reading> {
  return read(
    db,
    `from requests r where r.state = 'pending' and r.pending_until <= now() and r.step_at is null
       and (r.step_told_at is null or r.step_told_at + $2 * interval '1 millisecond' <= now())
       order by r.pending_until limit $1`,
    [limit, ANSWER_MS],
  );
}

/** What waits for a decision, requests and extensions; the oldest first. */
export function readUndecided(db: Queryable, limit: number): Promise<Reading> {
  return read(
    db,
    `from requests r where r.id in (
         select id from requests where state = 'pending' union all
         select id from requests where extension_ask is not null and state = 'active')
       order by r.id limit $1`,
    [limit],
  );
}

/** Emergencies on all targets that no reviewer has judged, in the order of their ids. */
export function readUnjudgedEverywhere(db: Queryable, limit: number): Promise<Reading> {
  return read(db, 'from requests r where r.judge_at is not null order by r.id limit $1', [limit]);
}

/** Requests of which a step of the ladder is due, by id. */
export function readToStep(
  db: Queryable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Reading> {
  return read(db, 'from requests r where r.step_at <= now() and r.id > $1 order by r.id limit $2', [
    after,
    limit,
  ]);
}

/** Milliseconds until the next step is due, apart from what is overdue; null when none is. */
export async function nextStep(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    'select extract(epoch from min(step_at) - now())::float8 * 1000 as ms from requests where step_at > now()',
  );
  return rows[0]?.ms ?? null;
}

/** Pending requests, by id. */
export function readPendingAfter(
  db: Queryable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Reading> {
  return read(db, `from requests r where r.state = 'pending' and r.id > $1 order by r.id limit $2`, [
    after,
    limit,
  ]);
}

/** Active grants that are about to expire, and whose holder was not told yet. */
export function readToWarn(db: Queryable, limit: number): Promise<Reading> {
  return read(db, 'from requests r where r.warn_at <= now() order by r.warn_at limit $1', [limit]);
}

/** Ended grants whose target was not yet read for what was left behind, the longest ended first. */
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

/** The last request for each of these memberships, open or not, if there was one. */
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
