/** The audit events of one request, to be read by people. */
import { z } from 'zod';
import type { Queryable } from './pool.js';

const event = z.object({
  id: z.number(),
  at: z.date(),
  kind: z.string(),
  actor: z.string().nullable(),
  /** Unchecked; null when it is larger than anything that Hallpass writes. */
  data: z.unknown(),
});

export type HistoryEvent = Readonly<z.infer<typeof event>>;

/** A preview of a role with as much as may be in it takes some tens of kilobytes. */
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
