/**
 * The one table of states. `(request, event, now) -> next request + audit event`, or a typed refusal. Nothing else in
 * Hallpass decides a state. Pure: `now` is the ledger database's clock, a fact.
 *
 * Invariants kept here:
 * - a deadline that has passed binds before anything has written it: approving after the lapse and relinquishing after
 *   the expiry are refused;
 * - `failed` and `ended` are reached only by an event that says absence was proved, or that an operator gave their word;
 * - the clock of a grant starts at the proved GRANT.
 */
import { countApprovals } from '../policy/count-approvals.js';
import { askedAgain, firstAsked, isReviewDue } from '../policy/emergency.js';
import { climb, hasLapsed, tellStep } from './escalation.js';
import { isLastCall, lastCall, warningTime } from './expiry-notice.js';
import { againMs, extend, mostMs, undoExtension } from './extension.js';
import {
  type AccessRequest,
  addUsers,
  isExpired,
  newUsers,
  type OtherUser,
  type RuleName,
  type State,
  type Why,
} from './request.js';
import type { Refusal, RequestEvent, Transition } from './request-events.js';

/** An extension that adds less than this part of its duration is refused. */
const LEAST_GAIN = 0.05;

/**
 * With less than this left, it is too late to extend a grant, milliseconds: a sweep that meets it at its end must not
 * revoke what is being extended at that moment. Longer than a write to the ledger takes.
 */
export const LEAST_LEFT_MS = 1_000;

/** Names in one audit event. */
const MOST_NAMES = 50;

/** The audit events of what approves without an approver. */
export const APPROVED_BY = {
  on_call: 'approved_on_call',
  automatic: 'approved_automatically',
  repeat: 'approved_again',
  break_glass: 'approved_in_emergency',
} as const satisfies Record<RuleName, string>;

/** While its card shows what the role can do. */
const PREVIEWED: ReadonlySet<State> = new Set(['pending', 'granting', 'active']);

/** What `event` makes of `request` at `now`. */
export function transition(request: AccessRequest, event: RequestEvent, now: Date): Transition {
  const { state, place, extension } = request;
  const refusal = isDecision(event) ? whyRefused(request, event.type, now, mostMs(event, now)) : null;
  if (refusal !== null) return { ok: false, refusal };
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

  const made = ({ change, kind, actor, data }: ReturnType<typeof extend>) => go(change, kind, actor, data);

  switch (event.type) {
    // A decision, by people or by the on-call rule; or what changes until there is one.

    case 'approve': {
      const { by, via, count } = event;
      const durationMs = Math.min(request.durationMs, event.maxMs);
      const counted = count === undefined ? null : countApprovals(count, now);
      const soFar =
        counted === null
          ? {}
          : { rules: counted.rules, approvals: counted.approvals, danger: counted.danger, stepAt: null };
      if (counted?.met === false) {
        const { stepAt } = request;
        return go({ ...soFar, stepAt, durationMs }, 'approved_partly', by, {
          via,
          durationMs,
          ...counted.audit,
        });
      }
      const clearedAt = event.cleared === true ? now : null;
      const approved = { state: 'granting', decidedAt: now, clearedAt, durationMs } as const;
      return go({ ...approved, ...soFar, decidedBy: by, decidedVia: via }, 'approved', by, {
        via,
        durationMs,
        ...counted?.audit,
      });
    }
    case 'approve_by_rule': {
      const { rule, through } = event;
      const durationMs = Math.min(request.durationMs, event.maxMs);
      return go(
        {
          state: 'granting',
          decidedAt: now,
          clearedAt: event.cleared === true ? now : null,
          durationMs,
          decidedBy: null,
          decidedVia: through,
          decidedRule: rule,
          onCallNote: null,
          stepAt: null,
        },
        APPROVED_BY[rule],
        null,
        { through, durationMs },
      );
    }
    case 'deny': {
      const { by, via, because = null } = event;
      const denied = {
        state: 'denied',
        decidedAt: now,
        decidedBy: by,
        decidedVia: via,
        deniedBecause: because,
        endedAt: now,
        stepAt: null,
      } as const;
      return go(denied, 'denied', by, { via, ...(because === null ? {} : { because }) });
    }
    case 'withdraw':
      return go(
        {
          state: 'withdrawn',
          stepAt: null,
          why: event.by === null || event.because !== undefined ? 'ended' : null,
          endedAt: now,
          ...(event.because === undefined ? {} : { endedBy: event.by, endedBecause: event.because }),
        },
        'withdrawn',
        ...actorOf(event),
      );
    case 'lapse':
      if (state !== 'pending' || !hasLapsed(request, now)) return refuse('stale');
      return go({ state: 'lapsed', stepAt: null, endedAt: now }, 'lapsed', null);
    case 'asking': {
      const { asking, count } = event;
      if (count === undefined) return go({ asking }, 'asking', null, { ...asking });
      const { rules, approvals, danger, audit } = countApprovals(count, now);
      return go({ asking, rules, approvals, danger }, 'asking', null, { ...asking, ...audit });
    }
    case 'step_due': {
      const next = state === 'pending' ? climb(request, event.steps, now) : null;
      if (next === null) return refuse('stale');
      const { step, stepAt } = next;
      if (step === null)
        return go({ stepAt }, 'ladder_changed', null, { next: stepAt?.toISOString() ?? null });
      const { change, told } = tellStep(request, { step, stepAt }, now);
      return go(change, 'step_told', null, { ...told });
    }
    case 'on_call_said':
      if (request.onCallNote === event.note) return refuse('stale');
      return go({ onCallNote: event.note }, 'on_call_asked', null, { note: event.note });
    case 'previewed':
      // A role that couldn't be read in time is read later: the card of a grant shows it, too.
      if (state === 'pending' && hasLapsed(request, now)) return refuse('too_late');
      if (!PREVIEWED.has(state)) return refuse('not_pending');
      return go({}, 'previewed', null, { ...event.result });

    // Approved: the GRANT is tried until it is proved, or given up.

    case 'cleared':
      if (state !== 'granting') return refuse('stale');
      return go({ clearedAt: now, trouble: null }, 'cleared', null);
    case 'intend':
      // A GRANT may have happened at the first place: the second of two concurrent sweeps must not overwrite it.
      if (state !== 'granting' || place !== null) return refuse('stale');
      return go({ place: event.place, terms: event.terms }, 'grant_intended', null, {
        ...event.place,
        ...event.terms,
      });
    case 'granted': {
      if (state !== 'granting' || place === null) return refuse('stale');
      const expiresAt = new Date(now.getTime() + request.durationMs);
      return go(
        {
          state: 'active',
          trouble: null,
          grantedAt: now,
          grantedMs: request.durationMs,
          expiresAt,
          mark: event.mark,
          users: addUsers(request.users, event.users),
          warnAt: warningTime(request, request.durationMs, now, expiresAt),
          judgeAt: isReviewDue({ ...request, grantedAt: now }) ? firstAsked(now) : null,
        },
        'granted',
        null,
        {
          ...place,
          expiresAt: expiresAt.toISOString(),
          ...namesOf(event.users),
          ...(event.setRoleFirst ? { setRoleFirst: true } : {}),
        },
      );
    }
    case 'grant_failed': {
      if (state !== 'granting') return refuse('stale');
      const { trouble } = event;
      return go({ state: 'ending', why: 'failed', trouble }, 'grant_failed', null, { trouble });
    }
    case 'restored':
      if (state !== 'pending' && state !== 'granting') return refuse('stale');
      return go({ state: 'ending', why: 'failed', trouble: event.trouble, stepAt: null }, 'restored', null);

    // Active: seen, warned of, extended.

    case 'users_seen': {
      if (state !== 'active' && state !== 'ending') return refuse('stale');
      const users = addUsers(request.users, event.users);
      if (users === request.users) return refuse('stale');
      return go({ users }, 'users_seen', null, namesOf(newUsers(request.users, event.users)));
    }
    case 'warned':
      if (state !== 'active' || request.warnAt === null) return refuse('stale');
      return go(
        { warnAt: isLastCall(request) ? null : lastCall(request, request.expiresAt) },
        'warned',
        null,
      );
    case 'ask_extension': {
      const { maxMs, rules, asked } = event;
      const forMs = Math.min(againMs(request), maxMs);
      const extensionAsk = { at: now, forMs, rules, asked, approvals: [] };
      return go({ extensionAsk }, 'extension_asked', request.requester, { forMs, rules });
    }
    case 'deny_extension': {
      const { by, via, because } = event;
      return go({ extensionAsk: null }, 'extension_denied', by, {
        by,
        via,
        ...(because !== undefined && { because }),
      });
    }
    case 'extend':
    case 'extend_by_rule':
      return request.expiresAt === null
        ? refuse('not_granted')
        : made(extend(request, event, request.expiresAt, now));
    case 'extended':
      if (state !== 'active' || extension?.state !== 'asked') return refuse('stale');
      return go({ extension: { ...extension, state: 'confirmed' } }, 'extension_confirmed', null);
    case 'extension_refused': {
      if (state !== 'active' || extension?.state !== 'asked' || isExpired(request, now)) {
        return refuse('stale');
      }
      return made(undoExtension(request, extension, event.trouble, now));
    }

    // Ending: someone ends it, or its time is up, and it is revoked until it is proved gone.

    case 'relinquish':
    case 'end': {
      if (state === 'ending') return refuse('already_ending');
      if (state !== 'granting' && state !== 'active') return refuse('not_granted');
      if (isExpired(request, now)) return refuse('too_late');
      const isEnd = event.type === 'end';
      return go(
        {
          state: 'ending',
          why: isEnd ? 'ended' : 'relinquished',
          endedBy: event.by,
          endedBecause: (isEnd ? event.because : null) ?? null,
          trouble: null,
          warnAt: null,
        },
        isEnd ? 'end_asked' : 'relinquished',
        ...actorOf(event),
      );
    }
    case 'missing': {
      if (state !== 'active' || isExpired(request, now)) return refuse('stale');
      const after = event.lostBy ?? null;
      const why = after === null ? 'removed' : 'lost';
      const data = { ...place, ...(after === null ? {} : { after }) };
      return go({ state: 'ending', why, warnAt: null }, 'found_gone', null, data);
    }
    case 'blocked': {
      const { trouble } = event;
      const waiting = state === 'granting' || whyGone(request, now) !== null;
      // Why a GRANT failed is kept, whatever blocks the proof that nothing was left of it.
      if (!waiting || request.why === 'failed' || request.trouble === trouble) return refuse('stale');
      return go({ trouble }, 'hindered', null, { trouble });
    }
    case 'sessions_open': {
      if (whyGone(request, now) === null) return refuse('stale');
      const { before } = event;
      // As for 'blocked'.
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
      const hasFailed = why === 'failed';
      return go(
        {
          state: hasFailed ? 'failed' : 'ended',
          why,
          trouble: hasFailed ? request.trouble : null,
          endedAt: now,
          warnAt: null,
          reviewAt: request.grantedAt === null ? null : now,
        },
        'proved_gone',
        null,
        { why, ...event.proof, ...place },
      );
    }
    case 'written_off':
    case 'replaced': {
      if (state !== 'granting' && state !== 'active' && state !== 'ending') return refuse('stale');
      const { type, by, because } = event;
      const trouble = `${by}: ${because ?? 'no reason was given'}`;
      const proof = type === 'replaced' ? event.proof : {};
      return go({ state: 'ended', why: type, trouble, endedAt: now, warnAt: null }, type, null, {
        by,
        because,
        ...proof,
        ...place,
      });
    }
    case 'judged': {
      const { emergency } = request;
      if (emergency === null || !isReviewDue(request)) return refuse('stale');
      const { by, via, verdict, words } = event;
      const judged = { ...emergency, verdict, by, words };
      return go({ emergency: judged, judgeAt: null }, 'judged', by, { via, verdict, words });
    }
    case 'judge_asked': {
      const { emergency, judgeAt } = request;
      if (emergency === null || judgeAt === null || judgeAt > now) return refuse('stale');
      const asked = emergency.asked + 1;
      return go(
        { emergency: { ...emergency, asked }, judgeAt: askedAgain(asked, now) },
        'judge_asked',
        null,
        {
          asked,
        },
      );
    }
    case 'reviewed':
      if (request.reviewAt === null) return refuse('stale');
      return go({ reviewAt: null }, 'reviewed', null, { ...event.result });
  }
}

/** What a person or the on-call rule decides, and what changes until there is a decision. */
const DECISIONS = [
  'approve',
  'approve_by_rule',
  'deny',
  'withdraw',
  'asking',
  'on_call_said',
  'ask_extension',
  'deny_extension',
  'extend',
  'extend_by_rule',
] as const;

/** Those that are about a grant; the others are about a request that waits. */
const OF_GRANTS: ReadonlySet<Decision> = new Set([
  'ask_extension',
  'deny_extension',
  'extend',
  'extend_by_rule',
]);
type Decision = (typeof DECISIONS)[number];

function isDecision(event: RequestEvent): event is RequestEvent & { readonly type: Decision } {
  return DECISIONS.some((type) => type === event.type);
}

/** Why no such decision is possible at `now`, no matter who makes it; null when it is. `maxMs` as for the event. */
export function whyRefused(
  request: AccessRequest,
  type: Decision,
  now: Date,
  maxMs = Number.POSITIVE_INFINITY,
): Refusal | null {
  const refuse = (code: Refusal['code']): Refusal => ({ code, request });
  if (!OF_GRANTS.has(type)) {
    if (request.state !== 'pending') return refuse('not_pending');
    return hasLapsed(request, now) ? refuse('too_late') : null;
  }
  if (request.state === 'ending') return refuse('already_ending');
  if (request.state !== 'active' || request.expiresAt === null) return refuse('not_granted');
  if (isExpired(request, new Date(now.getTime() + LEAST_LEFT_MS))) return refuse('too_late');
  if (type === 'deny_extension') return request.extensionAsk === null ? refuse('stale') : null;
  if (type === 'ask_extension' && request.extensionAsk !== null) return refuse('already_asked');
  // A second click at once would add next to nothing.
  const more = Math.min(againMs(request), maxMs);
  const gain = now.getTime() + more - request.expiresAt.getTime();
  return gain < more * LEAST_GAIN ? refuse('no_longer') : null;
}

/** Why the request ends with a proof of absence; null when the membership should be there. */
function whyGone(request: AccessRequest, now: Date): Why | null {
  if (request.state === 'ending') return request.why;
  return request.state === 'active' && isExpired(request, now) ? 'expired' : null;
}

/** For the audit trail: a person in Slack is the actor; what an operator says on the command line is data. */
function actorOf({
  by,
  because,
}: {
  readonly by: string | null;
  readonly because?: string;
}): readonly [actor: string | null, data: Readonly<Record<string, unknown>>] {
  return because === undefined ? [by, {}] : [null, { by, because }];
}

/** For the audit trail: which other logins could use it, as many as people can read. */
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
