/**
 * A request: a person asks for one role on one target, for a duration, with a reason. What it is, what may happen to
 * it, and how it is named; what happens is decided in transition.ts alone. Pure.
 *
 * Terms: a target is a Postgres server; the login is the person's own, the member that receives the role; the grantor
 * is our own login there, by which we know our memberships; a membership id is where one GRANT stands, by OIDs; proved
 * gone means read back, membership and sessions. All words: docs/glossary.md.
 */
import { DEFAULT_TERMS, type GrantTerms } from './grant-terms.js';
import type { Principal } from './policy.js';

const FINAL_STATES = ['denied', 'withdrawn', 'lapsed', 'failed', 'ended'] as const;
export type FinalState = (typeof FINAL_STATES)[number];

export const STATES = ['pending', 'granting', 'active', 'ending', ...FINAL_STATES] as const;
export type State = (typeof STATES)[number];

/** Why access ends or ended: its time was up; its holder relinquished it; an approver or an operator ended it, or
 * Hallpass (then nobody `endedBy`), because its holder's account left; somebody outside Hallpass took it away; the
 * GRANT did not come about; the server lost it, in a failover or a restore; an operator said that the server was replaced,
 * or that nothing can be proved of it any more. */
export type Why =
  | 'expired'
  | 'relinquished'
  | 'ended'
  | 'removed'
  | 'failed'
  | 'lost'
  | 'replaced'
  | 'written_off';

/** How long a GRANT may be outstanding before Hallpass gives up on it, milliseconds. */
export const GRANTING_LIMIT_MS = 15 * 60_000;

/**
 * A clearance says that what perishes held at that moment: the requester was on call, the role no more dangerous than
 * allowed. It is good for this long, milliseconds.
 */
const CLEARANCE_MS = 60_000;

/** Where a grant stands on the target: its identity, not its names. Known before the GRANT is run. */
export interface MembershipId {
  /** system_identifier of the server. */
  readonly server: string;
  /** OID of our own login there: whose membership it is. */
  readonly grantorOid: number;
  readonly roleOid: number;
  readonly memberOid: number;
}

/** Another login that can use what was granted, because it is a member of the login that it was granted to. */
export interface OtherUser {
  readonly oid: number;
  readonly name: string;
}

/** Others are kept with a request up to this many; the rest counts only as long as they are members. */
const MOST_USERS = 1_000;

/** Those known and those seen, each once. The same array when nobody is new. */
export function addUsers(known: readonly OtherUser[], seen: readonly OtherUser[]): readonly OtherUser[] {
  const news = newUsers(known, seen).slice(0, Math.max(0, MOST_USERS - known.length));
  return news.length === 0 ? known : [...known, ...news];
}

/** Those seen that are not known yet. */
export function newUsers(known: readonly OtherUser[], seen: readonly OtherUser[]): readonly OtherUser[] {
  const oids = new Set(known.map(({ oid }) => oid));
  return seen.filter(({ oid }) => !oids.has(oid));
}

export interface AccessRequest {
  readonly id: number;
  /** Rises with every change; what is shown of the request is shown at a version. */
  readonly version: number;
  readonly state: State;
  /** Set from `ending` on; of what was withdrawn, `ended` when Hallpass or an operator did it. */
  readonly why: Why | null;
  /** A sentence for people: why the GRANT failed, or what hinders the GRANT or REVOKE right now. */
  readonly trouble: string | null;

  readonly target: string;
  readonly role: string;
  readonly login: string;
  /** Slack user id. */
  readonly requester: string;
  /** The Slack channel in which it was asked for; '' when Slack did not say, null when an older release took it. */
  readonly askedIn: string | null;
  readonly reason: string;
  /** What was asked for, and what is (or will be) given; milliseconds. */
  readonly wishedMs: number;
  readonly durationMs: number;
  /** Who was asked to decide when it was made; `askedNow` says who is asked since. */
  readonly asked: readonly Principal[];
  /** What differs from that while it waits; null when nothing does. */
  readonly asking: Asking | null;
  readonly createdAt: Date;
  readonly pendingUntil: Date;

  /** Why on call did not approve, when that is worth saying on the card. */
  readonly onCallNote: string | null;
  readonly decidedAt: Date | null;
  /** Slack user id of the decider; null when on call decided, or nobody yet. */
  readonly decidedBy: string | null;
  /** The group through which they decided, or what put the requester on call. */
  readonly decidedVia: string | null;
  /** When everything that its GRANT depends on was last checked. */
  readonly clearedAt: Date | null;

  readonly place: MembershipId | null;
  /** Known with the place; what a later change of the configuration says doesn't move it. */
  readonly terms: GrantTerms | null;
  /** The transaction of the GRANT on the target: what came later in its catalog came during the grant. */
  readonly mark: string | null;
  /** Everybody who was seen to be able to use it through the login, from the GRANT on. */
  readonly users: readonly OtherUser[];
  readonly grantedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly extension: Extension | null;
  /** When the next notice is due, "about to expire" or the last call; null when none is. */
  readonly warnAt: Date | null;
  /** The membership was proved gone at this moment of the target's clock, and sessions that had it were not yet. */
  readonly sessionsBefore: string | null;
  /** Since when it is due to be looked at what was left behind; null when it is not. */
  readonly reviewAt: Date | null;
  /** Who ended it early: a Slack user id, or with `endedBecause` an operator's user of the operating system. */
  readonly endedBy: string | null;
  /** Why an operator ended it from the command line; null when nobody did. */
  readonly endedBecause: string | null;
  readonly endedAt: Date | null;
}

/** How a request that waits is put before its approvers, where that is not as it was when it was made. */
export interface Asking {
  /** Who decides today; null: who was asked. */
  readonly approvers: readonly Principal[] | null;
  /** Why its card can't be posted; null when it can. */
  readonly unshown: Unshown | null;
  /** Slack users who were asked by direct message instead. */
  readonly directly: readonly string[];
  /** Why nobody can decide it; empty when somebody can, or when Slack doesn't say. */
  readonly nobody: readonly CantDecide[];
}

/** A channel that takes no card. */
export interface Unshown {
  readonly channel: string;
  /** Sentences: what is wrong, and what to do about it. */
  readonly why: string;
  readonly fix: string | null;
}

/**
 * Why an approver can't decide: they are the requester, or another account of theirs; they can't use Hallpass (left, a
 * guest, a bot). A group: it has no members, is missing or disabled, or Slack doesn't tell Hallpass who is in it, on this
 * plan or without a scope.
 */
export const CANT_DECIDE = ['requester', 'same_person', 'left', 'empty', 'missing', 'plan', 'scope'] as const;

export interface CantDecide {
  readonly approver: Principal;
  readonly because: (typeof CANT_DECIDE)[number];
  /** A sentence: what to do about it, where Slack's error tells. */
  readonly fix: string | null;
}

export const ASKED_AS_MADE: Asking = { approvers: null, unshown: null, directly: [], nobody: [] };

/** Who is asked to decide. */
export function askedNow({ asked, asking }: Pick<AccessRequest, 'asked' | 'asking'>): readonly Principal[] {
  return asking?.approvers ?? asked;
}

/** The last time that a grant was made longer. */
export interface Extension {
  /** `asked`: the target did not confirm it yet; `refused`: it did not take it, and the old end holds again. */
  readonly state: 'asked' | 'confirmed' | 'refused';
  /** Slack user id of the approver. */
  readonly by: string;
  readonly at: Date;
  /** When the grant would have ended without it. */
  readonly from: Date;
}

/** What an operator says on the command line. */
export interface OperatorsWord {
  /** The user of the operating system, and its host. */
  readonly by: string;
  readonly because: string;
}

/** What was seen when a grant was proved gone. */
export interface Proof {
  /** The membership was missing before we took anything. */
  readonly found: boolean;
  /** Sessions that were ended, and the prepared transactions of the login that are still waiting. */
  readonly closed: number;
  readonly prepared: readonly string[];
}

export type RequestEvent =
  /** `maxMs`: the longest that today's policy allows. `cleared`: all was checked; else what perishes is, before the GRANT. */
  | {
      readonly type: 'approve';
      readonly by: string;
      readonly via: string;
      readonly maxMs: number;
      readonly cleared?: boolean;
    }
  | {
      readonly type: 'approve_on_call';
      readonly through: string;
      readonly maxMs: number;
      readonly cleared?: boolean;
    }
  /** What perishes was checked again, while the GRANT waits. */
  | { readonly type: 'cleared' }
  | { readonly type: 'on_call_said'; readonly note: string | null }
  /** Who is asked changed, or what keeps them from deciding. `mention`: those who decide now are told in its thread. */
  | { readonly type: 'asking'; readonly asking: Asking; readonly mention: boolean }
  | { readonly type: 'deny'; readonly by: string; readonly via: string }
  /**
   * `by`: null when Hallpass did it, because the requester has no account any more that may ask. With `because` an
   * operator did it from the command line, and `by` is a user of the operating system.
   */
  | { readonly type: 'withdraw'; readonly by: string | null; readonly because?: string }
  | { readonly type: 'lapse' }
  /** What the role can do, as it was read for who decides; `why` it could not be. Kept by the audit. */
  | { readonly type: 'previewed'; readonly result: object }
  /** The GRANT is about to be run there. */
  | { readonly type: 'intend'; readonly place: MembershipId; readonly terms: GrantTerms }
  /**
   * The membership was read back. `users`: who else can use it, through the login. `setRoleFirst`: the login has
   * nothing of it before SET ROLE.
   */
  | {
      readonly type: 'granted';
      readonly mark: string;
      readonly users: readonly OtherUser[];
      readonly setRoleFirst?: boolean;
    }
  /** A later look at who else can use it. */
  | { readonly type: 'users_seen'; readonly users: readonly OtherUser[] }
  /** The GRANT will not come about; it may still have happened. */
  | { readonly type: 'grant_failed'; readonly trouble: string }
  | { readonly type: 'relinquish'; readonly by: string }
  /** `by` and `because` as for `withdraw`: null when the holder has no account any more that may hold it. */
  | { readonly type: 'end'; readonly by: string | null; readonly because?: string }
  /** An approver grants it for as long again as was asked for, from now on. `maxMs` as for `approve`. */
  | { readonly type: 'extend'; readonly by: string; readonly via: string; readonly maxMs: number }
  /** The target has the new end. */
  | { readonly type: 'extended' }
  /** The target will not have it: the old end holds. */
  | { readonly type: 'extension_refused'; readonly trouble: string }
  /**
   * All our memberships were read, and this one is not among them: somebody took it away, or the server lost it;
   * `lostBy` says in what, if anything of the kind is known.
   */
  | { readonly type: 'missing'; readonly lostBy?: string | null }
  /** An operator closes what can't be proved. `by`: a user of the operating system. */
  | { readonly type: 'written_off'; readonly by: string; readonly because: string }
  /** An operator said that its server is gone, and on the one in its place it was proved gone. */
  | {
      readonly type: 'replaced';
      readonly by: string;
      readonly because: string | null;
      readonly proof: Proof;
    }
  /** The membership is proved gone; sessions that had it, and began before this moment, are not. */
  | {
      readonly type: 'sessions_open';
      readonly before: string;
      readonly trouble: string;
      readonly users: readonly OtherUser[];
    }
  /** The target was read, and neither the membership nor a session that had it is there. */
  | { readonly type: 'proved_gone'; readonly proof: Proof }
  /** What changed on the target during the grant was read, or can't be. */
  | { readonly type: 'reviewed'; readonly result: object }
  /** The target could not be asked, or would not. */
  | { readonly type: 'blocked'; readonly trouble: string }
  | { readonly type: 'warned' }
  /** The ledger was restored from a time at which this was not granted yet: whatever came of it, it isn't granted again. */
  | { readonly type: 'restored'; readonly trouble: string };

export type Refusal =
  /** Somebody decided already, or it was withdrawn: see the request's state. */
  | { readonly code: 'not_pending'; readonly request: AccessRequest }
  | { readonly code: 'too_late'; readonly request: AccessRequest }
  /** Nothing is granted under this request (any more, or yet). */
  | { readonly code: 'not_granted'; readonly request: AccessRequest }
  | { readonly code: 'already_ending'; readonly request: AccessRequest }
  /** It lasts as long already, or nearly. */
  | { readonly code: 'no_longer'; readonly request: AccessRequest }
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

export function isFinal(state: State): state is FinalState {
  return FINAL_STATES.some((final) => final === state);
}

/** The id as people see it. */
export function requestName(id: number): string {
  return `R-${id}`;
}

/** An id as digits, in a regular expression: wherever one is read, and no other. */
export const ID_DIGITS = '[1-9]\\d{0,14}';

/** No id that a target or a command brings may be higher: what follows it must still be an id for very long. */
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

/** Was all that its GRANT depends on checked just now? */
export function isCleared({ clearedAt }: Pick<AccessRequest, 'clearedAt'>, now: Date): boolean {
  return clearedAt !== null && now.getTime() - clearedAt.getTime() < CLEARANCE_MS;
}

/** Is the time of this grant up? Decided by the ledger's clock alone. */
export function isExpired(request: Pick<AccessRequest, 'expiresAt'>, now: Date): boolean {
  return request.expiresAt !== null && request.expiresAt <= now;
}
