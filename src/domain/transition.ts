/**
 * The one table of states. `(request, event, now) -> next request + audit event`, or a typed refusal. Nothing else in
 * Hallpass decides a state. Pure: `now` is the ledger database's clock, a fact.
 *
 * Invariants kept here:
 * - a deadline that has passed binds before anything has written it (approving after the lapse, relinquishing
 *   after the expiry are refused);
 * - `failed` and `ended` are reached only by an event that says absence was proved, or that an operator gave their word;
 * - the clock of a grant starts at the proved GRANT.
 */
import {
  type AccessRequest,
  addUsers,
  isExpired,
  newUsers,
  type OtherUser,
  type Refusal,
  type RequestEvent,
  type State,
  type Transition,
  termsOf,
  type Why,
} from './request.js';

/** An extension that adds a smaller part than this of its duration is none. */
const LEAST_GAIN = 0.05;

/**
 * When less is left of a grant, it is too late to extend it, milliseconds: a sweep that meets it at its end must not take
 * back what is being extended at that moment. More than a write to the ledger takes.
 */
export const LEAST_LEFT_MS = 1_000;

/** Names in one audit event. */
const MOST_NAMES = 50;

/** While the card shows what the role can do. */
const PREVIEWED: ReadonlySet<State> = new Set(['pending', 'granting', 'active']);

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
  const granting = (
    by: string | null,
    via: string,
    durationMs: number,
    cleared: boolean,
  ): Partial<AccessRequest> => ({
    state: 'granting',
    decidedAt: now,
    decidedBy: by,
    decidedVia: via,
    clearedAt: cleared ? now : null,
    durationMs,
  });

  switch (event.type) {
    case 'approve':
    case 'approve_on_call':
    case 'deny':
    case 'withdraw':
    case 'asking':
    case 'on_call_said': {
      if (request.state !== 'pending') return refuse('not_pending');
      if (request.pendingUntil <= now) return refuse('too_late');
      switch (event.type) {
        case 'approve': {
          const durationMs = Math.min(request.durationMs, event.maxMs);
          return go(granting(event.by, event.via, durationMs, event.cleared === true), 'approved', event.by, {
            via: event.via,
            durationMs,
          });
        }
        case 'approve_on_call': {
          const durationMs = Math.min(request.durationMs, event.maxMs);
          return go(
            { ...granting(null, event.through, durationMs, event.cleared === true), onCallNote: null },
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
          return go(
            {
              state: 'withdrawn',
              why: event.by === null || event.because !== undefined ? 'ended' : null,
              endedAt: now,
              ...(event.because === undefined ? {} : { endedBy: event.by, endedBecause: event.because }),
            },
            'withdrawn',
            ...actorOf(event),
          );
        case 'asking':
          return go({ asking: event.asking }, 'asking', null, { ...event.asking });
        case 'on_call_said':
          if (request.onCallNote === event.note) return refuse('stale');
          return go({ onCallNote: event.note }, 'on_call_asked', null, { note: event.note });
      }
      break;
    }
    case 'previewed': {
      // What could not be read in time is read later: the card of what is granted shows it, too.
      const isOver = request.state === 'pending' && request.pendingUntil <= now;
      if (isOver) return refuse('too_late');
      if (!PREVIEWED.has(request.state)) return refuse('not_pending');
      return go({}, 'previewed', null, { ...event.result });
    }
    case 'lapse':
      if (request.state !== 'pending' || request.pendingUntil > now) return refuse('stale');
      return go({ state: 'lapsed', endedAt: now }, 'lapsed', null);

    case 'cleared':
      if (request.state !== 'granting') return refuse('stale');
      return go({ clearedAt: now, trouble: null }, 'cleared', null);

    case 'intend':
      // A GRANT may stand at the first place: of two sweeps at once, the second must not write another over it.
      if (request.state !== 'granting' || request.place !== null) return refuse('stale');
      return go({ place: event.place, terms: event.terms }, 'grant_intended', null, {
        ...event.place,
        ...event.terms,
      });
    case 'granted': {
      if (request.state !== 'granting' || request.place === null) return refuse('stale');
      const expiresAt = new Date(now.getTime() + request.durationMs);
      return go(
        {
          state: 'active',
          trouble: null,
          grantedAt: now,
          expiresAt,
          mark: event.mark,
          users: addUsers(request.users, event.users),
          warnAt: warningTime(request, request.durationMs, now, expiresAt),
        },
        'granted',
        null,
        {
          ...request.place,
          expiresAt: expiresAt.toISOString(),
          ...namesOf(event.users),
          ...(event.setRoleFirst ? { setRoleFirst: true } : {}),
        },
      );
    }
    case 'users_seen': {
      if (request.state !== 'active' && request.state !== 'ending') return refuse('stale');
      const users = addUsers(request.users, event.users);
      if (users === request.users) return refuse('stale');
      return go({ users }, 'users_seen', null, namesOf(newUsers(request.users, event.users)));
    }
    case 'grant_failed':
      if (request.state !== 'granting') return refuse('stale');
      return go({ state: 'ending', why: 'failed', trouble: event.trouble }, 'grant_failed', null, {
        trouble: event.trouble,
      });

    case 'extend': {
      if (request.state === 'ending') return refuse('already_ending');
      if (request.state !== 'active' || request.expiresAt === null) return refuse('not_granted');
      if (isExpired(request, new Date(now.getTime() + LEAST_LEFT_MS))) return refuse('too_late');
      const more = Math.min(request.wishedMs, event.maxMs);
      const expiresAt = new Date(now.getTime() + more);
      // The same click twice adds next to nothing the second time.
      if (expiresAt.getTime() - request.expiresAt.getTime() < more * LEAST_GAIN) return refuse('no_longer');
      const from = request.extension?.state === 'asked' ? request.extension.from : request.expiresAt;
      return go(
        {
          expiresAt,
          durationMs: expiresAt.getTime() - (request.grantedAt ?? now).getTime(),
          warnAt: warningTime(request, more, now, expiresAt),
          extension: { state: 'asked', by: event.by, at: now, from },
        },
        'extended',
        event.by,
        { via: event.via, from: request.expiresAt.toISOString(), expiresAt: expiresAt.toISOString() },
      );
    }
    case 'extended': {
      const { extension } = request;
      if (request.state !== 'active' || extension?.state !== 'asked') return refuse('stale');
      return go({ extension: { ...extension, state: 'confirmed' } }, 'extension_confirmed', null);
    }
    case 'extension_refused': {
      const { extension } = request;
      if (request.state !== 'active' || extension?.state !== 'asked' || isExpired(request, now)) {
        return refuse('stale');
      }
      // Until this moment it was in force: it can't have ended before.
      const from = new Date(Math.max(extension.from.getTime(), now.getTime()));
      const leftMs = from.getTime() - now.getTime();
      return go(
        {
          expiresAt: from,
          durationMs: from.getTime() - (request.grantedAt ?? from).getTime(),
          warnAt: leftMs > 0 ? warningTime(request, leftMs, now, from) : null,
          extension: { ...extension, state: 'refused' },
        },
        'extension_refused',
        null,
        { trouble: event.trouble, expiresAt: from.toISOString() },
      );
    }

    case 'restored':
      if (request.state !== 'pending' && request.state !== 'granting') return refuse('stale');
      return go({ state: 'ending', why: 'failed', trouble: event.trouble }, 'restored', null);

    case 'relinquish':
    case 'end': {
      if (request.state === 'ending') return refuse('already_ending');
      if (request.state !== 'granting' && request.state !== 'active') return refuse('not_granted');
      if (isExpired(request, now)) return refuse('too_late');
      return go(
        {
          state: 'ending',
          why: event.type === 'end' ? 'ended' : 'relinquished',
          endedBy: event.by,
          endedBecause: (event.type === 'end' ? event.because : null) ?? null,
          trouble: null,
          warnAt: null,
        },
        event.type === 'end' ? 'end_asked' : 'relinquished',
        ...actorOf(event),
      );
    }
    case 'missing': {
      if (request.state !== 'active' || isExpired(request, now)) return refuse('stale');
      const after = event.lostBy ?? null;
      return go(
        { state: 'ending', why: after === null ? 'removed' : 'lost', warnAt: null },
        'found_gone',
        null,
        { ...request.place, ...(after === null ? {} : { after }) },
      );
    }
    case 'written_off':
    case 'replaced': {
      if (request.state !== 'granting' && request.state !== 'active' && request.state !== 'ending') {
        return refuse('stale');
      }
      const { type, by, because } = event;
      return go(
        {
          state: 'ended',
          why: type,
          trouble: because === null ? `${by}: no reason was given` : `${by}: ${because}`,
          endedAt: now,
          warnAt: null,
        },
        type,
        null,
        { by, because, ...(type === 'replaced' ? event.proof : {}), ...request.place },
      );
    }
    case 'sessions_open': {
      if (whyGone(request, now) === null) return refuse('stale');
      const { before } = event;
      // As for what hinders it: why a GRANT failed is kept.
      const trouble = request.why === 'failed' ? request.trouble : event.trouble;
      const users = addUsers(request.users, event.users);
      if (request.sessionsBefore === before && request.trouble === trouble && users === request.users) {
        return refuse('stale');
      }
      return go({ sessionsBefore: before, trouble, users }, 'sessions_open', null, {
        before,
        trouble: event.trouble,
        ...namesOf(newUsers(request.users, event.users)),
      });
    }
    case 'proved_gone': {
      const why = whyGone(request, now);
      if (why === null) return refuse('stale');
      return go(
        {
          state: why === 'failed' ? 'failed' : 'ended',
          why,
          trouble: why === 'failed' ? request.trouble : null,
          endedAt: now,
          warnAt: null,
          reviewAt: request.grantedAt === null ? null : now,
        },
        'proved_gone',
        null,
        { why, ...event.proof, ...request.place },
      );
    }
    case 'reviewed':
      if (request.reviewAt === null) return refuse('stale');
      return go({ reviewAt: null }, 'reviewed', null, { ...event.result });
    case 'blocked': {
      const waiting = request.state === 'granting' || whyGone(request, now) !== null;
      // Why a GRANT failed outlives what hinders the proof that nothing was left of it.
      if (!waiting || request.why === 'failed' || request.trouble === event.trouble) return refuse('stale');
      return go({ trouble: event.trouble }, 'hindered', null, { trouble: event.trouble });
    }
    case 'warned':
      if (request.state !== 'active' || request.warnAt === null) return refuse('stale');
      return go(
        { warnAt: isLastCall(request) ? null : lastCall(request, request.expiresAt) },
        'warned',
        null,
      );
  }
}

/** For the audit: a person in Slack acts; what an operator says on the command line is kept beside it. */
function actorOf({
  by,
  because,
}: {
  readonly by: string | null;
  readonly because?: string;
}): readonly [actor: string | null, data: Readonly<Record<string, unknown>>] {
  return because === undefined ? [by, {}] : [null, { by, because }];
}

/** For the audit: who else could use it, as far as a list of names can be read by people. */
function namesOf(users: readonly OtherUser[]): {
  readonly users?: readonly string[];
  readonly moreUsers?: number;
} {
  if (users.length === 0) return {};
  const names = users.slice(0, MOST_NAMES).map(({ name }) => name);
  return users.length > MOST_NAMES
    ? { users: names, moreUsers: users.length - MOST_NAMES }
    : { users: names };
}

/** What a proof of absence makes of the request; null when it should be there. */
function whyGone(request: AccessRequest, now: Date): Why | null {
  if (request.state === 'ending') return request.why;
  return request.state === 'active' && isExpired(request, now) ? 'expired' : null;
}

/** Five minutes before the end, or a quarter of a shorter grant; for less than two minutes only the last call. */
function warningTime(request: AccessRequest, durationMs: number, since: Date, expiresAt: Date): Date | null {
  if (durationMs >= 120_000) return new Date(expiresAt.getTime() - Math.min(5 * 60_000, durationMs / 4));
  const at = lastCall(request, expiresAt);
  return at !== null && at > since ? at : null;
}

/** When the holder is told that sessions are about to be ended; null when none will be. */
function lastCall(request: AccessRequest, expiresAt: Date | null): Date | null {
  const { sessions, graceMs } = termsOf(request);
  if (sessions === 'leave' || expiresAt === null) return null;
  return new Date(expiresAt.getTime() - graceMs);
}

/** Is the holder still to be told that this end is near? */
export function awaitsWarning(request: AccessRequest): boolean {
  const at = lastCall(request, request.expiresAt);
  return request.warnAt !== null && (at === null || request.warnAt < at);
}

/** Is the notice that is due the last call, after which none comes? */
export function isLastCall(request: AccessRequest): boolean {
  const at = lastCall(request, request.expiresAt);
  return at === null || (request.warnAt !== null && request.warnAt >= at);
}
