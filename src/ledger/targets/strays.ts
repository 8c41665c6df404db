/**
 * Memberships to be revoked that no open request accounts for. Each write is one statement: the row, its audit event, the
 * messages, and a new version of the request that it belongs to, which redraws its messages and changes no state.
 */
import { z } from 'zod';
import { type GrantTerms, SESSIONS } from '../../domain/request/grant-terms.js';
import type { AccessRequest, MembershipId } from '../../domain/request/request.js';
import type { AuditEvent } from '../../domain/request/request-events.js';
import type { Stray, StrayEnd, StrayKind } from '../../domain/request/stray.js';
import type { Queryable } from '../pool.js';
import { REQUEST_COLUMNS, toRequest } from '../requests/request-row.js';

/** A message about a stray, kept up to date: the newest under a key replaces the one before. */
export interface Telling {
  /** `{id}` stands for the stray's. */
  readonly key: string;
  readonly recipient: string;
  readonly message: object;
}

export interface NewStray {
  readonly kind: StrayKind;
  readonly target: string;
  readonly place: MembershipId;
  readonly role: string;
  readonly login: string;
  readonly requestId: number | null;
  readonly orphanId: number | null;
  readonly askedBy: string | null;
  readonly because: string | null;
  readonly absentAt: Date | null;
  readonly terms: Pick<GrantTerms, 'sessions' | 'setRole'>;
  readonly audit: Omit<AuditEvent, 'actor'>;
  readonly tell: readonly Telling[];
  /** How long its first messages wait, milliseconds: a stray that is revoked in a moment needs only one. */
  readonly holdMs: number;
}

/** What a sweep found out about a stray. */
export interface StrayWrite {
  readonly id: number;
  readonly sessionsBefore: string | null;
  readonly revoked: boolean;
  readonly trouble: string | null;
  /** Ends it; `at` is the ledger's. */
  readonly end: Omit<StrayEnd, 'at'> | null;
  readonly audit: Omit<AuditEvent, 'actor'>;
  readonly tell: readonly Telling[];
}

/** After `changed`, rows of strays with their `event` and `data`: writes the audit events and updates the messages. */
const AND_TELL = `
  audited as (
    insert into events (request_id, kind, actor, data)
      select request_id, event, asked_by, data from changed order by id
  ), versioned as (
    update requests r set version = version + 1 from changed c where r.id = c.request_id returning r.id, r.version
  ), reshown as (
    update deliveries d set wanted = v.version, not_before = least(d.not_before, now())
      from versioned v where d.request_id = v.id and d.wanted < v.version
  ), told as (
    insert into deliveries (key, kind, recipient, message, wanted, not_before)
      select replace(t.value->>'key', '{id}', c.id::text), 'direct', t.value->>'recipient', t.value->'message', 1,
          now() + c."holdMs" * interval '1 millisecond'
        from changed c cross join jsonb_array_elements(c.tell) t
      on conflict (key) do update
        set message = excluded.message, wanted = deliveries.wanted + 1, not_before = now()
  )`;

const INSERT = `
  with asked as (
    select * from jsonb_to_recordset($1::jsonb) as a(kind text, target text, server text, "grantorOid" oid, "roleOid" oid,
      "memberOid" oid, role text, login text, "requestId" bigint, "orphanId" bigint, "askedBy" text, because text,
      "absentAt" timestamptz, sessions text, "setRole" boolean, event text, data jsonb, tell jsonb, "holdMs" int)
  ), added as (
    insert into strays (kind, target, server, grantor_oid, role_oid, member_oid, role, login, request_id, orphan_id,
        asked_by, because, absent_at, sessions, set_role)
      select kind, target, server, "grantorOid", "roleOid", "memberOid", role, login, "requestId", "orphanId",
          "askedBy", because, "absentAt", sessions, "setRole" from asked
      on conflict (target, server, role_oid, member_oid) where settled_at is null do nothing
      returning *
  ), changed as (
    select s.*, a.event, a.data, a.tell, a."holdMs" from added s
      join asked a on a.target = s.target and a.server = s.server and a."roleOid" = s.role_oid
        and a."memberOid" = s.member_oid
  ), woken as (
    update targets set wake_seq = wake_seq + 1 where name in (select target from added)
  ), ${AND_TELL}
  select id from changed`;

/**
 * Records that these have to be revoked. One that is already recorded stays as it is.
 * @returns how many are new
 */
export async function insertStrays(db: Queryable, strays: readonly NewStray[]): Promise<number> {
  if (strays.length === 0) return 0;
  const { rowCount } = await db.query(INSERT, [
    JSON.stringify(
      strays.map(({ place, terms, audit, ...stray }) => ({
        ...stray,
        ...place,
        sessions: terms.sessions,
        setRole: terms.setRole,
        event: audit.kind,
        data: audit.data,
      })),
    ),
  ]);
  return rowCount ?? 0;
}

const WRITE = `
  with known as (
    select * from jsonb_to_recordset($1::jsonb) as k(id bigint, "sessionsBefore" text, revoked boolean, trouble text, outcome text,
      closed int, prepared text[], "wantedBy" bigint, event text, data jsonb, tell jsonb)
  ), written as (
    update strays s set sessions_before = k."sessionsBefore", revoked = s.revoked or k.revoked, trouble = k.trouble, outcome = k.outcome,
        closed = coalesce(k.closed, 0), prepared = coalesce(k.prepared, '{}'), wanted_by = k."wantedBy",
        settled_at = case when k.outcome is not null then now() end
      from known k where s.id = k.id and s.settled_at is null and (k.outcome is not null
        or (s.sessions_before, s.trouble) is distinct from (k."sessionsBefore", k.trouble))
      returning s.*
  ), changed as (
    select s.*, k.event, k.data, k.tell, 0 as "holdMs" from written s join known k using (id)
  ), explained as (
    update orphans o set settled_at = now(), settled_by = case when c.outcome <> 'wanted' then c.asked_by end
      from changed c where o.id = c.orphan_id and c.settled_at is not null and o.settled_at is null
  ), ${AND_TELL}
  select id from changed`;

/** Records what became of them. A settled one doesn't change. @returns how many were written */
export async function writeStrays(db: Queryable, writes: readonly StrayWrite[]): Promise<number> {
  if (writes.length === 0) return 0;
  const { rowCount } = await db.query(WRITE, [
    JSON.stringify(
      writes.map(({ id, sessionsBefore, revoked, trouble, end, audit, tell }) => ({
        ...{ id, sessionsBefore, revoked, trouble, ...end, tell },
        event: audit.kind,
        data: audit.data,
      })),
    ),
  ]);
  return rowCount ?? 0;
}

const moment = z.number().transform((ms) => new Date(ms));
const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const strayJson = z.object({
  id: z.number(),
  kind: z.enum(['leftover', 'late', 'orphan']),
  target: z.string(),
  role: z.string(),
  login: z.string(),
  request: z.object({ id: z.number(), requester: z.string(), endedAt: moment.nullable() }).nullable(),
  orphanId: z.number().nullable(),
  askedBy: z.string().nullable(),
  because: z.string().nullable(),
  absentAt: moment.nullable(),
  foundAt: moment,
  sessions: z.enum(SESSIONS),
  trouble: z.string().nullable(),
  end: z
    .object({
      at: moment,
      outcome: z.enum(['revoked', 'absent', 'wanted']),
      closed: z.number(),
      prepared: z.array(z.string()),
      wantedBy: z.number().nullable(),
    })
    .nullable(),
}) satisfies z.ZodType<Stray>;

/** The stray `s` as JSON, with its request `q`. */
const STRAY_JSON = `json_build_object(
  'id', s.id, 'kind', s.kind, 'target', s.target, 'role', s.role, 'login', s.login,
  'request', case when q.id is not null then json_build_object(
    'id', q.id, 'requester', q.requester, 'endedAt', ${ms('q.ended_at')}) end,
  'orphanId', s.orphan_id, 'askedBy', s.asked_by, 'because', s.because, 'absentAt', ${ms('s.absent_at')},
  'foundAt', ${ms('s.due_at')}, 'sessions', s.sessions, 'trouble', s.trouble,
  'end', case when s.settled_at is not null then json_build_object('at', ${ms('s.settled_at')},
    'outcome', s.outcome, 'closed', s.closed, 'prepared', s.prepared, 'wantedBy', s.wanted_by) end)`;

const JSON_OF = (where: string): string =>
  `(select coalesce(json_agg(${STRAY_JSON} order by s.id), '[]') from strays s left join requests q on q.id = s.request_id
     where ${where})`;

/** These strays as they stand at `now`. */
export async function readStrays(
  db: Queryable,
  ids: readonly number[],
): Promise<{ readonly now: Date; readonly strays: readonly Stray[] }> {
  const { rows } = await db.query<{ now: Date; strays: unknown }>(
    `select now() as now, ${JSON_OF('s.id = any($1::bigint[])')} as strays`,
    [ids],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger did not answer');
  return { now: row.now, strays: z.array(strayJson).parse(row.strays) };
}

/** A request, and the strays that were its own, as of one moment. */
export interface Shown {
  readonly request: AccessRequest;
  readonly strays: readonly Stray[];
}

/** What messages about requests show of them, in the order of the ids. */
export async function readToShow(db: Queryable, ids: readonly number[]): Promise<readonly Shown[]> {
  const { rows } = await db.query<{ strays: unknown }>(
    `select ${REQUEST_COLUMNS}, ${JSON_OF('s.request_id = r.id')} as strays
       from requests r where r.id = any($1::bigint[]) order by array_position($1::bigint[], r.id)`,
    [ids],
  );
  return rows.map((row) => ({ request: toRequest(row), strays: z.array(strayJson).parse(row.strays) }));
}

/** When all memberships on a target were compared last; null when never, or when that is to be done again. */
export async function lastCompared(db: Queryable, target: string): Promise<Date | null> {
  const { rows } = await db.query<{ checked_at: Date | null }>(
    'select checked_at from targets where name = $1',
    [target],
  );
  return rows[0]?.checked_at ?? null;
}

/** Is it being revoked, by an operator's or the configuration's order? */
export async function isBeingRevoked(db: Queryable, orphanId: number): Promise<boolean> {
  const { rowCount } = await db.query('select from strays where orphan_id = $1 and settled_at is null', [
    orphanId,
  ]);
  return (rowCount ?? 0) > 0;
}

/**
 * Those on a target that are being revoked; the next ones after an id.
 * @param person as for `readTallies`.
 * @param ageMs only those that are due for so long, milliseconds.
 */
export async function readOpenStrays(
  db: Queryable,
  target: string,
  person: string | null,
  ageMs: number,
  after: number,
  limit: number,
): Promise<readonly Stray[]> {
  const { rows } = await db.query<{ stray: unknown }>(
    `select ${STRAY_JSON} as stray from strays s left join requests q on q.id = s.request_id
       where s.target = $1 and s.settled_at is null and ($2::text is null or s.login = $2 or q.requester = $2)
         and s.due_at <= now() - $5 * interval '1 ms' and s.id > $3 order by s.id limit $4`,
    [target, person, after, limit, ageMs],
  );
  return rows.map(({ stray }) => strayJson.parse(stray));
}

/** The ones that are being revoked for longest, of one target or one requester if these are named, and how many there are. */
export async function readOldestStrays(
  db: Queryable,
  { target, requester }: { readonly target: string | null; readonly requester: string | null },
  limit: number,
): Promise<{ readonly strays: readonly Stray[]; readonly total: number }> {
  const { rows } = await db.query<{ strays: unknown[]; total: number }>(
    `with open as (
       select s.id from strays s left join requests q on q.id = s.request_id
         where s.settled_at is null and ($1::text is null or s.target = $1) and ($2::text is null or q.requester = $2)
     )
     select (select count(*) from open) as total, ${JSON_OF('s.id = any(array(select id from open order by id limit $3))')} as strays`,
    [target, requester, limit],
  );
  return { strays: z.array(strayJson).parse(rows[0]?.strays ?? []), total: rows[0]?.total ?? 0 };
}
