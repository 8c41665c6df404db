/**
 * App Home of each person who opened it within a day. The audit chain tells what has changed since Homes were last
 * looked at: no write of a request knows of them, and what a killed process didn't get to is found by the next look.
 */
import { z } from 'zod';
import type { Queryable } from '../pool.js';

/** A Home that was not opened for so long is not kept up to date. */
const KEPT = `opened_at > now() - interval '1 day'`;

/** Longer than a call to Slack may take (8 s): until then no other process publishes it. */
const LEASE_MS = 10_000;
/**
 * One Home is published no more often than this, milliseconds: what changes meanwhile is shown together. After a second of
 * quiet the next one may come sooner, because an approval and its GRANT come in two. It isn't drawn more often than that.
 */
const APART_MS = 400;
const SECOND_MS = 100;
/** When more audit events than this were not looked through, each Home counts as changed. */
const MOST_EVENTS = 2_000;

/** Events that only the requester's Home shows anything of. */
const OWN = ['reviewed', 'users_seen', 'sessions_open', 'warned', 'cleared'];
/** Events of no request that everyone may see something of. */
const OF_ALL = ['paused', 'resumed'];

const claimed = z.object({
  person: z.string(),
  looking: z.unknown(),
  notice: z.string().nullable(),
  wanted: z.number(),
  hash: z.string().nullable(),
  digest: z.string().nullable(),
  attempts: z.number(),
  turn: z.number(),
});

/** A Home that Slack may not show as the ledger says, leased to this process. */
export type ClaimedHome = Readonly<z.infer<typeof claimed>>;

/**
 * Someone opened their Home: it is drawn again, whatever was published. While no other is kept up to date, what happened
 * before concerns none.
 */
export async function openHome(db: Queryable, person: string, notice: string | null = null): Promise<void> {
  await db.query(
    `with first as (
       update homes_seen set seq = h.seq from audit_head h where not exists (select from homes where ${KEPT})
     )
     insert into homes (person, notice) values ($1, $2) on conflict (person) do update
       set opened_at = now(), wanted = homes.wanted + 1, digest = null, hash = null, notice = excluded.notice,
         not_before = now(), attempts = 0`,
    [person, notice],
  );
}

/**
 * What someone looks at, or what they are told there, has changed. It may stand in Slack for longer than it is kept here:
 * then it is opened.
 * @param looking what of it changes, and what then counts as one more choice; null: nothing. Two changes at once are both made.
 */
export async function changeHome(
  db: Queryable,
  person: string,
  { looking, notice }: { readonly looking: object | null; readonly notice: string | null },
): Promise<void> {
  const { rowCount } = await db.query(
    `update homes set notice = $3, wanted = wanted + 1, opened_at = now(), not_before = now(), attempts = 0,
         looking = case when $2::jsonb is null then looking
           else looking || $2 || jsonb_build_object('choices', coalesce((looking->'choices')::int, 0) + 1) end
       where person = $1 and ${KEPT}`,
    [person, looking === null ? null : JSON.stringify(looking), notice],
  );
  if (rowCount === 1) return;
  await openHome(db, person, notice);
  if (looking !== null) await changeHome(db, person, { looking, notice });
}

/**
 * Marks the Homes that are kept up to date and for which this holds. In the order of their keys, because no two statements may
 * wait for one another. @param when a condition on `homes h`
 */
const mark = (when: string): string =>
  `update homes set wanted = wanted + 1 where person in (
     select person from homes h where h.${KEPT} and ${when} order by person for no key update)`;

/** Something that any Home may show has changed beside the audit chain: groups, roles, the configuration. */
export async function everyHomeChanged(db: Queryable): Promise<void> {
  await db.query(mark('true'));
}

/** Slack says something else about this person. */
export async function homeOfChanged(db: Queryable, person: string): Promise<void> {
  await db.query(mark('h.person = $1'), [person]);
}

/** Part of a statement: where the card of a request stands is known from now on, and Homes link it. @param when a condition */
export const markCardLinked = (when: string): string => mark(`h.of_others and ${when}`);

/**
 * Looks through the audit events since the last look, and marks the Homes that may show something of them: of the requester,
 * and, where it may concern those who decide, review or operate, theirs. The chain grows in the order of commits, so what
 * was looked through is one number.
 */
const MARK = `
  with seen as materialized (
    select seq from homes_seen where exists (select from homes where ${KEPT}) for update
  ), head as materialized (
    select h.seq, s.seq as after from audit_head h, seen s where h.seq > s.seq
  ), fresh as materialized (
    select e.kind, r.requester from head
      cross join lateral (
        select c.event_id from audit_chain c where c.seq > head.after and c.seq <= head.seq order by c.seq limit ${MOST_EVENTS}
      ) c join events e on e.id = c.event_id left join requests r on r.id = e.request_id
      where head.seq - head.after <= ${MOST_EVENTS}
  ), marked as (
    ${mark(`exists (select from head) and (
        not exists (select from fresh)
        or exists (select from fresh f
             where f.requester = h.person or f.kind = any($2) or h.of_others and f.kind <> all($1)))`)}
  )
  update homes_seen s set seq = greatest(s.seq, head.seq) from head`;

/** Marks the Homes that something has changed for. */
export async function markHomes(db: Queryable): Promise<void> {
  await db.query({ name: 'mark homes', text: MARK, values: [OWN, OF_ALL] });
}

/** Slack doesn't show what it should, or will not because time has passed. */
const DUE = `(shown < wanted or again_at <= now()) and ${KEPT}`;

/** Takes up to `limit` Homes to be published, and leases them to the caller: people's own first, then the one used last. */
export async function claimHomes(db: Queryable, limit: number): Promise<readonly ClaimedHome[]> {
  const { rows } = await db.query(
    `update homes h set lease_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1, turn = turn + 1
       from (select person from homes where ${DUE} and not_before <= now()
               and (lease_until is null or lease_until <= now())
             order by of_others, opened_at desc limit $1 for update skip locked) due
       where h.person = due.person
       returning h.person, h.looking, h.notice, h.wanted, h.hash, h.digest, h.attempts, h.turn`,
    [limit, LEASE_MS],
  );
  return z.array(claimed).parse(rows);
}

export interface Published {
  /** Of what Slack shows now; null: it shows what it did. */
  readonly hash: string | null;
  readonly digest: string;
  readonly ofOthers: boolean;
  /** After how long it changes because time passes, milliseconds; null: not by itself. */
  readonly changesInMs: number | null;
}

/**
 * Records what Slack shows now. When the lease has run out meanwhile, another process may have published something newer,
 * which this then stands in front of: it is published again, whatever is there.
 */
export async function recordPublished(
  db: Queryable,
  { person, wanted, turn }: ClaimedHome,
  { hash, digest, ofOthers, changesInMs }: Published,
): Promise<void> {
  const { rowCount } = await db.query(
    `update homes set shown = greatest(shown, $2), hash = coalesce($3, hash), digest = $4, lease_until = null, attempts = 0, trouble = null,
         of_others = $5, again_at = now() + $6 * interval '1 millisecond',
         shown_at = case when $3::text is null then shown_at else now() end,
         not_before = greatest(not_before, now() + interval '1 millisecond' * case when $3::text is not null and shown_at > now() - interval '1 second'
           then ${APART_MS} else ${SECOND_MS} end)
       where person = $1 and turn = $7`,
    [person, wanted, hash, digest, ofOthers, changesInMs, turn],
  );
  if (rowCount === 0 && hash !== null) await overwritten(db, person);
}

/**
 * It was not published, and is tried again after so long, milliseconds; null: when it is opened again, or changes.
 * @param trouble why Slack refuses it for good, in words
 */
export async function recordUnpublished(
  db: Queryable,
  { person, wanted, turn }: ClaimedHome,
  { retryInMs, trouble }: { readonly retryInMs: number | null; readonly trouble: string | null },
): Promise<void> {
  const { rowCount } = await db.query(
    `update homes set lease_until = null, hash = null, digest = null, again_at = null, trouble = $5,
         not_before = now() + coalesce($2, 0) * interval '1 millisecond',
         shown = case when $2::float8 is null then greatest(shown, $3) else shown end
       where person = $1 and turn = $4`,
    [person, retryInMs, wanted, turn, trouble],
  );
  if (rowCount === 0) await overwritten(db, person);
}

async function overwritten(db: Queryable, person: string): Promise<void> {
  await db.query('update homes set wanted = wanted + 1, hash = null, digest = null where person = $1', [
    person,
  ]);
}

/** Milliseconds until the next Home is due or its lease ends; null when all are as wanted. */
export async function nextHome(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select extract(epoch from min(greatest(not_before, lease_until, case when shown >= wanted then again_at end))
         - now())::float8 * 1000 as ms
       from homes where (shown < wanted or again_at is not null) and ${KEPT}`,
  );
  return rows[0]?.ms ?? null;
}

/** What is known of Homes as a whole: whether anyone opened one, and why Slack refuses the one used last. */
export async function readHomes(
  db: Queryable,
): Promise<{ readonly opened: boolean; readonly trouble: string | null }> {
  const { rows } = await db.query<{ trouble: string | null }>(
    'select trouble from homes order by trouble is null, opened_at desc limit 1',
  );
  return { opened: rows.length > 0, trouble: rows[0]?.trouble ?? null };
}

/** For a heartbeat: a Home may have to be published, because a process was killed before it did. */
export const HOMES_DUE = `exists (select from homes where ${KEPT}) and (
  exists (select from homes where ${DUE})
  or (select seq from audit_head) > (select seq from homes_seen))`;
