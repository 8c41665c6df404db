/** Requests beside their audit events, to be compared. */
import { z } from 'zod';
import { type PastEvent, TELLING_KINDS } from '../../domain/audit/audit-events.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { REQUEST_COLUMNS, toRequest } from '../requests/request-row.js';

export interface History {
  readonly request: AccessRequest;
  /** Of the kinds that tell, in their order. */
  readonly events: readonly PastEvent[];
}

/** Requests at a time; each has some ten events. */
const PAGE = 200;
/** No request has as many; what a forger adds beyond that isn't read. */
const MOST_EVENTS = 2_000;
/** No event of these kinds is as large. */
const MOST_BYTES = 64 * 1024;

const told = z.object({
  event_id: z.number(),
  at: z.date(),
  kind: z.string(),
  actor: z.string().nullable(),
  data: z.unknown(),
});

/** Open requests, in the words of the index on them. */
const OPEN = 'and ended_at is null';

/**
 * The next requests after this id, with their events: one statement, so that both are of the same moment.
 * @param which all requests, or those that are open.
 * @returns none at the end.
 */
export async function readHistories(
  db: Queryable,
  after: number,
  which: 'all' | 'open',
): Promise<readonly History[]> {
  const { rows } = await db.query<{ id: number; event_id: number | null }>(
    `select ${REQUEST_COLUMNS}, e.event_id, e.at, e.kind, e.actor, e.data
       from (select * from requests where id > $1 ${which === 'open' ? OPEN : ''} order by id limit $2) r
       left join lateral (
         select id as event_id, at, kind, actor, case when pg_column_size(data) <= $5 then data end as data
           from events where request_id = r.id and kind = any($3::text[]) order by id limit $4) e on true
       order by r.id, e.event_id`,
    [after, PAGE, TELLING_KINDS, MOST_EVENTS, MOST_BYTES],
  );
  const histories: { request: AccessRequest; events: PastEvent[] }[] = [];
  for (const row of rows) {
    let last = histories.at(-1);
    if (last?.request.id !== row.id) {
      last = { request: toRequest(row), events: [] };
      histories.push(last);
    }
    if (row.event_id === null) continue;
    const { event_id: id, ...event } = told.parse(row);
    last.events.push({ id, ...event });
  }
  return histories;
}

/** Ids of requests that events name and that are not there, after one id up to another; at most `limit`. */
export async function readLostRequests(
  db: Queryable,
  after: number,
  upTo: number | null,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select distinct e.request_id as id from events e
       where e.request_id > $1 and e.request_id <= coalesce($2, 9223372036854775807)
         and not exists (select from requests r where r.id = e.request_id) order by 1 limit $3`,
    [after, upTo, limit],
  );
  return rows.map(({ id }) => id);
}
