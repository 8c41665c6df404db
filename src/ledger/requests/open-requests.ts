/**
 * What is open on each target, for people to look at: read by key, a page at a time, from indexes that hold only what is
 * open. Each row is parsed separately, so one that this release can't read doesn't hide the others.
 */
import { z } from 'zod';
import type { ServerIdentity } from '../../domain/postgres/server-identity.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { LedgerError, type Queryable } from '../pool.js';
import { REQUEST_COLUMNS, toRequest } from './request-row.js';

const OPEN = `state in ('pending', 'granting', 'active', 'ending')`;
/** When the revocation of the request `r` was or is due; null while none is. */
const DUE = `case r.state when 'active' then r.expires_at when 'ending' then r.ending_at end`;
const PERSONS = `($1::text is null or r.requester = $1 or r.login = $1)`;

/** Whose requests are meant: a Slack user id or a login; null: everybody's. */
export type PersonFilter = string | null;

const tally = z.object({
  target: z.string(),
  /** system_identifier of the server that roles are granted on; null before the first comparison. */
  server: z.string().nullable(),
  /** When all our memberships there were compared last; null: never, or they are to be compared at once. */
  comparedAt: z.date().nullable(),
  /** When the server that is known was seen last. */
  seenAt: z.date().nullable(),
  /** The anchor that this ledger's chain doesn't contain; null: it contains the target's. */
  doubt: z.string().nullable(),
  /** What answers at the known server's address, and may be a copy. */
  stranger: z
    .object({ id: z.string(), timeline: z.number(), startedAt: z.number(), lsn: z.number().nullable() })
    .nullable() satisfies z.ZodType<ServerIdentity | null>,
  waiting: z.number(),
  granted: z.number(),
  /** To be revoked now; of those, the ones that are late, and since when the first of them is due. */
  due: z.number(),
  overdue: z.number(),
  overdueSince: z.date().nullable(),
  /** Memberships that no open request accounts for: being revoked, and left alone. */
  strays: z.number(),
  orphans: z.number(),
  /** Approvals that cover later requests. */
  repeats: z.number(),
  /** Emergencies that no reviewer has judged, open or over. */
  unreviewed: z.number(),
});

/** One target, and how much is open there. */
export type TargetTally = Readonly<z.infer<typeof tally>>;

/**
 * The next targets after this one by name, or just the one that is named.
 * @param lateMs what was due longer ago than this is overdue, milliseconds.
 */
export async function readTallies(
  db: Queryable,
  which: { readonly only: string } | { readonly after: string; readonly limit: number },
  person: PersonFilter,
  lateMs: number,
): Promise<readonly TargetTally[]> {
  const only = 'only' in which;
  const { rows } = await db.query(
    `select t.name as target, t.server, t.checked_at as "comparedAt", t.seen_at as "seenAt", t.doubt, t.stranger,
         n.waiting, n.granted, n.due + s.due as due, n.overdue + s.overdue as overdue, p.repeats,
         least(n.since, s.since) as "overdueSince", s.due as strays, o.orphans, e.unreviewed
       from (select * from targets where ${only ? 'name = $3' : 'name > $3'} order by name limit $4) t
       cross join lateral (
         select count(*) filter (where state = 'pending')::int as waiting,
             count(*) filter (where state = 'granting' or state = 'active' and due > now())::int as granted,
             count(*) filter (where due <= now())::int as due,
             count(*) filter (where due <= now() - $2 * interval '1 ms')::int as overdue,
             min(due) filter (where due <= now() - $2 * interval '1 ms') as since
           from (select r.state, ${DUE} as due from requests r where r.target = t.name and ${OPEN} and ${PERSONS}) r
       ) n cross join lateral (
         select count(*)::int as due, count(*) filter (where due_at <= now() - $2 * interval '1 ms')::int as overdue,
             min(due_at) filter (where due_at <= now() - $2 * interval '1 ms') as since
           from strays s where target = t.name and settled_at is null and ${STRAYS_PERSONS}
       ) s cross join lateral (
         select count(*)::int as orphans from orphans o
           where target = t.name and ${REPORTED} and ($1::text is null or o.login = $1)
       ) o cross join lateral (
         select count(*)::int as repeats from repeats r
           where r.target = t.name and r.ended_at is null and r.until > now() and ${PERSONS}
       ) p cross join lateral (
         select count(*)::int as unreviewed from requests r
           where r.target = t.name and r.judge_at is not null and ${PERSONS}
       ) e
       order by t.name`,
    [person, lateMs, only ? which.only : which.after, only ? 1 : which.limit],
  );
  return z.array(tally).parse(rows);
}

/** The stray `s` belongs to them. */
const STRAYS_PERSONS = `($1::text is null or s.login = $1
  or exists (select from requests q where q.id = s.request_id and q.requester = $1))`;

/** The orphan `o` is there, and is not being revoked. */
const REPORTED = `o.settled_at is null
  and not exists (select from strays x where x.orphan_id = o.id and x.settled_at is null)`;

/** `due`: to be revoked now; `overdue`: since longer than that; `granted`: in force, or about to be; `waiting`: undecided. */
export type Part = 'overdue' | 'due' | 'granted' | 'waiting';

const PARTS: Readonly<Record<Part | 'all', string>> = {
  all: 'true',
  overdue: `${DUE} <= now() - $2 * interval '1 ms'`,
  due: `${DUE} <= now()`,
  granted: `(r.state = 'granting' or r.state = 'active' and r.expires_at > now())`,
  waiting: `r.state = 'pending'`,
};

/** An open request as it stands. */
export type OpenRequest =
  | {
      readonly request: AccessRequest;
      /** Since when it is due to be revoked; null: it isn't yet. */
      readonly dueSince: Date | null;
      readonly overdue: boolean;
    }
  /** A newer release wrote it, or someone bypassed Hallpass. */
  | { readonly id: number; readonly role: string; readonly login: string; readonly unread: string };

/** Where a page of a target ended: by the one index over all that is open there. */
export interface After {
  readonly role: string;
  readonly login: string;
}

export interface OpenPage {
  readonly requests: readonly OpenRequest[];
  /** null: that was all. */
  readonly after: After | null;
}

interface Row extends After {
  readonly id: number;
  readonly due_since: Date | null;
  readonly overdue: boolean | null;
}

/** One part of what is open on a target, ordered by role and login; the next page after `after`. */
export async function readOpenPage(
  db: Queryable,
  target: string,
  part: Part | 'all',
  person: PersonFilter,
  lateMs: number,
  after: After | null,
  limit: number,
): Promise<OpenPage> {
  const { rows } = await db.query<Row>(
    `select ${REQUEST_COLUMNS}, case when ${PARTS.due} then ${DUE} end as due_since, ${PARTS.overdue} as overdue
       from requests r where r.target = $3 and ${OPEN} and ${PARTS[part]} and ${PERSONS}
         and ($4::text is null or (r.role, r.login) > ($4, $5::text))
       order by r.role, r.login limit $6`,
    [person, lateMs, target, after?.role ?? null, after?.login ?? null, limit],
  );
  const last = rows.length < limit ? undefined : rows.at(-1);
  return {
    requests: rows.map(understand),
    after: last === undefined ? null : { role: last.role, login: last.login },
  };
}

function understand(row: Row): OpenRequest {
  const { id, role, login, due_since: dueSince, overdue } = row;
  try {
    return { request: toRequest(row), dueSince, overdue: overdue === true };
  } catch (thrown) {
    if (!(thrown instanceof LedgerError)) throw thrown;
    return { id, role, login, unread: thrown.message };
  }
}

/** What blocks a target's open requests and strays, the most frequent first. */
export async function readTroubles(
  db: Queryable,
  target: string,
  limit: number,
): Promise<readonly { readonly trouble: string; readonly count: number }[]> {
  const { rows } = await db.query<{ trouble: string; count: number }>(
    // Why a GRANT failed doesn't block its revocation.
    `select trouble, count(*)::int as count from (
         select trouble from requests r where r.target = $1 and ${OPEN} and r.why is distinct from 'failed'
         union all select trouble from strays where target = $1 and settled_at is null) d
       where trouble is not null group by trouble order by count desc, trouble limit $2`,
    [target, limit],
  );
  return rows;
}
