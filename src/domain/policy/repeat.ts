/**
 * "The same again until": approvers approve once, for a longer time, that the same person gets the same role on the same
 * login again, never longer than that time. Pure.
 */
import type { AccessRequest } from '../request/request.js';

/** An approval that covers later requests. It is open while `end` is null and `until` has not passed. */
export interface Repeat {
  readonly id: number;
  /** The request that was approved by people. */
  readonly requestId: number;
  readonly requester: string;
  readonly target: string;
  readonly role: string;
  readonly login: string;
  /** The longest request that it covers, milliseconds. */
  readonly maxMs: number;
  /** Slack user id of the approver who chose it. */
  readonly approver: string;
  readonly createdAt: Date;
  readonly until: Date;
  readonly end: RepeatEnd | null;
}

export interface RepeatEnd {
  readonly at: Date;
  /** Slack user id; null when Hallpass ended it, with the reason. */
  readonly by: string | null;
  /** The end of a sentence that begins with "because"; null when a person ended it. */
  readonly because: string | null;
}

/** What an approver can choose: until midnight, until Sunday midnight, for as long as the policy allows. */
export const SPANS = ['today', 'week', 'whole'] as const;
export type Span = (typeof SPANS)[number];

const DAY_MS = 24 * 60 * 60_000;

/** The spans that fit within a policy's `repeat`, at whatever time they are chosen. */
export function spansWithin(repeatMs: number | null): readonly Span[] {
  if (repeatMs === null) return [];
  return SPANS.filter((span) => span === 'whole' || repeatMs >= (span === 'today' ? DAY_MS : 7 * DAY_MS));
}

/**
 * When a repeat ends that is chosen at `now`, never later than the policy allows.
 * @param zone an IANA time zone, the approver's; UTC when it is null or unknown.
 */
export function endOfSpan(span: Span, now: Date, repeatMs: number, zone: string | null): Date {
  const longest = now.getTime() + repeatMs;
  if (span === 'whole') return new Date(longest);
  return new Date(Math.min(longest, midnight(now, span, known(zone))));
}

function known(zone: string | null): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** The end of the calendar day, or of the week's Sunday, as the zone's wall clock has it; milliseconds since 1970. */
function midnight(now: Date, span: Exclude<Span, 'whole'>, zone: string): number {
  const wall = new Date(wallClock(zone, now.getTime()));
  // Sunday is 0, and ends its week.
  const days = span === 'today' ? 1 : 1 + ((7 - wall.getUTCDay()) % 7);
  const wanted = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate() + days);
  // No zone is further than 14 hours from UTC: one of these is before any change of the clocks that night, one after.
  const [before, after] = [wanted - 1.5 * DAY_MS, wanted + 1.5 * DAY_MS].map(
    (at) => wanted - (wallClock(zone, at) - at),
  );
  const both = [before, after].filter((at) => at !== undefined);
  // On a night without a midnight the day ends where the clocks jump; on one with two, at the second.
  const real = both.filter((at) => wallClock(zone, at) === wanted);
  return real.length > 0 ? Math.max(...real) : Math.max(...both);
}

/** What the zone's wall clock shows, read as if it were UTC; milliseconds. */
function wallClock(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? Number.NaN);
  return Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
}

/** Can approvers approve the same again? Once people approved it, with all approvals it needed, until it ends. */
export function canRepeat({ state, decidedBy }: Pick<AccessRequest, 'state' | 'decidedBy'>): boolean {
  return decidedBy !== null && (state === 'granting' || state === 'active');
}

/** Those whose approvals were enough for it. @param request was approved by people */
export function approversOf({ approvals, decidedBy }: AccessRequest): readonly string[] {
  return [...new Set([...approvals.map(({ by }) => by), ...(decidedBy === null ? [] : [decidedBy])])];
}
