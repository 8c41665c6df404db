/**
 * Who may decide a request, and for how long access may last: pure decisions over facts that the caller
 * looked up. Nothing here asks Slack, PagerDuty or a clock.
 */

import { type Danger, isAbove } from '../postgres/danger.js';
import { isAlike, isSameMailbox } from '../postgres/login.js';
import type { Step } from '../request/escalation.js';
import type { ApprovalRule } from './approvals.js';
import type { OfficeHours } from './office-hours.js';

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
  /** Slack user groups that follow an on-call schedule; who is in one is asked of Slack at the click. */
  readonly slackGroups: readonly Principal[];
  /** The longest grant that on call alone gives, milliseconds; never above one hour. */
  readonly maxMs: number;
  /** Roles that can do more need an approver; null: no limit of its own. A Slack group never approves `admin`. */
  readonly maxDanger: Danger | null;
}

/** Grants without an approver. */
interface AutomaticRule {
  /** The longest grant that it gives, milliseconds. */
  readonly maxMs: number;
  readonly maxDanger: Danger;
  /** Only then; null: at any time. */
  readonly hours: OfficeHours | null;
}

/** A rule that is added to the others when a request is longer than `overMs`, or its role at least as dangerous as `danger`. */
export interface ExtraRule {
  /** Milliseconds; null: its length doesn't matter. One of the two is not null. */
  readonly overMs: number | null;
  readonly danger: Danger | null;
  readonly rule: ApprovalRule;
}

/** How far the holder of a grant can have it extended. */
interface ExtendLimits {
  /** How often; null: as often as approvers agree. */
  readonly times: number | null;
  /** The longest that a grant may last with its extensions, milliseconds from its GRANT; null: no limit of its own. */
  readonly totalMs: number | null;
}

/** For an emergency: these people are granted at once, and someone else judges it afterwards. */
interface BreakGlassRule {
  readonly who: readonly Principal[];
  /** Milliseconds. */
  readonly maxMs: number;
  readonly review: readonly Principal[];
}

/** What a reason must look like. */
export interface ReasonRule {
  /** A regular expression that some part of the reason matches. */
  readonly pattern: string;
  /** What it asks for, in words: "The ticket, like OPS-123". */
  readonly hint: string | null;
  /** Where what matched is linked to; `{0}` stands for it. */
  readonly link: string | null;
}

/** What the configuration says of one role, with nothing left to inherit. Durations in milliseconds. */
export interface Policy {
  /** All of them must be met, each by different people; at least one. Anyone who is `quiet` and in none may serve any. */
  readonly approvals: readonly ApprovalRule[];
  readonly more: readonly ExtraRule[];
  /** They may decide, and aren't mentioned. */
  readonly quiet: readonly Principal[];
  /** How approvers are asked: by a card in the channel, or by a direct message to each as well. */
  readonly notify: 'channel' | 'approvers';
  readonly onCall: OnCallRule | null;
  readonly automatic: AutomaticRule | null;
  /** An approver may approve the same again for so long, milliseconds; null: never. */
  readonly repeatMs: number | null;
  readonly extend: ExtendLimits;
  /** What happens while nobody decides, in the order of time. */
  readonly escalate: readonly Step[];
  readonly breakGlass: BreakGlassRule | null;
  readonly reasonRequired: boolean;
  readonly reasonRule: ReasonRule | null;
  readonly denyReasonRequired: boolean;
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

/** The rules that this person can serve, each with the group through which they qualify for it. */
export function servesRules(
  rules: readonly ApprovalRule[],
  person: Pick<DeciderFacts, 'userId' | 'groups'>,
): readonly { readonly rule: number; readonly via: string }[] {
  return rules.flatMap(({ from }, rule) => {
    const through = qualifies(from, person);
    return through.ok ? [{ rule, via: through.via }] : [];
  });
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

/** What a request's rules depend on. */
export interface Weight {
  /** How long it would be granted, milliseconds. */
  readonly durationMs: number;
  /** What the role can do; null when it is not known, which counts as the worst. */
  readonly danger: Danger | null;
}

/** What of a request adds this rule to the others; empty when it isn't added. */
export function whyAdded(
  { overMs, danger: level }: ExtraRule,
  { durationMs, danger }: Weight,
): readonly ('over' | 'danger')[] {
  return [
    ...(overMs !== null && durationMs > overMs ? (['over'] as const) : []),
    ...(level !== null && (danger === null || !isAbove(level, danger)) ? (['danger'] as const) : []),
  ];
}

/** The rules that a request has to meet under this policy. */
export function rulesFor(
  policy: Pick<Policy, 'approvals' | 'more' | 'quiet'>,
  weight: Weight,
): readonly ApprovalRule[] {
  const added = policy.more.filter((extra) => whyAdded(extra, weight).length > 0);
  const rules = [...policy.approvals, ...added.map(({ rule }) => rule)];
  const named = new Set(allRules(policy).flatMap(({ from }) => from.map(({ id }) => id)));
  const anywhere = policy.quiet.filter(({ id }) => !named.has(id));
  return anywhere.length === 0
    ? rules
    : rules.map(({ from, count }) => ({ from: [...from, ...anywhere], count }));
}

/** Does any rule of this policy depend on what the role can do? */
export function dependsOnDanger({ more }: Policy): boolean {
  return more.some(({ danger }) => danger !== null);
}

/** Those whom the rules ask, each once, without the quiet ones. */
export function askedBy(
  rules: readonly ApprovalRule[],
  { quiet }: Pick<Policy, 'quiet'>,
): readonly Principal[] {
  const isQuiet = new Set(quiet.map(({ id }) => id));
  return unique(rules.flatMap(({ from }) => from)).filter(({ id }) => !isQuiet.has(id));
}

/** Everyone whom this policy names, each once. */
export function namedIn(policy: Policy): readonly Principal[] {
  const { onCall, breakGlass, escalate, requesters } = policy;
  return unique([
    ...deciders(policy),
    ...(requesters ?? []),
    ...(onCall?.slackGroups ?? []),
    ...escalate.flatMap(({ to }) => to),
    ...(breakGlass === null ? [] : [...breakGlass.who, ...breakGlass.review]),
  ]);
}

/** Everyone who may decide something under this policy, each once. */
export function deciders(policy: Pick<Policy, 'approvals' | 'more' | 'quiet'>): readonly Principal[] {
  return unique([...allRules(policy).flatMap(({ from }) => from), ...policy.quiet]);
}

function allRules({ approvals, more }: Pick<Policy, 'approvals' | 'more'>): readonly ApprovalRule[] {
  return [...approvals, ...more.map(({ rule }) => rule)];
}

/** Each once, by their id. */
export function unique(principals: readonly Principal[]): readonly Principal[] {
  return [...new Map(principals.toReversed().map((each) => [each.id, each])).values()].toReversed();
}
