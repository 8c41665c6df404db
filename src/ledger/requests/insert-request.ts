import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { REQUEST_COLUMNS, toRequest } from './request-row.js';

export type NewRequest = Pick<
  AccessRequest,
  | 'target'
  | 'role'
  | 'login'
  | 'requester'
  | 'askedIn'
  | 'reason'
  | 'wishedMs'
  | 'asked'
  | 'rules'
  | 'danger'
  | 'emergency'
> & {
  readonly viewId: string;
  /** Milliseconds until it lapses undecided. */
  readonly pendingTimeoutMs: number;
  /** Milliseconds until the first step of its ladder; null when it has none. */
  readonly firstStepMs: number | null;
  readonly configHash: string;
  /** The channel of its card. */
  readonly channel: string;
  /** The card is held back this long, milliseconds, for PagerDuty to answer first. */
  readonly holdCardMs: number;
  readonly limits: RequestLimits;
};

/** How much one person may request. */
export interface RequestLimits {
  readonly pendingPerPerson: number;
  readonly requestsPerMinute: number;
}

/**
 * Writes a request, its audit event and its first messages, in one statement.
 * @returns null when this view already made a request, when the membership has an open request (the indexes decide, so
 *   two concurrent submissions make one request), or when the person has reached a limit. `too_many` serializes the
 *   statements of one person, so that concurrent submissions on any replicas keep to the limits.
 */
export async function insertRequest(db: Queryable, wish: NewRequest): Promise<AccessRequest | null> {
  const { rows } = await db.query(
    `with r as (
       insert into requests (target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
           pending_until, asked_in, rules, danger, step_at, emergency)
         select $1, $2, $3, $4, $5, $6, $6, $7::jsonb, $8, now() + $9 * interval '1 millisecond', $15, $16::jsonb, $17,
           now() + $18 * interval '1 millisecond', $19::jsonb
         where too_many($4, $13, $14) is null
         on conflict do nothing returning *
     ), audited as (
       insert into events (request_id, kind, actor, data)
         select r.id, 'submitted', r.requester, jsonb_build_object('target', r.target, 'role', r.role, 'login', r.login,
           'reason', r.reason, 'wishedMs', r.wished_ms, 'asked', r.asked, 'rules', r.rules, 'configHash', $10::text)
           || case when r.emergency is null then '{}' else '{"emergency": true}'::jsonb end
         from r
     ), shown as (
       insert into deliveries (key, kind, request_id, recipient, wanted, not_before)
         select 'card:' || r.id, 'card', r.id, $11::text, r.version, now() + $12 * interval '1 millisecond' from r
         union all
         select 'status:' || r.id, 'status', r.id, r.requester, r.version, now() from r
     )
     select ${REQUEST_COLUMNS} from r`,
    [
      wish.target,
      wish.role,
      wish.login,
      wish.requester,
      wish.reason,
      wish.wishedMs,
      JSON.stringify(wish.asked),
      wish.viewId,
      wish.pendingTimeoutMs,
      wish.configHash,
      wish.channel,
      wish.holdCardMs,
      wish.limits.pendingPerPerson,
      wish.limits.requestsPerMinute,
      wish.askedIn,
      wish.rules === null ? null : JSON.stringify(wish.rules),
      wish.danger,
      wish.firstStepMs,
      wish.emergency === null ? null : JSON.stringify(wish.emergency),
    ],
  );
  return rows[0] === undefined ? null : toRequest(rows[0]);
}

/** Which limit this person has reached; null when none. */
export async function readTooMany(
  db: Queryable,
  requester: string,
  { pendingPerPerson, requestsPerMinute }: RequestLimits,
): Promise<'too_many_pending' | 'too_many_requests' | null> {
  const { rows } = await db.query<{ reached: string | null }>('select too_many($1, $2, $3) as reached', [
    requester,
    pendingPerPerson,
    requestsPerMinute,
  ]);
  const reached = rows[0]?.reached;
  return reached === 'too_many_pending' || reached === 'too_many_requests' ? reached : null;
}
