/** What the ledger says, read as its owner. */
import { runSql } from '../sandbox/postgres/server-access.js';

export interface LedgerRequest {
  readonly id: string;
  readonly state: string;
  readonly why: string | null;
  readonly trouble: string | null;
  readonly target: string;
  readonly role: string;
  readonly login: string;
  readonly requester: string;
  readonly reason: string;
  readonly wishedMs: number;
  /** By the clock that all share, milliseconds since 1970. */
  readonly decided: number | null;
  readonly granted: number | null;
  readonly expires: number | null;
  /** When it was due to be revoked; null while it is not, or when it was never granted. */
  readonly due: number | null;
  readonly ended: number | null;
  readonly pendingUntil: number;
}

/** When an undecided request lapses at the earliest: not before its ladder was told (src/domain/request/escalation.ts). */
const LAPSES = `greatest(r.pending_until, r.step_at, r.step_told_at + interval '5 minutes')`;

/** What makes a request end before its time. */
const ENDINGS = ['relinquished', 'end_asked', 'grant_failed', 'found_gone'];

export function readRequests(url: string): Promise<LedgerRequest[]> {
  return runSql<LedgerRequest>(
    url,
    `SELECT 'R-' || r.id AS id, r.state, r.why, r.trouble, r.target, r.role, r.login, r.requester, r.reason, r.wished_ms::float8 AS "wishedMs",
            extract(epoch FROM r.decided_at)::float8 * 1000 AS decided,
            extract(epoch FROM r.granted_at)::float8 * 1000 AS granted,
            extract(epoch FROM r.expires_at)::float8 * 1000 AS expires,
            extract(epoch FROM least(r.expires_at, e.at))::float8 * 1000 AS due,
            extract(epoch FROM r.ended_at)::float8 * 1000 AS ended,
            extract(epoch FROM ${LAPSES})::float8 * 1000 AS "pendingUntil"
       FROM requests r
       LEFT JOIN LATERAL (SELECT min(at) AS at FROM events WHERE request_id = r.id AND kind = ANY ($1)) e ON true
      ORDER BY r.id`,
    [ENDINGS],
  );
}

export interface LedgerEvent {
  readonly id: number;
  /** "R-1042" */
  readonly request: string;
  readonly kind: string;
  /** Slack user id; null when Hallpass itself acted. */
  readonly actor: string | null;
  /** By the clock that all share, milliseconds since 1970. */
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The audit trail of the requests, by request, in its own order. */
export async function readTrail(url: string): Promise<ReadonlyMap<string, readonly LedgerEvent[]>> {
  const rows = await runSql<LedgerEvent>(
    url,
    `SELECT id::int, 'R-' || request_id AS request, kind, actor, extract(epoch FROM at)::float8 * 1000 AS at,
            coalesce(data, '{}') AS data
       FROM events WHERE request_id IS NOT NULL ORDER BY id`,
  );
  const trail = new Map<string, LedgerEvent[]>();
  for (const row of rows) trail.set(row.request, [...(trail.get(row.request) ?? []), row]);
  return trail;
}

/** When granting was paused and resumed, in the order of the audit trail. */
export interface PauseEvent {
  readonly kind: 'paused' | 'resumed';
  /** null: everywhere. */
  readonly target: string | null;
  /** By the clock that all share, milliseconds since 1970. */
  readonly at: number;
}

export function readPauses(url: string): Promise<readonly PauseEvent[]> {
  return runSql<PauseEvent & { readonly kind: 'paused' | 'resumed' }>(
    url,
    `SELECT kind, data->>'target' AS target, extract(epoch FROM at)::float8 * 1000 AS at
       FROM events WHERE kind IN ('paused', 'resumed') ORDER BY id`,
  );
}

/** What is still to be done: "R-1042 is ending", "a message waits: card:1042". */
export async function readUnsettled(url: string): Promise<readonly string[]> {
  const rows = await runSql<{ what: string }>(
    url,
    `SELECT 'R-' || id || ' is ' || state || coalesce(' (' || trouble || ')', '') AS what FROM requests r
      WHERE state IN ('granting', 'ending')
         OR state = 'active' AND expires_at <= now() + interval '1 minute'
         OR state = 'pending' AND ${LAPSES} <= now() + interval '10 seconds'
         OR state = 'active' AND extension = 'asked'
         OR judge_at <= now()
     UNION ALL
     SELECT 'a page waits: ' || key || coalesce(' (' || trouble || ')', '') FROM pages WHERE sent < wanted
     UNION ALL
     SELECT 'a message waits: ' || key || coalesce(' (' || trouble || ')', '') FROM deliveries WHERE sent < wanted
     UNION ALL
     SELECT 'a Home waits: ' || person FROM homes WHERE shown < wanted
     UNION ALL
     SELECT 'Homes were not looked at' FROM homes_seen s, audit_head h WHERE s.seq < h.seq AND EXISTS (SELECT FROM homes)`,
  );
  return rows.map(({ what }) => what);
}

/** The requests with all their events and messages, a line each, to find out why a promise was broken. */
export async function readHistory(url: string): Promise<readonly string[]> {
  const rows = await runSql<{ line: string }>(
    url,
    `SELECT jsonb_build_object(
              'request', to_jsonb(r),
              'events', (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.id) FROM events e WHERE e.request_id = r.id),
              'deliveries', (SELECT jsonb_agg(to_jsonb(d)) FROM deliveries d WHERE d.request_id = r.id))::text AS line
       FROM requests r ORDER BY r.id`,
  );
  return rows.map(({ line }) => line);
}
