/**
 * Who may decide a request, and for how long access may last: pure decisions over facts that the caller
 * looked up. Nothing here asks Slack, PagerDuty or a clock.
 */
import type { Danger } from './danger.js';
import { isAlike, isSameMailbox } from './login.js';

/** A Slack user (`U…`, `W…`) or user group (`S…`), with the configuration's name for it, if it has one. */
export interface Principal {
  readonly id: string;
  readonly name: string | null;
}

export interface OnCallRule {
  /** PagerDuty schedule ids. */
  readonly schedules: readonly string[];
  /** PagerDuty escalation policies; `levels: null` means every level counts. */
  readonly escalationPolicies: readonly { readonly id: string; readonly levels: readonly number[] | null }[];
  /** The longest grant that on call alone gives, milliseconds; never above one hour. */
  readonly maxMs: number;
}

/** What the configuration says of one role, with nothing left to inherit. Durations in milliseconds. */
export interface Policy {
  readonly approvers: readonly Principal[];
  readonly onCall: OnCallRule | null;
  readonly reasonRequired: boolean;
  /** The menu, shortest first; none above `maxMs`. */
  readonly durationsMs: readonly number[];
  readonly defaultDurationMs: number;
  readonly maxMs: number;
  readonly pendingTimeoutMs: number;
  /** Who may request it; null: anyone who has a login. */
  readonly requesters: readonly Principal[] | null;
  /** The Slack channels in which it may be requested; null: anywhere. */
  readonly channels: readonly string[] | null;
  /** Roles that can do more are refused; null: any is granted, but a superuser never. */
  readonly maxDanger: Danger | null;
}

/** What was looked up about the person who clicked. */
export interface DeciderFacts {
  readonly userId: string;
  /** Every Postgres login that this person is known by, also where they may not use it. */
  readonly logins: ReadonlySet<string>;
  /** The login that follows from their e-mail address, regardless of case; null when none does. */
  readonly loginByAddress: string | null;
  /** Confirmed; null when it is not known. */
  readonly email: string | null;
  /** For each group named in the policy: its members, or null when Slack did not say. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string> | null>;
}

export type Qualifies =
  /** `via`: the group (or "named") through which they qualify; kept with the decision. */
  | { readonly ok: true; readonly via: string }
  | { readonly ok: false; readonly code: 'not_an_approver' }
  /** They may or may not be one: these groups could not be read. */
  | { readonly ok: false; readonly code: 'group_unknown'; readonly groups: readonly Principal[] };

export type MayDecide =
  | Qualifies
  | { readonly ok: false; readonly code: 'own_request' | 'same_login' | 'same_email' };

/**
 * May this person decide this request? Nobody may decide their own request, even through a second account with the same
 * login or mailbox.
 * @param request `email`: the requester's confirmed address; null when it is not known.
 */
export function mayDecide(
  approvers: readonly Principal[],
  decider: DeciderFacts,
  request: { readonly requester: string; readonly login: string; readonly email: string | null },
): MayDecide {
  if (decider.userId === request.requester) return { ok: false, code: 'own_request' };
  const { loginByAddress } = decider;
  if (
    decider.logins.has(request.login) ||
    (loginByAddress !== null && isAlike(loginByAddress, request.login))
  ) {
    return { ok: false, code: 'same_login' };
  }
  if (decider.email !== null && request.email !== null && isSameMailbox(decider.email, request.email)) {
    return { ok: false, code: 'same_email' };
  }
  return qualifies(approvers, decider);
}

/** Is this person one of these, themselves or through a group? */
export function qualifies(
  principals: readonly Principal[],
  { userId, groups }: Pick<DeciderFacts, 'userId' | 'groups'>,
): Qualifies {
  const through = principals.find(({ id }) => id === userId || groups.get(id)?.has(userId) === true);
  if (through) return { ok: true, via: through.name ?? (isGroup(through) ? through.id : 'named') };
  const unknown = principals.filter((p) => isGroup(p) && !groups.get(p.id));
  return unknown.length > 0
    ? { ok: false, code: 'group_unknown', groups: unknown }
    : { ok: false, code: 'not_an_approver' };
}

/** A Slack user group, as its id tells. */
export function isGroup(principal: Principal): boolean {
  return principal.id.startsWith('S');
}
