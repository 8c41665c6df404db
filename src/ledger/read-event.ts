import type { Queryable } from './pool.js';

/** What the audit kept with the latest event of this kind; null when there is none. Unchecked. */
export async function readEvent(db: Queryable, requestId: number, kind: string): Promise<unknown> {
  const { rows } = await db.query<{ data: unknown }>(
    'select data from events where request_id = $1 and kind = $2 order by id desc limit 1',
    [requestId, kind],
  );
  return rows[0]?.data ?? null;
}
