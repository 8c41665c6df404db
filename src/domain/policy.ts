/**
 * Who may decide a request, and for how long access may last: pure decisions over facts that the caller
 * looked up. Nothing here asks Slack, PagerDuty or a clock.
 */

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
}
