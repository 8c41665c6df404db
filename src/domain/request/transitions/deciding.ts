/** A decision, by people or by a rule; or what changes until there is one. */
import { countApprovals } from '../../policy/count-approvals.js';
import { climb, hasLapsed, tellStep } from '../escalation.js';
import type { AccessRequest, RuleName } from '../request.js';
import type { State } from '../request-state.js';
import { actorOf, type EventOf, type Outcome, to } from './made.js';

/** The audit events of what approves without an approver. */
export const APPROVED_BY = {
  on_call: 'approved_on_call',
  automatic: 'approved_automatically',
  repeat: 'approved_again',
  break_glass: 'approved_in_emergency',
} as const satisfies Record<RuleName, string>;

/** While its card shows what the role can do. */
const PREVIEWED: ReadonlySet<State> = new Set(['pending', 'granting', 'active']);

export function approve(request: AccessRequest, event: EventOf<'approve'>, now: Date): Outcome {
  const { by, via, count } = event;
  const durationMs = Math.min(request.durationMs, event.maxMs);
  const counted = count === undefined ? null : countApprovals(count, now);
  const soFar =
    counted === null
      ? {}
      : { rules: counted.rules, approvals: counted.approvals, danger: counted.danger, stepAt: null };
  if (counted?.met === false) {
    const { stepAt } = request;
    return to({ ...soFar, stepAt, durationMs }, 'approved_partly', by, {
      via,
      durationMs,
      ...counted.audit,
    });
  }
  const clearedAt = event.cleared === true ? now : null;
  const approved = { state: 'granting', decidedAt: now, clearedAt, durationMs } as const;
  return to({ ...approved, ...soFar, decidedBy: by, decidedVia: via }, 'approved', by, {
    via,
    durationMs,
    ...counted?.audit,
  });
}

export function approveByRule(request: AccessRequest, event: EventOf<'approve_by_rule'>, now: Date): Outcome {
  const { rule, through } = event;
  const durationMs = Math.min(request.durationMs, event.maxMs);
  return to(
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

export function deny(event: EventOf<'deny'>, now: Date): Outcome {
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
  return to(denied, 'denied', by, { via, ...(because === null ? {} : { because }) });
}

export function withdraw(event: EventOf<'withdraw'>, now: Date): Outcome {
  return to(
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
}

export function lapse(request: AccessRequest, now: Date): Outcome {
  const { state } = request;
  if (state !== 'pending' || !hasLapsed(request, now)) return 'stale';
  return to({ state: 'lapsed', stepAt: null, endedAt: now }, 'lapsed', null);
}

export function askOthers(event: EventOf<'asking'>, now: Date): Outcome {
  const { asking, count } = event;
  if (count === undefined) return to({ asking }, 'asking', null, { ...asking });
  const { rules, approvals, danger, audit } = countApprovals(count, now);
  return to({ asking, rules, approvals, danger }, 'asking', null, { ...asking, ...audit });
}

export function stepDue(request: AccessRequest, event: EventOf<'step_due'>, now: Date): Outcome {
  const { state } = request;
  const next = state === 'pending' ? climb(request, event.steps, now) : null;
  if (next === null) return 'stale';
  const { step, stepAt } = next;
  if (step === null) return to({ stepAt }, 'ladder_changed', null, { next: stepAt?.toISOString() ?? null });
  const { change, told } = tellStep(request, { step, stepAt }, now);
  return to(change, 'step_told', null, { ...told });
}

export function onCallSaid(request: AccessRequest, event: EventOf<'on_call_said'>): Outcome {
  if (request.onCallNote === event.note) return 'stale';
  return to({ onCallNote: event.note }, 'on_call_asked', null, { note: event.note });
}

export function previewed(request: AccessRequest, event: EventOf<'previewed'>, now: Date): Outcome {
  const { state } = request;
  // A role that couldn't be read in time is read later: the card of a grant shows it, too.
  if (state === 'pending' && hasLapsed(request, now)) return 'too_late';
  if (!PREVIEWED.has(state)) return 'not_pending';
  return to({}, 'previewed', null, { ...event.result });
}
