/** The audit events of one request. */
import { z } from 'zod';
import type { Queryable } from '../pool.js';

const event = z.object({
  id: z.number(),
  at: z.date(),
  kind: z.string(),
  actor: z.string().nullable(),
  /** Unchecked; null when it is larger than anything Hallpass writes. */
  data: z.unknown(),
});

export type HistoryEvent = Readonly<z.infer<typeof event>>;

/** The largest preview of a role takes some tens of kilobytes. */
const MOST_BYTES = 256 * 1024;

/** The next events of this request after one id, the oldest first; at most `limit`. */
export async function readHistory(
  db: Queryable,
  requestId: number,
  after: number,
  limit: number,
): Promise<readonly HistoryEvent[]> {
  const { rows } = await db.query(
    `select id, at, kind, actor, case when octet_length(data::text) <= $4 then data end as data
       from events where request_id = $1 and id > $2 order by id limit $3`,
    [requestId, after, limit, MOST_BYTES],
  );
  return z.array(event).parse(rows);
}

/** The data of each of the request's events of this kind, the oldest first. Unchecked. */
export async function readEvents(
  db: Queryable,
  requestId: number,
  kind: string,
): Promise<readonly unknown[]> {
  const { rows } = await db.query<{ data: unknown }>(
    'select data from events where request_id = $1 and kind = $2 order by id',
    [requestId, kind],
  );
  return rows.map(({ data }) => data);
}

/** The data of the request's latest event of this kind; null when there is none. Unchecked. */
export async function readEvent(db: Queryable, requestId: number, kind: string): Promise<unknown> {
  const { rows } = await db.query<{ data: unknown }>(
    'select data from events where request_id = $1 and kind = $2 order by id desc limit 1',
    [requestId, kind],
  );
  return rows[0]?.data ?? null;
}

/** The data of the latest event of this kind of each request that has one, by request. Unchecked. */
export async function readLatestOfEach(
  db: Queryable,
  requestIds: readonly number[],
  kind: string,
): Promise<ReadonlyMap<number, unknown>> {
  const { rows } = await db.query<{ id: number; data: unknown }>(
    `select i.id, e.data from unnest($1::bigint[]) i(id) cross join lateral (
       select data from events where request_id = i.id and kind = $2 order by id desc limit 1) e`,
    [requestIds, kind],
  );
  return new Map(rows.map(({ id, data }) => [id, data]));
}
