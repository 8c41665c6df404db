/** "Approve for less": a menu beside Approve, with the durations of the policy that are shorter than what was asked for. */
import type { Overflow } from '@slack/types';
import { parseDuration, sayDuration, shortDuration } from '../../domain/duration.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { plain } from '../kit/blocks.js';
import { ACTIONS, REQUEST_NAME } from '../kit/ids.js';

/** As many as Slack takes in an overflow menu. */
const MOST = 5;

/**
 * An overflow menu, and no select: each choice says in full what it does, and can be made again after a refusal. A select shows
 * the person their choice as if it were made, and Slack does not report the same one twice.
 * @param offeredMs the durations of today's policy, shortest first.
 * @returns null when none is shorter.
 */
export function approveFor(request: AccessRequest, offeredMs: readonly number[]): Overflow | null {
  const shorter = evenly(offeredMs.filter((ms) => ms < request.durationMs));
  if (shorter.length === 0) return null;
  return {
    type: 'overflow',
    action_id: ACTIONS.approveFor,
    options: shorter.map((ms) => ({
      text: plain(`Approve for ${sayDuration(ms)}`),
      value: `${requestName(request.id)}:${shortDuration(ms)}`,
    })),
  };
}

/** Of more than the menu takes, the shortest, the longest, and some between them. */
function evenly(durations: readonly number[]): readonly number[] {
  if (durations.length <= MOST) return durations;
  const step = (durations.length - 1) / (MOST - 1);
  return Array.from({ length: MOST }, (_, i) => durations[Math.round(i * step)] ?? 0);
}

/** What the menu's choice says; null for anything that the menu doesn't write. `forMs`: milliseconds. */
export function parseApproveFor(
  value: string,
): { readonly requestId: string; readonly forMs: number } | null {
  const [requestId = '', duration = '', ...rest] = value.split(':');
  const forMs = parseDuration(duration);
  if (rest.length > 0 || !REQUEST_NAME.test(requestId)) return null;
  return forMs === null || shortDuration(forMs) !== duration ? null : { requestId, forMs };
}
