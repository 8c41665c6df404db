/**
 * Approvals for longer than one request. Each change is one statement with its audit event on the request that was approved,
 * and a new version of that request, which redraws its messages and changes no state.
 */
import { z } from 'zod';
import type { Repeat, RepeatEnd } from '../../domain/policy/repeat.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';

const row = z.object({
  id: z.number(),
  request_id: z.number(),
  requester: z.string(),
  target: z.string(),
  role: z.string(),
  login: z.string(),
  max_ms: z.number(),
  approver: z.string(),
  created_at: z.date(),
  until: z.date(),
  ended_at: z.date().nullable(),
  ended_by: z.string().nullable(),
  because: z.string().nullable(),
});

function toRepeat(read: unknown): Repeat {
  const { request_id, max_ms, created_at, ended_at: at, ended_by: by, because, ...alone } = row.parse(read);
  const end = at === null ? null : { at, by, because };
  return { ...alone, requestId: request_id, maxMs: max_ms, createdAt: created_at, end };
}

/** SQL that is true while the repeat `p` covers requests. */
const OPEN = 'p.ended_at is null and p.until > now()';

/** After `changed`, the requests' new versions: their messages are drawn again. */
const RESHOWN = `
  reshown as (
    update deliveries d set wanted = c.version, not_before = least(d.not_before, now())
      from changed c where d.request_id = c.id and d.wanted < c.version
  )`;

export interface NewRepeat extends Pick<Repeat, 'requestId' | 'approver' | 'maxMs' | 'until'> {
  /** What the audit event holds beside it. */
  readonly audit: Readonly<Record<string, unknown>>;
}

/**
 * Approves the same again, and ends what was approved again under this request before. A second click a moment later
 * changes nothing.
 * @returns false when the request is over, when this repeat stands there already, or when another was made meanwhile.
 */
export async function insertRepeat(
  db: Queryable,
  { requestId, approver, maxMs, until, audit }: NewRepeat,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with changed as (
       update requests r set version = version + 1
         where r.id = $1 and r.state in ('granting', 'active') and r.decided_by is not null
           and not exists (select from repeats p where p.request_id = r.id and ${OPEN} and p.approver = $2
             and abs(extract(epoch from p.until - $3::timestamptz)) < 60)
         returning r.*
     ), replaced as (
       update repeats p set ended_at = now(), ended_by = $2 from changed c
         where p.request_id = c.id and p.ended_at is null returning p.*
     ), made as (
       insert into repeats (request_id, requester, target, role, login, max_ms, approver, until)
         select id, requester, target, role, login, $4, $2, $3 from changed
           where (select count(*) from replaced) >= 0
         on conflict (request_id) where ended_at is null do nothing
         returning *
     ), audited as (
       insert into events (request_id, kind, actor, data)
         select request_id, 'repeat_ended', $2::text, jsonb_build_object('repeat', id) from replaced where until > now()
         union all
         select request_id, 'repeat_made', $2::text,
             $5::jsonb || jsonb_build_object('repeat', id, 'until', until, 'maxMs', max_ms) from made
     ), ${RESHOWN}
     select from made`,
    [requestId, approver, until, maxMs, JSON.stringify(audit)],
  );
  return rowCount === 1;
}

/**
 * Ends what is open: one repeat, or all of a requester.
 * @param audit what the audit event holds beside the reason.
 * @returns the ids of those that were ended.
 */
export async function endRepeats(
  db: Queryable,
  which: { readonly id: number } | { readonly requester: string },
  { by, because }: Omit<RepeatEnd, 'at'>,
  audit: Readonly<Record<string, unknown>> = {},
): Promise<readonly number[]> {
  const [where, value] = 'id' in which ? ['p.id = $1', which.id] : ['p.requester = $1', which.requester];
  const { rows } = await db.query<{ id: number }>(
    `with locked as materialized (
       select r.id from requests r where r.id in (select p.request_id from repeats p where ${where} and ${OPEN})
         order by r.id for update
     ), ended as (
       update repeats p set ended_at = now(), ended_by = $2, because = $3
         from locked l where p.request_id = l.id and ${where} and ${OPEN} returning p.id, p.request_id
     ), changed as (
       update requests r set version = version + 1 from ended e where r.id = e.request_id returning r.id, r.version
     ), audited as (
       insert into events (request_id, kind, actor, data)
         select e.request_id, 'repeat_ended', $2::text, $4::jsonb || jsonb_strip_nulls(
             jsonb_build_object('repeat', e.id, 'because', $3::text))
           from ended e join changed c on c.id = e.request_id order by e.id
     ), ${RESHOWN}
     select id from ended`,
    [value, by, because, JSON.stringify(audit)],
  );
  return rows.map(({ id }) => id);
}

/** What messages of this request show: the newest, unless only its time was up. */
export async function readShownRepeat(db: Queryable, requestId: number): Promise<Repeat | null> {
  const { rows } = await db.query(
    `select p.* from (select * from repeats where request_id = $1 order by id desc limit 1) p
       where p.ended_at is not null or ${OPEN}`,
    [requestId],
  );
  return rows[0] === undefined ? null : toRepeat(rows[0]);
}

/** Those that are open and this person holds or chose, the ones that end first. @param skip how many come before the page */
export async function readRepeatsOf(
  db: Queryable,
  person: string,
  skip: number,
  limit: number,
): Promise<{
  readonly repeats: readonly Repeat[];
  readonly total: number;
  /** When the first of them all ends, milliseconds from now; null when there is none. */
  readonly endsInMs: number | null;
}> {
  const concerning = `from repeats p where ${OPEN} and (p.requester = $1 or p.approver = $1)`;
  const { rows } = await db.query<{ total: number; ms: number | null; id: number | null }>(
    `select t.total, t.ms, o.*
       from (select count(*) as total, extract(epoch from min(p.until) - now())::float8 * 1000 as ms ${concerning}) t
       left join lateral (select p.* ${concerning} order by p.until, p.id offset $2 limit $3) o on true`,
    [person, skip, limit],
  );
  return {
    repeats: rows.filter(({ id }) => id !== null).map(toRepeat),
    total: rows[0]?.total ?? 0,
    endsInMs: rows[0]?.ms ?? null,
  };
}

type Wish = Pick<AccessRequest, 'requester' | 'target' | 'role' | 'login' | 'durationMs' | 'createdAt'>;
const OF_WISH = 'p.target = $1 and p.role = $2 and p.login = $3 and p.requester = $4';
const wishValues = ({ target, role, login, requester }: Wish) => [target, role, login, requester];

/** Those that cover such a request, those that last longest first. */
export async function readRepeatsFor(db: Queryable, wish: Wish): Promise<readonly Repeat[]> {
  const { rows } = await db.query(
    `select p.* from repeats p where ${OF_WISH} and ${OPEN} and p.max_ms >= $5 order by p.until desc, p.id`,
    [...wishValues(wish), wish.durationMs],
  );
  return rows.map(toRepeat);
}

/** The last one that Hallpass ended since this request was made, and that would have covered it; null when there is none. */
export async function readRepeatLostBy(db: Queryable, wish: Wish): Promise<Repeat | null> {
  const { rows } = await db.query(
    `select p.* from repeats p where ${OF_WISH} and p.ended_at >= $5 and p.ended_by is null and p.because is not null
       and p.max_ms >= $6 order by p.ended_at desc, p.id desc limit 1`,
    [...wishValues(wish), wish.createdAt, wish.durationMs],
  );
  return rows[0] === undefined ? null : toRepeat(rows[0]);
}

/** Asked last before it is used: someone may have ended it while Slack was asked. */
export async function isRepeatOpen(db: Queryable, id: number): Promise<boolean> {
  const { rowCount } = await db.query(`select from repeats p where p.id = $1 and ${OPEN}`, [id]);
  return rowCount === 1;
}

/** Is anything approved again for this person? */
export async function hasRepeats(db: Queryable, requester: string): Promise<boolean> {
  const { rowCount } = await db.query(`select from repeats p where p.requester = $1 and ${OPEN} limit 1`, [
    requester,
  ]);
  return rowCount === 1;
}

/** Those that are open on a target; the next ones after an id. @param person as for `readTallies`. */
export async function readOpenRepeats(
  db: Queryable,
  target: string,
  person: string | null,
  after: number,
  limit: number,
): Promise<readonly Repeat[]> {
  const { rows } = await db.query(
    `select p.* from repeats p where p.target = $1 and ${OPEN} and p.id > $3
       and ($2::text is null or p.requester = $2 or p.login = $2) order by p.id limit $4`,
    [target, person, after, limit],
  );
  return rows.map(toRepeat);
}
