/**
 * The only write to a request's state. It is guarded by the version that was read: of two writers one wins, and the other
 * doesn't find its id in the answer. State, audit event and messages are one statement, committed together or not at all.
 */
import type { AccessRequest } from '../../domain/request/request.js';
import type { AuditEvent } from '../../domain/request/request-events.js';
import type { Queryable } from '../pool.js';
import { CHANGE_ASSIGNMENTS, CHANGE_COLUMNS, toChange } from './request-row.js';

/** A new message, sent once; its key makes a repetition harmless. */
export interface Note {
  readonly key: string;
  readonly kind: string;
  /** A Slack user, or a channel; null: where the card is. */
  readonly recipient: string | null;
}

/** What the operators are to know: a page, and a message with the same key in their channel, unless a note tells them. */
export interface Alert {
  readonly key: string;
  /** Plain text. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly channel: string;
  readonly message: object | null;
}

export interface Write {
  readonly next: AccessRequest;
  readonly audit: AuditEvent;
  readonly notes: readonly Note[];
  /** There is something new to do on the target: a sweep that is already running must look again. */
  readonly wakes: boolean;
  /**
   * It is written only if at least so much of the grant is left, milliseconds; null: always. From the end on, a sweep
   * revokes the membership and writes nothing until that is proved, so the version alone wouldn't tell.
   */
  readonly leastLeftMs: number | null;
  /** Which messages show it. With `card`, a card that is held back for another reason stays held back. */
  readonly shownBy: 'all' | 'card' | 'judge' | 'none';
  /** A person's (or on call's) approve or deny, kept as a row of its own. */
  readonly decision: {
    readonly approver: string;
    readonly verdict: 'approve' | 'deny';
    readonly via: string;
  } | null;
  readonly alert: Alert | null;
  /** Pages that are over with it, if they are open. */
  readonly pagesOver: readonly string[];
}

/**
 * The rows are locked in the order of their ids first: a plan may visit them in any order, and two writers would deadlock.
 * A message waits half a second when a new one to the same person replaces it: by then the new one is posted, or failed.
 */
const WRITE = `
  with change as (
    select * from jsonb_to_recordset($1::jsonb) as c(id bigint, wakes boolean, "leastLeftMs" int,
      "shownBy" text, ${CHANGE_COLUMNS})
  ), locked as materialized (
    select r.id from requests r where r.id = any(array(select c.id from change c)) order by r.id for update
  ), written as (
    update requests r set ${CHANGE_ASSIGNMENTS}
      from change c, locked l where r.id = c.id and l.id = c.id and r.version = c.version - 1
        and (c."leastLeftMs" is null or r.expires_at > now() + c."leastLeftMs" * interval '1 ms')
      returning r.id, r.version, r.target, c."shownBy"
  ), audited as (
    insert into events (request_id, kind, actor, data)
      select e.id, e.kind, e.actor, e.data
      from jsonb_to_recordset($2::jsonb) as e(id bigint, kind text, actor text, data jsonb) join written using (id)
      order by e.id
  ), decided as (
    insert into decisions (request_id, approver, verdict, via)
      select d.id, d.approver, d.verdict, d.via
      from jsonb_to_recordset($3::jsonb) as d(id bigint, approver text, verdict text, via text) join written using (id)
      on conflict do nothing
  ), told as (
    insert into deliveries (key, kind, request_id, recipient, wanted)
      select n.key, n.kind, n.id,
          coalesce(n.recipient, (select c.recipient from deliveries c where c.key = 'card:' || n.id)), w.version
      from jsonb_to_recordset($4::jsonb) as n(id bigint, key text, kind text, recipient text)
        join written w using (id)
      on conflict (key) do nothing
  ), alerted as (
    insert into deliveries (key, kind, recipient, message, wanted)
      select a.key, 'operators', a.channel, a.message, 1
      from jsonb_to_recordset($5::jsonb) as a(id bigint, key text, channel text, message jsonb) join written using (id)
      where a.message is not null
      on conflict (key) do nothing
  ), paged as (
    insert into pages (key, open, summary, details)
      select a.key, true, a.summary, a.details
      from jsonb_to_recordset($5::jsonb) as a(id bigint, key text, summary text, details jsonb) join written using (id)
      on conflict (key) do nothing
  ), resolved as (
    update pages p set open = false, wanted = p.wanted + 1, not_before = now(), attempts = 0
      from jsonb_to_recordset($6::jsonb) as o(id bigint, key text) join written using (id)
      where p.key = o.key and p.open
  ), reshown as (
    update deliveries d set wanted = w.version,
        not_before = case when w."shownBy" <> 'all' then d.not_before
          when (w.id, d.recipient) in (
            select n.id, n.recipient from jsonb_to_recordset($4::jsonb) as n(id bigint, recipient text)
              where n.recipient is not null) then now() + interval '500 ms'
          else least(d.not_before, now()) end
      from written w where d.request_id = w.id and d.wanted < w.version and w."shownBy" in ('all', d.kind)
  ), woken as (
    update targets t set wake_seq = wake_seq + 1
      where t.name in (select w.target from written w join change c using (id) where c.wakes)
  )
  select id from written`;

/** Writes the requests that are still at the version that was read. @returns their ids. */
export async function writeTransitions(
  db: Queryable,
  writes: readonly Write[],
): Promise<ReadonlySet<number>> {
  if (writes.length === 0) return new Set();
  const values = [
    JSON.stringify(
      writes.map(({ next, wakes, leastLeftMs, shownBy }) => ({
        ...toChange(next),
        wakes,
        leastLeftMs,
        shownBy,
      })),
    ),
    JSON.stringify(writes.map(({ next, audit }) => ({ id: next.id, ...audit }))),
    JSON.stringify(writes.flatMap(({ next, decision }) => (decision ? [{ id: next.id, ...decision }] : []))),
    JSON.stringify(writes.flatMap(({ next, notes }) => notes.map((note) => ({ id: next.id, ...note })))),
    JSON.stringify(writes.flatMap(({ next, alert }) => (alert ? [{ id: next.id, ...alert }] : []))),
    JSON.stringify(writes.flatMap(({ next, pagesOver }) => pagesOver.map((key) => ({ id: next.id, key })))),
  ];
  // Named, and so planned once per connection: planning it costs more than running it.
  const { rows } = await db.query<{ id: number }>({ name: 'write', text: WRITE, values });
  return new Set(rows.map((row) => row.id));
}
