/**
 * The one table of states. `(request, event, now) -> next request + audit event`, or a typed refusal. Nothing else in
 * Hallpass decides a state. Pure: `now` is the ledger database's clock, a fact. What each event makes of a request is in
 * transitions/, a file for each part of its life.
 *
 * Invariants kept here:
 * - a deadline that has passed binds before anything has written it: approving after the lapse and relinquishing after
 *   the expiry are refused;
 * - `failed` and `ended` are reached only by an event that says absence was proved, or that an operator gave their word;
 * - the clock of a grant starts at the proved GRANT.
 */
import { mostMs } from './extension.js';
import type { AccessRequest } from './request.js';
import type { RequestEvent, Transition } from './request-events.js';
import * as deciding from './transitions/deciding.js';
import * as ending from './transitions/ending.js';
import * as granting from './transitions/granting.js';
import * as holding from './transitions/holding.js';
import type { Outcome } from './transitions/made.js';
import { isDecision, whyRefused } from './transitions/refusals.js';
import * as reviewing from './transitions/reviewing.js';

/** What `event` makes of `request` at `now`. */
export function transition(request: AccessRequest, event: RequestEvent, now: Date): Transition {
  const refusal = isDecision(event) ? whyRefused(request, event.type, now, mostMs(event, now)) : null;
  if (refusal !== null) return { ok: false, refusal };
  const made = outcome(request, event, now);
  if (typeof made === 'string') return { ok: false, refusal: { code: made, request } };
  const { change, ...audit } = made;
  return { ok: true, next: { ...request, ...change, version: request.version + 1 }, audit };
}

function outcome(request: AccessRequest, event: RequestEvent, now: Date): Outcome {
  switch (event.type) {
    // A decision, by people or by the on-call rule; or what changes until there is one.
    case 'approve':
      return deciding.approve(request, event, now);
    case 'approve_by_rule':
      return deciding.approveByRule(request, event, now);
    case 'deny':
      return deciding.deny(event, now);
    case 'withdraw':
      return deciding.withdraw(event, now);
    case 'lapse':
      return deciding.lapse(request, now);
    case 'asking':
      return deciding.askOthers(event, now);
    case 'step_due':
      return deciding.stepDue(request, event, now);
    case 'on_call_said':
      return deciding.onCallSaid(request, event);
    case 'previewed':
      return deciding.previewed(request, event, now);

    // Approved: the GRANT is tried until it is proved, or given up.
    case 'cleared':
      return granting.cleared(request, now);
    case 'intend':
      return granting.intend(request, event);
    case 'granted':
      return granting.granted(request, event, now);
    case 'grant_failed':
      return granting.grantFailed(request, event);
    case 'restored':
      return granting.restored(request, event);

    // Active: seen, warned of, extended.
    case 'users_seen':
      return holding.usersSeen(request, event);
    case 'warned':
      return holding.warned(request);
    case 'unused':
      return holding.unused(request, now);
    case 'idle_announced':
      return holding.idleAnnounced(request, event, now);
    case 'idle_called_off':
      return holding.idleCalledOff(request);
    case 'ask_extension':
      return holding.askExtension(request, event, now);
    case 'deny_extension':
      return holding.denyExtension(event);
    case 'extend':
    case 'extend_by_rule':
      return holding.extendGrant(request, event, now);
    case 'extended':
      return holding.extended(request);
    case 'extension_refused':
      return holding.extensionRefused(request, event, now);

    // Ending: someone ends it, or its time is up, and it is revoked until it is proved gone.
    case 'relinquish':
    case 'end':
      return ending.endEarly(request, event, now);
    case 'idle':
      return ending.endIdle(request, event, now);
    case 'missing':
      return ending.missing(request, event, now);
    case 'blocked':
      return ending.blocked(request, event, now);
    case 'sessions_open':
      return ending.sessionsOpen(request, event, now);
    case 'proved_gone':
      return ending.provedGone(request, event, now);
    case 'written_off':
    case 'replaced':
      return ending.closedByWord(request, event, now);

    // Afterwards: reviewed, by people and on the target.
    case 'judged':
      return reviewing.judged(request, event);
    case 'judge_asked':
      return reviewing.judgeAsked(request, now);
    case 'reviewed':
      return reviewing.reviewed(request, event);
  }
}
