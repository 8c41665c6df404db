/**
 * Everything that is granted, or being granted or revoked, of everyone: what is overdue first, then what ends next. Read
 * from an index that holds only what is open, so it costs no more with a long past.
 */
import { z } from 'zod';
import type { Queryable } from '../pool.js';

/** When the revocation is or was due; null while it is being granted. As the index `requests_standing` has it. */
const DUE = `(case state when 'active' then expires_at when 'ending' then ending_at end)`;
const STANDING = `state in ('granting', 'active', 'ending')`;

/** Null: all of them. */
export interface StandingFilter {
  readonly target: string | null;
  /** A Slack user id. */
  readonly requester: string | null;
}

const page = z.object({
  requests: z.array(z.object({ id: z.number(), overdue: z.boolean() }).readonly()),
  total: z.number(),
  overdue: z.number(),
  /** When the next one becomes overdue, milliseconds from now; null when none will. */
  overdueInMs: z.number().nullable(),
});

export type StandingPage = Readonly<z.infer<typeof page>>;

/**
 * One page of them. @param skip how many come before it. @param lateMs what was due longer ago than this is overdue,
 * milliseconds
 */
export async function readStanding(
  db: Queryable,
  { target, requester }: StandingFilter,
  { skip, limit, lateMs }: { readonly skip: number; readonly limit: number; readonly lateMs: number },
): Promise<StandingPage> {
  // Only what is asked for stands in the statement: a condition that may not hold keeps an index from being used.
  const where = [
    STANDING,
    ...(target === null ? [] : ['target = $4']),
    ...(requester === null ? [] : [`requester = $${target === null ? 4 : 5}`]),
  ].join(' and ');
  const late = `now() - $1 * interval '1 millisecond'`;
  const { rows } = await db.query(
    `select
       (select coalesce(json_agg(json_build_object('id', id, 'overdue', coalesce(due <= ${late}, false))), '[]')
          from (select id, ${DUE} as due from requests where ${where} order by ${DUE}, id offset $2 limit $3) p) as requests,
       (select count(*) from requests where ${where}) as total,
       (select count(*) from requests where ${where} and ${DUE} <= ${late}) as overdue,
       (select extract(epoch from min(${DUE}) - (${late}))::float8 * 1000 from requests
          where ${where} and ${DUE} > ${late}) as "overdueInMs"`,
    [lateMs, skip, limit, ...[target, requester].filter((each) => each !== null)],
  );
  return page.parse(rows[0]);
}
