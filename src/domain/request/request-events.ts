/** What can happen to a request, and what transition.ts answers. Pure. */

import type { ApprovalRule } from '../policy/approvals.js';
import type { Count } from '../policy/count-approvals.js';
import type { Verdict } from '../policy/emergency.js';
import type { Principal } from '../policy/policy.js';
import type { Asking } from './asking.js';
import type { Step } from './escalation.js';
import type { GrantTerms } from './grant-terms.js';
import type { OtherUser } from './other-users.js';
import type { AccessRequest, MembershipId, RuleName } from './request.js';

/** What an operator says on the command line. */
export interface OperatorsWord {
  /** The user of the operating system, and its host. */
  readonly by: string;
  readonly because: string;
}

/** What was seen when a grant was proved gone. */
export interface Proof {
  /** The membership was missing before Hallpass revoked anything. */
  readonly found: boolean;
  /** Sessions that were ended, and the login's prepared transactions that still wait. */
  readonly closed: number;
  readonly prepared: readonly string[];
}

/** `by` is a Slack user; null when Hallpass acted because the requester's account left; with `because`, an operator. */
interface Ender {
  by: string | null;
  because?: string;
}

type Nothing = Record<never, never>;

/** Each event, and the facts that come with it. */
interface Facts {
  /**
   * One approval more. `maxMs`: the most today's policy allows, or that this approver allows. `cleared`: everything was
   * checked; otherwise it is before the GRANT. Without `count`, one approval is enough.
   */
  approve: { by: string; via: string; maxMs: number; cleared?: boolean; count?: Count };
  approve_by_rule: { rule: RuleName; through: string; maxMs: number; cleared?: boolean };
  deny: { by: string; via: string; because?: string };
  withdraw: Ender;
  lapse: Nothing;
  on_call_said: { note: string | null };
  /** The approvers changed, or what keeps them from deciding. `mention`: today's approvers are told in its thread. `count`: the approvals, under other rules than before. */
  asking: { asking: Asking; mention: boolean; count?: Count };
  /** The ladder was looked at. `steps`: today's. */
  step_due: { steps: readonly Step[] };
  /** What the role can do was read for the approvers, or why it couldn't be. Kept in the audit trail. */
  previewed: { result: object };

  /** What can change while the GRANT waits was checked again. */
  cleared: Nothing;
  /** The GRANT is about to run there. */
  intend: { place: MembershipId; terms: GrantTerms };
  /** The membership was read back. `users`: other logins that can use it. `setRoleFirst`: it takes a SET ROLE to use it. */
  granted: { mark: string; users: readonly OtherUser[]; setRoleFirst?: boolean };
  /** Hallpass gives up on the GRANT; it may still have happened. */
  grant_failed: { trouble: string };
  /** The ledger was restored to a time before the grant. Whatever became of it, it isn't granted again. */
  restored: { trouble: string };

  /** A later look at which other logins can use it. */
  users_seen: { users: readonly OtherUser[] };
  warned: Nothing;
  /** No session could use it for a while: its holder is told. */
  unused: Nothing;
  /** It ends then, unless it is used; or no longer does. */
  idle_announced: { endsAt: Date };
  idle_called_off: Nothing;
  /** The holder asks for as long again as was granted, and approvers decide. `maxMs` as for `approve`. */
  ask_extension: { maxMs: number; rules: readonly ApprovalRule[]; asked: readonly Principal[] };
  deny_extension: { by: string; via: string; because?: string };
  /**
   * An approver grants it for as long again, from now on. `maxMs` and `count` as for `approve`. `latest`: the end
   * that it was looked at for; it ends no later, however long that took.
   */
  extend: { by: string; via: string; maxMs: number; latest?: Date; count?: Count };
  /** As `approve_by_rule`, and `latest` as for `extend`. */
  extend_by_rule: { rule: RuleName; through: string; maxMs: number; latest?: Date };
  /** The target has the new end. */
  extended: Nothing;
  /** The target rejected it: the previous end applies. */
  extension_refused: { trouble: string };

  relinquish: { by: string };
  end: Ender;
  /** Nothing has used it since then, which is as long as its terms allow. */
  idle: { since: Date };
  /** All our memberships were read, and this one is missing. `lostBy`: how the server lost it, if that is known. */
  missing: { lostBy?: string | null };
  /** The target couldn't be asked, or refused. */
  blocked: { trouble: string };
  /** The membership is proved gone; sessions that had it, and began before this moment, are not. */
  sessions_open: { before: string; trouble: string; users: readonly OtherUser[] };
  /** The target was read, and neither the membership nor a session that had it is there. */
  proved_gone: { proof: Proof };
  /** An operator closes what can't be proved. */
  written_off: OperatorsWord;
  /** An operator said that its server was replaced, and it was proved gone on the new one. */
  replaced: { by: string; because: string | null; proof: Proof };
  /** A reviewer says what they think of a break-glass request. */
  judged: { by: string; via: string; verdict: Verdict; words: string };
  /** Its reviewers are asked, or asked again. */
  judge_asked: Nothing;

  /** What changed on the target during the grant was read, or can't be. */
  reviewed: { result: object };
}

export type RequestEvent = {
  [T in keyof Facts]: { readonly type: T } & Readonly<Facts[T]>;
}[keyof Facts];

/**
 * `not_pending`: it was decided or withdrawn, see its state. `not_granted`: there is no grant under it, or no longer.
 * `no_longer`: the extension would add next to nothing. `already_asked`: the holder asked for it before, and it waits. `stale`: Hallpass's own event came too late; the caller drops it.
 */
export interface Refusal {
  readonly code:
    | 'not_pending'
    | 'too_late'
    | 'not_granted'
    | 'already_ending'
    | 'no_longer'
    | 'already_asked'
    | 'stale';
  readonly request: AccessRequest;
}

export interface AuditEvent {
  readonly kind: string;
  /** Slack user id, or null when Hallpass itself acted. */
  readonly actor: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Transition =
  | { readonly ok: true; readonly next: AccessRequest; readonly audit: AuditEvent }
  | { readonly ok: false; readonly refusal: Refusal };
