import type { Unshown } from '../../domain/request/asking.js';
import type { Queryable } from '../pool.js';

/** The card of a request that waits for a decision. */
export interface WaitingCard {
  readonly id: number;
  /** Where it is, or is to be, posted. */
  readonly channel: string;
  readonly posted: boolean;
  /** What Slack said when a post there last failed; null when it accepts posts, as far as is known. */
  readonly shut: Pick<Unshown, 'why' | 'fix'> | null;
}

/** The cards of what waits, by id. */
export async function readWaitingCards(
  db: Queryable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly WaitingCard[]> {
  const { rows } = await db.query<WaitingCard>(
    `select r.id, c.recipient as channel, c.channel is not null as posted,
         case when s.place is not null then json_build_object('why', s.why, 'fix', s.fix) end as shut
       from requests r join deliveries c on c.key = 'card:' || r.id
         left join shut_places s on s.place = c.recipient and s.mended_at is null
       where r.state = 'pending' and r.id > $1 order by r.id limit $2`,
    [after, limit],
  );
  return rows;
}

/** Sends the card of a request to another channel, unless it is posted, and what waits for its thread. */
export async function moveCard(db: Queryable, id: number, channel: string): Promise<void> {
  await db.query(
    `update deliveries set recipient = $2, not_before = now(), attempts = 0, lease_until = null
       where request_id = $1 and channel is null and recipient <> $2
         and recipient = (select c.recipient from deliveries c where c.key = 'card:' || $1::bigint and c.channel is null)`,
    [id, channel],
  );
}

/** How many pending requests no approver can decide at present, in SQL. */
export const UNDECIDABLE = `
  select count(*)::int as n from requests where state = 'pending' and jsonb_array_length(asking->'nobody') > 0`;

export async function countUndecidable(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ n: number }>(UNDECIDABLE);
  return rows[0]?.n ?? 0;
}
