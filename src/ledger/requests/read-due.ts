import { z } from 'zod';
import { SESSIONS } from '../../domain/request/grant-terms.js';
import type { DueStray } from '../../domain/request/stray.js';
import { APPROVED_BY } from '../../domain/request/transitions/deciding.js';
import type { Queryable } from '../pool.js';
import { isPausedSql } from '../targets/pauses.js';
import {
  ENDING_COLUMNS,
  endingRow,
  joinColumns,
  parseRow,
  REQUEST_COLUMNS,
  type Reading,
  requestRow,
  type TimedRow,
  toReading,
} from './request-row.js';

/** What revoking needs to know of a request. */
export type Ending = ReturnType<typeof joinColumns<z.infer<typeof endingRow>>>;

const BY_RULE = Object.values(APPROVED_BY)
  .map((kind) => `'${kind}'`)
  .join(', ');

/**
 * The audit trail says the same as the request: who asked for what, then who approved it for how long, and nothing used
 * that approval up. Texts in events may be forged, so none is cast: a failing cast would fail for every request.
 */
const APPROVED = `exists (
  select from events s join events a on a.request_id = s.request_id and a.id > s.id
    where s.request_id = r.id and s.kind = 'submitted' and s.actor = r.requester
      and (s.data->>'target', s.data->>'role', s.data->>'login') = (r.target, r.role, r.login)
      and (a.kind = 'approved' and a.actor = r.decided_by or a.kind in (${BY_RULE}) and r.decided_by is null)
      and jsonb_typeof(a.data->'durationMs') = 'number' and a.data->'durationMs' >= to_jsonb(r.duration_ms)
      and not exists (select from events o where o.request_id = r.id and o.id > a.id and o.kind in
        ('granted', 'grant_failed', 'relinquished', 'end_asked', 'restored', 'proved_gone', 'replaced', 'written_off')))`;

const due = (columns: string, where: string): string =>
  `select ${columns} from requests where target = $1 and id <> all($4::bigint[]) and ${where}`;

const strayRow = z.object({
  id: z.number(),
  target: z.string(),
  server: z.string(),
  grantorOid: z.number(),
  roleOid: z.number(),
  memberOid: z.number(),
  sessions: z.enum(SESSIONS),
  setRole: z.boolean(),
  usersThrough: requestRow.shape.usersThrough,
  sessionsBefore: z.string().nullable(),
  revoked: z.boolean(),
  trouble: z.string().nullable(),
  wantedBy: z.number().nullable(),
});

/** A newer request may have the membership by now (`wantedBy`): then it ends with that one. */
const STRAYS = `
  select coalesce(json_agg(d), '[]') from (
    select s.id, s.target, s.server, s.grantor_oid::bigint as "grantorOid", s.role_oid::bigint as "roleOid",
        s.member_oid::bigint as "memberOid", s.sessions, s.set_role as "setRole", s.sessions_before as "sessionsBefore",
        s.revoked, s.trouble, (select r.users_through from requests r where r.id = s.request_id) as "usersThrough",
        (select max(r.id) from requests r where r.target = s.target and r.server = s.server and r.role_oid = s.role_oid
          and r.member_oid = s.member_oid and r.state in ('granting', 'active')) as "wantedBy"
      from strays s where s.target = $1 and s.settled_at is null and s.id <> all($5::bigint[]) order by s.id limit $3
  ) d`;

/** As one value: thousands of rows would cost several times as much to read. */
const ENDINGS = `
  select coalesce(json_agg(e), '[]') from (
    (${due(ENDING_COLUMNS, `state = 'ending' order by id limit $3`)})
    union all
    (${due(ENDING_COLUMNS, `state = 'active' and expires_at <= now() order by expires_at limit $3`)})
    limit $3) e`;

/** $1 the target, $2 and $3 how many at most, $4 and $5 the requests and strays that are left out. */
export const DUE = `
  select clock.now, case when coalesce(r.nth, 1) = 1 then (${ENDINGS}) end as endings,
      case when coalesce(r.nth, 1) = 1 then (${STRAYS}) end as strays, r.*
    from (select now()) clock left join lateral (
      select row_number() over () as nth, r.state <> 'granting' or ${APPROVED} as approved, ${REQUEST_COLUMNS} from (
        (${due('*', `state = 'granting' and not ${isPausedSql('$1')} order by id limit $2`)})
        union all
        (${due('*', `state = 'active' and extension = 'asked' and expires_at > now() order by id limit $2`)})
      ) r limit $2) r on true`;

/** How many are read at once: to be granted or extended, and to be revoked. */
export interface Most {
  readonly requests: number;
  readonly endings: number;
}

/** What a sweep has to do. */
export interface Due extends Reading {
  /** To be revoked. */
  readonly endings: readonly Ending[];
  /** Ids of those that wait to be granted without an approval in the audit trail. */
  readonly unapproved: ReadonlySet<number>;
  /** To be revoked, too, though no open request accounts for them. */
  readonly strays: readonly DueStray[];
}

/** What a sweep has already seen, by id. */
export interface MetIds {
  readonly requests: readonly number[];
  readonly strays: readonly number[];
}

/**
 * What a sweep of this target has to do now, in one round trip: what waits to be granted, unless granting is paused
 * there, then extensions; and separately what is to be revoked, first what someone ended, then the most overdue.
 * @param except what this sweep has seen and not settled: it must not hold up the others.
 */
export async function readDue(db: Queryable, target: string, except: MetIds, most: Most): Promise<Due> {
  const values = [target, most.requests, most.endings, except.requests, except.strays];
  const { rows } = await db.query<DueRow>({ name: 'due', text: DUE, values });
  return toDue(rows);
}

export type DueRow = TimedRow & {
  readonly endings: unknown;
  readonly strays: unknown;
  readonly approved: boolean | null;
};

/** @throws LedgerError when a newer release wrote what this one does not know. */
export function toDue(rows: readonly DueRow[]): Due {
  // They come with one of the rows.
  const endings = parseRow(z.array(endingRow), rows.find((row) => row.endings !== null)?.endings);
  const strays = parseRow(z.array(strayRow), rows.find((row) => row.strays !== null)?.strays);
  return {
    ...toReading(rows),
    endings: endings.map(joinColumns),
    strays: strays.map(toStray),
    unapproved: unapprovedOf(rows),
  };
}

/** Only those rows that this release can read. */
export function toReadableDue(rows: readonly DueRow[]): Due {
  const readable = rows.filter((row) => row.id !== null && requestRow.safeParse(row).success);
  const now = rows.slice(0, 1).map((row) => ({ ...row, id: null }));
  return {
    ...toReading([...now, ...readable]),
    endings: readableOf(endingRow, rows.find((row) => row.endings !== null)?.endings).map(joinColumns),
    strays: readableOf(strayRow, rows.find((row) => row.strays !== null)?.strays).map(toStray),
    unapproved: unapprovedOf(readable),
  };
}

function readableOf<T>(schema: z.ZodType<T>, list: unknown): readonly T[] {
  return (z.array(z.unknown()).safeParse(list).data ?? []).flatMap((row) => schema.safeParse(row).data ?? []);
}

function unapprovedOf(rows: readonly DueRow[]): Due['unapproved'] {
  return new Set(rows.flatMap(({ id, approved }) => (id === null || approved !== false ? [] : [id])));
}

function toStray({
  server,
  grantorOid,
  roleOid,
  memberOid,
  usersThrough,
  ...row
}: z.infer<typeof strayRow>): DueStray {
  return { ...row, place: { server, grantorOid, roleOid, memberOid }, users: usersThrough ?? [] };
}
