/**
 * Grants, for an auditor: one pass over the requests in the order of their ids, a page at a time, with the events that
 * say what the request doesn't. They aren't parsed as this release's requests, so none is left out.
 */
import { z } from 'zod';
import { RULE_NAMES } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { sessionMs } from './uses.js';

const grant = z.object({
  id: z.number(),
  person: z.string(),
  login: z.string(),
  target: z.string(),
  role: z.string(),
  askedSeconds: z.number(),
  /** From the grant to its end, or until now. */
  heldSeconds: z.number(),
  /** Of that, with an open session, as far as Hallpass saw. */
  sessionSeconds: z.number(),
  reason: z.string(),
  /** null: a rule, or not known (`recover` read it from a server). */
  decidedBy: z.string().nullable(),
  decidedRule: z.enum(RULE_NAMES).nullable(),
  decidedVia: z.string().nullable(),
  decidedAt: z.date().nullable(),
  /** The last approver who extended it. */
  extendedBy: z.string().nullable(),
  extendedAt: z.date().nullable(),
  grantedAt: z.date(),
  /** null: it is not proved gone yet. */
  endedAt: z.date().nullable(),
  why: z.string().nullable(),
  endedBy: z.string().nullable(),
  /** null: not known (yet). */
  sessionsEnded: z.number().nullable(),
  /** As it was read for the approvers; null: it was not, or could not be. */
  danger: z.string().nullable(),
  /** It was granted without approval, in an emergency; then, once a reviewer has said so: justified or not_justified. */
  emergency: z.boolean(),
  verdict: z.string().nullable(),
  reviewer: z.string().nullable(),
  reviewerWords: z.string().nullable(),
});

export type OpenGrant = Readonly<z.infer<typeof grant>>;

/** What was granted from `since` (inclusive) until `until` (exclusive), on all targets or one; null: no bound. */
export interface GrantsWanted {
  readonly since: Date | null;
  readonly until: Date | null;
  readonly target: string | null;
}

/** The next grants after this id; at most `limit`. */
export async function readGrants(
  db: Queryable,
  { since, until, target }: GrantsWanted,
  after: number,
  limit: number,
): Promise<readonly OpenGrant[]> {
  const { rows } = await db.query(
    `select r.id, r.requester as person, r.login, r.target, r.role, round(r.wished_ms / 1000.0)::float8 as "askedSeconds",
         round(extract(epoch from coalesce(r.ended_at, now()) - r.granted_at))::float8 as "heldSeconds",
         round(${sessionMs('r')} / 1000.0)::float8 as "sessionSeconds", r.reason,
         r.decided_by as "decidedBy", r.decided_rule as "decidedRule", r.decided_via as "decidedVia", r.decided_at as "decidedAt",
         x.by as "extendedBy", x.at as "extendedAt", r.granted_at as "grantedAt", r.ended_at as "endedAt",
         coalesce(r.why_exact, r.why) as why, r.ended_by as "endedBy", g.closed as "sessionsEnded", p.danger,
         coalesce(r.emergency is not null and r.decided_rule = 'break_glass', false) as emergency, r.emergency->>'verdict' as verdict,
         r.emergency->>'by' as reviewer, r.emergency->>'words' as "reviewerWords"
       from (select * from requests
         where id > $1 and granted_at >= coalesce($3, '-infinity'::timestamptz)
           and granted_at < coalesce($4, 'infinity'::timestamptz) and ($5::text is null or target = $5)
         order by id limit $2) r
       left join lateral (
         select sum(case jsonb_typeof(data->'closed') when 'number' then (data->>'closed')::float8 end)::float8 as closed
           from events where request_id = r.id and kind in ('proved_gone', 'replaced', 'leftover_taken_back')) g on true
       left join lateral (
         select data->'preview'->>'danger' as danger from events
           where request_id = r.id and kind = 'previewed' order by id desc limit 1) p on true
       left join lateral (
         select r.extended_by as by, r.extended_at as at where r.extension <> 'refused') x on true
       order by r.id`,
    [after, limit, since, until, target],
  );
  return z.array(grant).parse(rows);
}

/** Requests that were over before this time were deleted; null: never. */
export async function readPrunedBefore(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ before: string | null }>(
    `select data->>'before' as before from events
       where request_id is null and kind = 'requests_pruned' order by id desc limit 1`,
  );
  const before = new Date(rows[0]?.before ?? Number.NaN);
  return Number.isNaN(before.getTime()) ? null : before;
}
