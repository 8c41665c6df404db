import { z } from 'zod';
import type { AccessRequest, Why } from '../domain/request.js';
import { LedgerError } from './pool.js';

const principal = z.object({ id: z.string(), name: z.string().nullable() });
const CANT_DECIDE = ['requester', 'same_person', 'left', 'empty', 'missing', 'plan', 'scope'] as const;

export const requestRow = z.object({
  id: z.number(),
  version: z.number(),
  state: z.enum([
    'pending',
    'granting',
    'active',
    'ending',
    'denied',
    'withdrawn',
    'lapsed',
    'failed',
    'ended',
  ]),
  why: z.enum(['expired', 'relinquished', 'ended', 'removed', 'failed']).nullable(),
  why_exact: z.enum(['lost', 'replaced', 'written_off']).nullable(),
  trouble: z.string().nullable(),
  target: z.string(),
  role: z.string(),
  login: z.string(),
  requester: z.string(),
  asked_in: z.string().nullable(),
  reason: z.string(),
  wished_ms: z.number(),
  duration_ms: z.number(),
  asked: z.array(principal),
  asking: z
    .object({
      approvers: z.array(principal).nullable(),
      unshown: z.object({ channel: z.string(), why: z.string(), fix: z.string().nullable() }).nullable(),
      directly: z.array(z.string()),
      nobody: z.array(
        z.object({ approver: principal, because: z.enum(CANT_DECIDE), fix: z.string().nullable() }),
      ),
    })
    .nullable()
    // Only shown: what a newer release wrote there must not keep the request from being read.
    .catch(null),
  created_at: z.date(),
  pending_until: z.date(),
  on_call_note: z.string().nullable(),
  decided_at: z.date().nullable(),
  decided_by: z.string().nullable(),
  decided_via: z.string().nullable(),
  cleared_at: z.date().nullable(),
  server: z.string().nullable(),
  grantor_oid: z.number().nullable(),
  role_oid: z.number().nullable(),
  member_oid: z.number().nullable(),
  granted_at: z.date().nullable(),
  expires_at: z.date().nullable(),
  warn_at: z.date().nullable(),
  extension: z.enum(['asked', 'confirmed', 'refused']).nullable(),
  extended_by: z.string().nullable(),
  extended_at: z.date().nullable(),
  extended_from: z.date().nullable(),
  ended_by: z.string().nullable(),
  ended_because: z.string().nullable(),
  ended_at: z.date().nullable(),
  sessions: z.enum(['auto', 'all', 'leave']).nullable(),
  set_role: z.boolean().nullable(),
  grace_ms: z.number().nullable(),
  mark: z.string().nullable(),
  sessions_before: z.string().nullable(),
  users_through: z.array(z.object({ oid: z.number(), name: z.string() })).nullable(),
  review_at: z.date().nullable(),
});

/** The columns of `requests` that make an AccessRequest, in SQL. */
export const REQUEST_COLUMNS = Object.keys(requestRow.shape)
  .map((column) => `r.${column}`)
  .join(', ');

/** @throws LedgerError when a newer release wrote what this one does not know. */
export function parseRow<T>(schema: z.ZodType<T>, row: unknown): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new LedgerError('a request in the ledger cannot be read by this release of Hallpass', {
    passing: false,
    nextStep: 'Run a release at least as new as the one that migrated the ledger.',
    cause: parsed.error,
  });
}

type Row = z.infer<typeof requestRow>;

/** Reads one row of `requests`. @throws LedgerError as `parseRow` does */
export function toRequest(row: unknown): AccessRequest {
  const r = parseRow(requestRow, row);
  return {
    id: r.id,
    version: r.version,
    state: r.state,
    why: r.why_exact ?? r.why,
    trouble: r.trouble,
    target: r.target,
    role: r.role,
    login: r.login,
    requester: r.requester,
    askedIn: r.asked_in,
    reason: r.reason,
    wishedMs: r.wished_ms,
    durationMs: r.duration_ms,
    asked: r.asked,
    asking: r.asking,
    createdAt: r.created_at,
    pendingUntil: r.pending_until,
    onCallNote: r.on_call_note,
    decidedAt: r.decided_at,
    decidedBy: r.decided_by,
    decidedVia: r.decided_via,
    clearedAt: r.cleared_at,
    place: toPlace(r),
    grantedAt: r.granted_at,
    expiresAt: r.expires_at,
    warnAt: r.warn_at,
    extension:
      r.extension === null || r.extended_by === null || r.extended_at === null || r.extended_from === null
        ? null
        : { state: r.extension, by: r.extended_by, at: r.extended_at, from: r.extended_from },
    endedBy: r.ended_by,
    endedBecause: r.ended_because,
    endedAt: r.ended_at,
    terms: toTerms(r),
    mark: r.mark,
    sessionsBefore: r.sessions_before,
    users: r.users_through ?? [],
    reviewAt: r.review_at,
  };
}

export function toPlace(
  r: Pick<Row, 'server' | 'grantor_oid' | 'role_oid' | 'member_oid'>,
): AccessRequest['place'] {
  if (r.server === null || r.grantor_oid === null || r.role_oid === null || r.member_oid === null)
    return null;
  return { server: r.server, grantorOid: r.grantor_oid, roleOid: r.role_oid, memberOid: r.member_oid };
}

export function toTerms(r: Pick<Row, 'sessions' | 'set_role' | 'grace_ms'>): AccessRequest['terms'] {
  if (r.sessions === null || r.set_role === null || r.grace_ms === null) return null;
  return { sessions: r.sessions, setRole: r.set_role, graceMs: r.grace_ms };
}

/** A release that doesn't know the exact reason reads the nearest one that it knows: it must not stumble over the row. */
function whyColumns(why: Why | null): Pick<Row, 'why' | 'why_exact'> {
  switch (why) {
    case 'lost':
      return { why: 'removed', why_exact: why };
    case 'replaced':
    case 'written_off':
      return { why: 'ended', why_exact: why };
    default:
      return { why, why_exact: null };
  }
}

/** The columns that a transition may change, as the ledger's own JSON record. */
export function toChange(next: AccessRequest): Record<string, unknown> {
  return {
    id: next.id,
    version: next.version,
    state: next.state,
    ...whyColumns(next.why),
    trouble: next.trouble,
    duration_ms: next.durationMs,
    on_call_note: next.onCallNote,
    asking: next.asking,
    decided_at: next.decidedAt,
    decided_by: next.decidedBy,
    decided_via: next.decidedVia,
    cleared_at: next.clearedAt,
    server: next.place?.server ?? null,
    grantor_oid: next.place?.grantorOid ?? null,
    role_oid: next.place?.roleOid ?? null,
    member_oid: next.place?.memberOid ?? null,
    granted_at: next.grantedAt,
    expires_at: next.expiresAt,
    warn_at: next.warnAt,
    extension: next.extension?.state ?? null,
    extended_by: next.extension?.by ?? null,
    extended_at: next.extension?.at ?? null,
    extended_from: next.extension?.from ?? null,
    ended_by: next.endedBy,
    ended_because: next.endedBecause,
    ended_at: next.endedAt,
    sessions: next.terms?.sessions ?? null,
    set_role: next.terms?.setRole ?? null,
    grace_ms: next.terms?.graceMs ?? null,
    mark: next.mark,
    sessions_before: next.sessionsBefore,
    users_through: next.users.length === 0 ? null : next.users,
    review_at: next.reviewAt,
  };
}

/** Requests as they stood at `now`, the ledger's clock: the only clock that decides. */
export interface Reading {
  readonly now: Date;
  readonly requests: readonly AccessRequest[];
}

/** One always comes, with the time; the others only when there are requests. */
export interface TimedRow {
  readonly now: Date;
  readonly id: number | null;
}

export function toReading(rows: readonly TimedRow[]): Reading {
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the ledger did not say what time it is');
  return { now, requests: rows.filter((row) => row.id !== null).map(toRequest) };
}
