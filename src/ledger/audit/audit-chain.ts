/**
 * The chain over the audit events, as migrations/0008_audit_chain.sql makes it: each hash is
 * `sha256(previous hash in hex || canonical text of the event)`. Hallpass's own login only reads here.
 */
import { z } from 'zod';
import { GENESIS, type Head, type Link } from '../../domain/audit/audit-chain.js';
import { LedgerError, type Queryable } from '../pool.js';

const head = z.object({ seq: z.number(), hash: z.string() });

/**
 * The canonical text of the event `e` at the place `c.seq`, from the row as it is now. Repeats `audit_text` of the
 * migration, because the schema's owner could replace that function.
 */
const TEXT = `json_build_object('seq', c.seq, 'id', e.id, 'at', (to_json(e.at at time zone 'UTC') #>> '{}') || 'Z',
  'request_id', e.request_id, 'kind', e.kind, 'actor', e.actor, 'data', e.data)::text`;

/** Where the chain ends now. @throws LedgerError when someone deleted the head. */
export async function readHead(db: Queryable): Promise<Head> {
  const { rows } = await db.query(`select seq, encode(hash, 'hex') as hash from audit_head`);
  if (rows[0] === undefined) {
    throw new LedgerError('the audit chain has no head', {
      passing: false,
      nextStep: 'Somebody deleted it as the owner of the ledger: restore the ledger from a backup.',
    });
  }
  return head.parse(rows[0]);
}

/** The hash at this place, or of a checkpoint there after pruning; null when the chain doesn't have it. */
export async function hashAt(db: Queryable, seq: number): Promise<string | null> {
  if (seq === GENESIS.seq) return GENESIS.hash;
  const { rows } = await db.query<{ hash: string }>(
    `select encode(hash, 'hex') as hash from audit_chain where seq = $1
       union all select encode(hash, 'hex') from audit_checkpoints where seq = $1 limit 1`,
    [seq],
  );
  return rows[0]?.hash ?? null;
}

const link: z.ZodType<Link> = z.object({
  seq: z.number(),
  hash: z.string(),
  eventId: z.number(),
  requestId: z.number().nullable(),
  text: z.string().nullable(),
});

/** The links after one place up to another, at most `limit`, in their order. */
export async function readLinks(
  db: Queryable,
  after: number,
  upTo: number,
  limit: number,
): Promise<readonly Link[]> {
  const { rows } = await db.query(
    `select c.seq, encode(c.hash, 'hex') as hash, c.event_id as "eventId", e.request_id as "requestId",
         case when e.id is not null then ${TEXT} end as text
       from audit_chain c left join events e on e.id = c.event_id
       where c.seq > $1 and c.seq <= $2 order by c.seq limit $3`,
    [after, upTo, limit],
  );
  return z.array(link).parse(rows);
}

/** A link after the chain's end, which Hallpass can't have written; null when there is none. */
export async function readBeyond(
  db: Queryable,
): Promise<{ readonly seq: number; readonly eventId: number } | null> {
  const { rows } = await db.query(
    `select c.seq, c.event_id as "eventId" from audit_chain c, audit_head h where c.seq > h.seq order by c.seq limit 1`,
  );
  return rows[0] === undefined ? null : z.object({ seq: z.number(), eventId: z.number() }).parse(rows[0]);
}

const page = z.object({
  last: z.number().nullable(),
  found: z.array(z.object({ id: z.number(), requestId: z.number().nullable() })),
});

/**
 * Looks at the `limit` events after this id for those that are not in the chain.
 * @returns the last id looked at, null when there was none.
 */
export async function readUnchained(
  db: Queryable,
  after: number | null,
  limit: number,
): Promise<z.infer<typeof page>> {
  const { rows } = await db.query(
    `select max(id) as last, coalesce(json_agg(json_build_object('id', id, 'requestId', request_id) order by id)
         filter (where not chained), '[]') as found
       from (select e.id, e.request_id, exists (select from audit_chain c where c.event_id = e.id) as chained
               from events e where $1::bigint is null or e.id > $1 order by e.id limit $2) looked`,
    [after, limit],
  );
  return page.parse(rows[0]);
}

const stretch = z.object({ first: z.number().nullable(), last: z.number().nullable() });

/** The shortest unbroken stretch of the chain with every event of a time (until: exclusive); null when there is none. */
export async function readStretch(
  db: Queryable,
  since: Date | null,
  until: Date | null,
): Promise<{ readonly first: number; readonly last: number } | null> {
  const { rows } = await db.query(
    `select min(c.seq) as first, max(c.seq) as last from events e join audit_chain c on c.event_id = e.id
       where e.at >= coalesce($1, '-infinity'::timestamptz) and e.at < coalesce($2, 'infinity'::timestamptz)`,
    [since, until],
  );
  const { first, last } = stretch.parse(rows[0]);
  return first === null || last === null ? null : { first, last };
}

/** Now, by the clock that dates the events. */
export async function readNow(db: Queryable): Promise<Date> {
  const { rows } = await db.query('select now() as now');
  return z.object({ now: z.date() }).parse(rows[0]).now;
}
