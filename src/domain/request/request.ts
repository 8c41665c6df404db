/**
 * A request: a person asks for one role on one target, for a duration, with a reason. This file says what a request is;
 * request-events.ts says what can happen to it, and transition.ts alone decides what comes of that. Pure.
 *
 * Terms (all of them: docs/glossary.md):
 * - target: a Postgres server on which roles are granted; role: the group role being granted
 * - login: the person's own login on the target, the member that receives the role
 * - grant, revoke: what Hallpass does on the target; a grant is also the access itself, from its GRANT to its end
 * - decision: an approver's approve or deny, or the on-call rule's approve
 * - membership id: where one grant is on the target: server, and the OIDs of role, member and grantor. The grantor is
 *   Hallpass's own login there, which is how it knows its memberships
 * - ledger: Hallpass's own Postgres, the record of truth; its clock decides
 * - sweep: one comparison of what the ledger wants on a target with what is there, and doing the difference
 * - proved: read back from the target. Proved gone: neither the membership nor a session that could use it is there
 */

import type { Approval, ApprovalRule } from '../policy/approvals.js';
import type { Principal } from '../policy/policy.js';
import type { Danger } from '../postgres/danger.js';
import type { Asking } from './asking.js';
import { DEFAULT_TERMS, type GrantTerms } from './grant-terms.js';
import type { OtherUser } from './other-users.js';
import type { State, Why } from './request-state.js';

/** How long Hallpass tries to run a GRANT before it gives up, milliseconds. */
export const GRANTING_LIMIT_MS = 15 * 60_000;

/**
 * How long a clearance is good for, milliseconds. It says that what can change in the meantime was checked: the
 * requester was on call, and the role was no more dangerous than allowed.
 */
const CLEARANCE_MS = 60_000;

/** Where a grant is on the target: its identity, not its names. Known before the GRANT runs. */
export interface MembershipId {
  /** system_identifier of the server. */
  readonly server: string;
  /** OID of our own login there. */
  readonly grantorOid: number;
  readonly roleOid: number;
  readonly memberOid: number;
}

export interface AccessRequest {
  readonly id: number;
  /** Rises with every change. A message shows the request at one version. */
  readonly version: number;
  readonly state: State;
  /** Set from `ending` on. For a withdrawn request: `ended` when Hallpass or an operator withdrew it. */
  readonly why: Why | null;
  /** A sentence for people: why the GRANT failed, or what blocks the GRANT or REVOKE right now. */
  readonly trouble: string | null;

  readonly target: string;
  readonly role: string;
  readonly login: string;
  /** Slack user id. */
  readonly requester: string;
  /** The Slack channel it was requested in; '' when Slack didn't say, null for requests of older releases. */
  readonly askedIn: string | null;
  readonly reason: string;
  /** How long was requested, and how long is (or will be) granted; milliseconds. */
  readonly wishedMs: number;
  readonly durationMs: number;
  /** The approvers when it was submitted. `askedNow` says who they are today. */
  readonly asked: readonly Principal[];
  /** What differs from that while it is pending; null when nothing does. */
  readonly asking: Asking | null;
  /** What must be met, as it was last looked at; null for requests of older releases: one of those asked. */
  readonly rules: readonly ApprovalRule[] | null;
  /** The approvals that count so far, as they were last counted. */
  readonly approvals: readonly Approval[];
  /** What the role could do when the rules were last looked at; null when no rule depends on it, or it is not known. */
  readonly danger: Danger | null;
  readonly createdAt: Date;
  readonly pendingUntil: Date;
  /** Steps of the ladder that were told, when the next is due, and when the last was told; null when none is, or was. */
  readonly stepsTold: number;
  readonly stepAt: Date | null;
  readonly stepToldAt: Date | null;

  /** Why the on-call rule didn't approve, when that is worth showing on the card. */
  readonly onCallNote: string | null;
  readonly decidedAt: Date | null;
  /** Slack user id, of several approvers the last; null before a decision, and when a rule decided. */
  readonly decidedBy: string | null;
  /** The group through which they qualified, or what fulfills the rule, such as the schedule that the requester is on. */
  readonly decidedVia: string | null;
  /** The rule that approved it without an approver; null also for requests of older releases. See `ruleOf`. */
  readonly decidedRule: RuleName | null;
  /** What the approver who denied it wrote; null when they wrote nothing. */
  readonly deniedBecause: string | null;
  /** When everything its GRANT depends on was last checked. */
  readonly clearedAt: Date | null;

  readonly place: MembershipId | null;
  /** Set together with `place`. A later change of the configuration doesn't change them. */
  readonly terms: GrantTerms | null;
  /** The GRANT's transaction id on the target: anything newer in its catalogs came during the grant. */
  readonly mark: string | null;
  /** Every other login that could use it since the GRANT, as far as was seen. */
  readonly users: readonly OtherUser[];
  readonly grantedAt: Date | null;
  /** How long its GRANT was for, milliseconds; null before it, and for grants of older releases. */
  readonly grantedMs: number | null;
  readonly expiresAt: Date | null;
  readonly extension: Extension | null;
  /** The holder asks for an extension, and it is not decided; null when they don't. */
  readonly extensionAsk: ExtensionAsk | null;
  /** Extensions that were granted. */
  readonly extensions: number;
  /** When the next notice is due, "about to expire" or the last call; null when none is. */
  readonly warnAt: Date | null;
  /** Whether a session could use it at the last look, when one last could, and how long in all, milliseconds (idle.ts). */
  readonly inUse: boolean;
  readonly usedAt: Date | null;
  readonly sessionMs: number;
  /** When its holder was told that it isn't used; and when it ends because of that, which they were told, too. */
  readonly idleToldAt: Date | null;
  readonly idleEndsAt: Date | null;
  /** By the target's clock: the membership was proved gone then, but not yet the sessions that had it. */
  readonly sessionsBefore: string | null;
  /** Since when the target is due to be read for what was left behind; null when it isn't due. */
  readonly reviewAt: Date | null;
  /** Who ended it early: a Slack user id, or, with `endedBecause`, an operator's operating-system user. */
  readonly endedBy: string | null;
  /** The reason of an operator who ended it from the command line. */
  readonly endedBecause: string | null;
  readonly endedAt: Date | null;
  /** For a break-glass request: what its reviewers say of it; null for all others. */
  readonly emergency: Emergency | null;
  /** When its reviewers are asked (again); null when they aren't. */
  readonly judgeAt: Date | null;
}

/** What approves a request without an approver. */
export const RULE_NAMES = ['on_call', 'automatic', 'repeat', 'break_glass'] as const;
export type RuleName = (typeof RULE_NAMES)[number];

/** The rule that approved it; null before a decision, and when people decided. */
export function ruleOf({
  decidedAt,
  decidedBy,
  decidedRule,
}: Pick<AccessRequest, 'decidedAt' | 'decidedBy' | 'decidedRule'>): RuleName | null {
  // Older releases knew no other rule, and wrote down none.
  return decidedAt === null || decidedBy !== null ? null : (decidedRule ?? 'on_call');
}

/** A wish for more time, of the one who holds the grant. */
interface ExtensionAsk {
  readonly at: Date;
  /** How much longer, counted from the approval; milliseconds. */
  readonly forMs: number;
  readonly rules: readonly ApprovalRule[];
  readonly approvals: readonly Approval[];
  /** Those of the rules who are mentioned. */
  readonly asked: readonly Principal[];
}

/** What reviewers say of a break-glass request. */
interface Emergency {
  readonly verdict: 'due' | 'justified' | 'not_justified';
  /** Slack user id; null while it is due. */
  readonly by: string | null;
  readonly words: string | null;
  /** How often the reviewers were asked. */
  readonly asked: number;
}

/** The rules that it must meet: those of an older release ask for one of its approvers. */
export function rulesOf(request: Pick<AccessRequest, 'rules' | 'asked' | 'asking'>): readonly ApprovalRule[] {
  return request.rules ?? [{ from: askedNow(request), count: 1 }];
}

/** Today's approvers. */
export function askedNow({ asked, asking }: Pick<AccessRequest, 'asked' | 'asking'>): readonly Principal[] {
  return asking?.approvers ?? asked;
}

/** The latest extension of a grant. */
export interface Extension {
  /** `asked`: the target hasn't confirmed it yet. `refused`: it rejected it, and the previous end applies again. */
  readonly state: 'asked' | 'confirmed' | 'refused';
  /** Slack user id of the approver. */
  readonly by: string;
  readonly at: Date;
  /** When the grant would have ended without it. */
  readonly from: Date;
}

/** The id as people see it: `R-1042`. */
export function requestName(id: number): string {
  return `R-${id}`;
}

/** A regular expression for an id's digits, used wherever one is read. */
export const ID_DIGITS = '[1-9]\\d{0,14}';

/** The highest id accepted from a target or a command, so that there is ample room for later ids. */
export const MAX_ID = 10 ** 12;

const REQUEST_NAME = new RegExp(`^R-(${ID_DIGITS})$`);

/** The id in "R-1042"; null for anything else. */
export function parseRequestName(name: string): number | null {
  const digits = REQUEST_NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function termsOf({ terms }: Pick<AccessRequest, 'terms'>): GrantTerms {
  return terms ?? DEFAULT_TERMS;
}

/** Whether access is in force and not known to be past its end: `trouble` is set only when it can't be revoked in time. */
export function isInForce({ state, trouble }: AccessRequest): boolean {
  return state === 'active' && trouble === null;
}

/** Whether a click may still relinquish or end it. */
export function canEnd(request: AccessRequest): boolean {
  return request.state === 'granting' || isInForce(request);
}

/** Was everything its GRANT depends on checked a moment ago? */
export function isCleared({ clearedAt }: Pick<AccessRequest, 'clearedAt'>, now: Date): boolean {
  return clearedAt !== null && now.getTime() - clearedAt.getTime() < CLEARANCE_MS;
}

/** Is the time of this grant up? @param now the ledger's clock. */
export function isExpired(request: Pick<AccessRequest, 'expiresAt'>, now: Date): boolean {
  return request.expiresAt !== null && request.expiresAt <= now;
}
