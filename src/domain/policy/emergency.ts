/**
 * Emergency access: granted at once, and judged afterwards by someone else. Until a reviewer has said whether it was
 * justified, they are asked again and again. Pure.
 */
import type { AccessRequest } from '../request/request.js';

export type Emergency = NonNullable<AccessRequest['emergency']>;
/** What a reviewer can say of it. */
export const VERDICTS = ['justified', 'not_justified'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Nothing is said of it yet. */
export const UNJUDGED: Emergency = { verdict: 'due', by: null, words: null, asked: 0 };

const MINUTE_MS = 60_000;
/** The reviewers are asked so long after the GRANT, milliseconds: its holder is likely to be busy until then. */
const FIRST_ASKED_MS = 15 * MINUTE_MS;
/** Then again after this long, and after twice as long each time, up to a day. */
const AGAIN_MS = 60 * MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** When its reviewers are asked first. @param granted the proved GRANT. */
export function firstAsked(granted: Date): Date {
  return new Date(granted.getTime() + FIRST_ASKED_MS);
}

/** When they are asked again. @param asked how often they were by `now`, at least once. */
export function askedAgain(asked: number, now: Date): Date {
  const pause = Math.min(AGAIN_MS * 2 ** Math.min(asked - 1, 10), LONGEST_MS);
  return new Date(now.getTime() + pause);
}

type Used = Pick<AccessRequest, 'emergency' | 'decidedRule' | 'grantedAt'>;

/** Granted without an approver. What waits, because it couldn't be granted so, is a request like any other. */
export function isEmergency({ emergency, decidedRule }: Omit<Used, 'grantedAt'>): boolean {
  return emergency !== null && decidedRule === 'break_glass';
}

/** It was used, and no reviewer has judged it. */
export function isReviewDue(request: Used): boolean {
  return isEmergency(request) && request.emergency?.verdict === 'due' && request.grantedAt !== null;
}
