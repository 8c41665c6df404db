/**
 * The life of a request: the one table of states. `(request, event, now) -> next request + audit event`, or a
 * typed refusal. Nothing else in Hallpass decides a state. Pure: `now` is the ledger database's clock, a fact.
 *
 * Invariants kept here:
 * - a deadline that has passed binds before anything has written it (approving after the lapse, relinquishing
 *   after the expiry are refused);
 * - `failed` and `ended` are reached only by an event that says absence was proved;
 * - the clock of a grant starts at the proved GRANT.
 */
import type { Principal } from './policy.js';

type OpenState = 'pending' | 'granting' | 'active' | 'ending';
export type FinalState = 'denied' | 'withdrawn' | 'lapsed' | 'failed' | 'ended';
export type State = OpenState | FinalState;

/** Why access ends or ended: its time was up; its holder, an approver or an operator ended it; somebody outside
 * Hallpass took it away; the GRANT did not come about. */
export type Why = 'expired' | 'relinquished' | 'ended' | 'removed' | 'failed';

/** How long a GRANT may be outstanding before Hallpass gives up on it, milliseconds. */
export const GRANTING_LIMIT_MS = 15 * 60_000;

/** Where a grant stands on the target: its identity, not its names. Known before the GRANT is run. */
export interface Place {
  /** system_identifier of the server. */
  readonly server: string;
  /** OID of our own login there: whose membership it is. */
  readonly grantorOid: number;
  readonly roleOid: number;
  readonly memberOid: number;
}

export interface AccessRequest {
  readonly id: number;
  /** Rises with every change; what is shown of the request is shown at a version. */
  readonly version: number;
  readonly state: State;
  /** Set from `ending` on. */
  readonly why: Why | null;
  /** A sentence for people: why the GRANT failed, or what hinders the GRANT or REVOKE right now. */
  readonly trouble: string | null;

  readonly target: string;
  readonly role: string;
  readonly login: string;
  /** Slack user id. */
  readonly requester: string;
  readonly reason: string;
  /** What was asked for, and what is (or will be) given; milliseconds. */
  readonly wishedMs: number;
  readonly durationMs: number;
  /** Who was asked to decide. */
  readonly asked: readonly Principal[];
  readonly createdAt: Date;
  readonly pendingUntil: Date;

  /** Why on call did not approve, when that is worth saying on the card. */
  readonly onCallNote: string | null;
  readonly decidedAt: Date | null;
  /** Slack user id of the decider; null when on call decided, or nobody yet. */
  readonly decidedBy: string | null;
  /** The group through which they decided, or what put the requester on call. */
  readonly decidedVia: string | null;

  readonly place: Place | null;
  readonly grantedAt: Date | null;
  readonly expiresAt: Date | null;
  /** When the notice "about to expire" is due; null when none is, or it was given. */
  readonly warnAt: Date | null;
  /** Who ended it early. */
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
}

export type RequestEvent =
  /** `maxMs`: the longest that today's policy allows. */
  | { readonly type: 'approve'; readonly by: string; readonly via: string; readonly maxMs: number }
  | { readonly type: 'approve_on_call'; readonly through: string; readonly maxMs: number }
  | { readonly type: 'on_call_said'; readonly note: string | null }
  | { readonly type: 'deny'; readonly by: string; readonly via: string }
  | { readonly type: 'withdraw'; readonly by: string }
  | { readonly type: 'lapse' }
  /** The GRANT is about to be run there. */
  | { readonly type: 'intend'; readonly place: Place }
  /** The membership was read back. */
  | { readonly type: 'granted' }
  /** The GRANT will not come about; it may still have happened. */
  | { readonly type: 'grant_failed'; readonly trouble: string }
  | { readonly type: 'relinquish'; readonly by: string }
  | { readonly type: 'end'; readonly by: string }
  /** The target was read, and the membership is not there. `found`: it was missing before we took anything. */
  | { readonly type: 'proved_gone'; readonly found: boolean }
  /** The target could not be asked, or would not. */
  | { readonly type: 'hindered'; readonly trouble: string }
  | { readonly type: 'warned' };

export type Refusal =
  /** Somebody decided already, or it was withdrawn: see the request's state. */
  | { readonly code: 'not_pending'; readonly request: AccessRequest }
  | { readonly code: 'too_late'; readonly request: AccessRequest }
  /** Nothing is lent under this request (any more, or yet). */
  | { readonly code: 'not_lent'; readonly request: AccessRequest }
  | { readonly code: 'already_ending'; readonly request: AccessRequest }
  /** An event of the machinery that today's state has no use for; the caller drops it. */
  | { readonly code: 'stale'; readonly request: AccessRequest };

export interface AuditEvent {
  readonly kind: string;
  /** Slack user id, or null when Hallpass itself acted. */
  readonly actor: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Transition =
  | { readonly ok: true; readonly next: AccessRequest; readonly audit: AuditEvent }
  | { readonly ok: false; readonly refusal: Refusal };

const FINAL: ReadonlySet<State> = new Set(['denied', 'withdrawn', 'lapsed', 'failed', 'ended']);

export function isFinal(state: State): state is FinalState {
  return FINAL.has(state);
}

/** The id as people see it. */
export function requestName(id: number): string {
  return `R-${id}`;
}

/** The id in "R-1042"; null for anything else. */
export function parseRequestName(name: string): number | null {
  const digits = /^R-([1-9]\d{0,14})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Is the time of this grant up? Decided by the ledger's clock alone. */
export function isExpired(request: AccessRequest, now: Date): boolean {
  return request.expiresAt !== null && request.expiresAt <= now;
}

/** Answers what `event` makes of `request` at `now`. */
export function transition(request: AccessRequest, event: RequestEvent, now: Date): Transition {
  const refuse = (code: Refusal['code']): Transition => ({ ok: false, refusal: { code, request } });
  const go = (
    change: Partial<AccessRequest>,
    kind: string,
    actor: string | null,
    data: Readonly<Record<string, unknown>> = {},
  ): Transition => ({
    ok: true,
    next: { ...request, ...change, version: request.version + 1 },
    audit: { kind, actor, data },
  });
  const granting = (by: string | null, via: string, durationMs: number): Partial<AccessRequest> => ({
    state: 'granting',
    decidedAt: now,
    decidedBy: by,
    decidedVia: via,
    durationMs,
  });

  switch (event.type) {
    case 'approve':
    case 'approve_on_call':
    case 'deny':
    case 'withdraw':
    case 'on_call_said': {
      if (request.state !== 'pending') return refuse('not_pending');
      if (request.pendingUntil <= now) return refuse('too_late');
      switch (event.type) {
        case 'approve': {
          const durationMs = Math.min(request.durationMs, event.maxMs);
          return go(granting(event.by, event.via, durationMs), 'approved', event.by, {
            via: event.via,
            durationMs,
          });
        }
        case 'approve_on_call': {
          const durationMs = Math.min(request.durationMs, event.maxMs);
          return go(
            { ...granting(null, event.through, durationMs), onCallNote: null },
            'approved_on_call',
            null,
            { through: event.through, durationMs },
          );
        }
        case 'deny':
          return go(
            { state: 'denied', decidedAt: now, decidedBy: event.by, decidedVia: event.via, endedAt: now },
            'denied',
            event.by,
            { via: event.via },
          );
        case 'withdraw':
          return go({ state: 'withdrawn', endedAt: now }, 'withdrawn', event.by);
        case 'on_call_said':
          if (request.onCallNote === event.note) return refuse('stale');
          return go({ onCallNote: event.note }, 'on_call_asked', null, { note: event.note });
      }
      break;
    }
    case 'lapse':
      if (request.state !== 'pending' || request.pendingUntil > now) return refuse('stale');
      return go({ state: 'lapsed', endedAt: now }, 'lapsed', null);

    case 'intend':
      if (request.state !== 'granting') return refuse('stale');
      return go({ place: event.place }, 'grant_intended', null, { ...event.place });
    case 'granted': {
      if (request.state !== 'granting' || request.place === null) return refuse('stale');
      const expiresAt = new Date(now.getTime() + request.durationMs);
      return go(
        {
          state: 'active',
          trouble: null,
          grantedAt: now,
          expiresAt,
          warnAt: warningTime(expiresAt, request.durationMs),
        },
        'granted',
        null,
        { ...request.place, expiresAt: expiresAt.toISOString() },
      );
    }
    case 'grant_failed':
      if (request.state !== 'granting') return refuse('stale');
      return go({ state: 'ending', why: 'failed', trouble: event.trouble }, 'grant_failed', null, {
        trouble: event.trouble,
      });

    case 'relinquish':
    case 'end': {
      if (request.state === 'ending') return refuse('already_ending');
      if (request.state !== 'granting' && request.state !== 'active') return refuse('not_lent');
      if (isExpired(request, now)) return refuse('too_late');
      return go(
        {
          state: 'ending',
          why: event.type === 'end' ? 'ended' : 'relinquished',
          endedBy: event.by,
          trouble: null,
          warnAt: null,
        },
        event.type === 'end' ? 'end_asked' : 'relinquished',
        event.by,
      );
    }
    case 'proved_gone': {
      const why = whyGone(request, event.found, now);
      if (why === null) return refuse('stale');
      return go(
        {
          state: why === 'failed' ? 'failed' : 'ended',
          why,
          trouble: why === 'failed' ? request.trouble : null,
          endedAt: now,
          warnAt: null,
        },
        why === 'removed' ? 'found_gone' : 'proved_gone',
        null,
        { why, found: event.found, ...request.place },
      );
    }
    case 'hindered': {
      const waiting = request.state === 'granting' || whyGone(request, false, now) !== null;
      // Why a GRANT failed outlives what hinders the proof that nothing was left of it.
      if (!waiting || request.why === 'failed' || request.trouble === event.trouble) return refuse('stale');
      return go({ trouble: event.trouble }, 'hindered', null, { trouble: event.trouble });
    }
    case 'warned':
      if (request.state !== 'active' || request.warnAt === null) return refuse('stale');
      return go({ warnAt: null }, 'warned', null);
  }
}

/** What a proof of absence makes of the request; null when it should be there, and nobody found it gone. */
function whyGone(request: AccessRequest, found: boolean, now: Date): Why | null {
  if (request.state === 'ending') return request.why;
  if (request.state !== 'active') return null;
  if (isExpired(request, now)) return 'expired';
  return found ? 'removed' : null;
}

/** Five minutes before the end, or a quarter of a shorter grant; none for less than two minutes. */
function warningTime(expiresAt: Date, durationMs: number): Date | null {
  if (durationMs < 120_000) return null;
  return new Date(expiresAt.getTime() - Math.min(5 * 60_000, durationMs / 4));
}
