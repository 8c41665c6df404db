import type { Queryable } from '../pool.js';

/** What operators are told: by itself, or of a request. */
const KINDS = `'operators', 'emergency', 'misused'`;
/** Between a message's key and the person who has a copy of it. */
const COPY = '@';

/**
 * Copies the operators' messages that a channel doesn't accept to each of these people, the newest first, unless they
 * have a copy. @returns whether there were any
 */
export async function copyToOperators(
  db: Queryable,
  channel: string,
  people: readonly string[],
  limit: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into deliveries (key, kind, request_id, recipient, message, wanted)
       select d.key || '${COPY}' || p.id, d.kind, d.request_id, p.id, d.message, d.wanted
         from (select * from deliveries where kind in (${KINDS}) and recipient = $1 and channel is null and sent < wanted
                 order by created_at desc limit $3) d
           cross join unnest($2::text[]) p(id)
       on conflict (key) do nothing`,
    [channel, people, limit],
  );
  return (rowCount ?? 0) > 0;
}

/** Moves what waits for an operators' channel that is no longer configured to the one that is. */
export async function moveOperatorNotes(db: Queryable, from: string, to: string): Promise<void> {
  await db.query(
    `update deliveries set recipient = $2, not_before = now(), attempts = 0, lease_until = null
       where kind in (${KINDS}) and recipient = $1 and channel is null and sent < wanted`,
    [from, to],
  );
}
