/** What people are told of an emergency another way, because the channel of its card accepts no posts. */
import type { Queryable } from '../pool.js';
import { PLACE_OF } from './shut-places.js';

/** A message that its channel accepts not yet: the card, or the newest question to the reviewers. */
export interface Unseen {
  readonly key: string;
  readonly kind: 'card' | 'judge';
  readonly id: number;
}

/** The longest unsent first; of an emergency that is over, only the question. */
export async function readUnseen(db: Queryable, limit: number): Promise<readonly Unseen[]> {
  const { rows } = await db.query<Unseen>(
    `select d.key, d.kind, r.id from deliveries d join requests r on r.id = d.request_id
         join shut_places s on s.place = ${PLACE_OF} and s.mended_at is null
       where d.sent < d.wanted and d.channel is null and d.recipient !~ '^[UW]' and r.decided_rule = 'break_glass'
         and (d.key = 'card:' || r.id and r.state in ('granting', 'active', 'ending')
           or d.key = 'judge:' || (r.emergency->>'asked') || ':' || r.id and r.judge_at is not null)
       order by d.created_at limit $1`,
    [limit],
  );
  return rows;
}

/** @returns how many of these people had no copy of this message yet. */
export async function copyToPeople(db: Queryable, key: string, people: readonly string[]): Promise<number> {
  const { rowCount } = await db.query(
    `insert into deliveries (key, kind, request_id, recipient, wanted)
       select d.key || '@' || p.id, d.kind, d.request_id, p.id, d.wanted
         from deliveries d cross join unnest($2::text[]) p(id) where d.key = $1 and d.channel is null
       on conflict (key) do nothing`,
    [key, people],
  );
  return rowCount ?? 0;
}
