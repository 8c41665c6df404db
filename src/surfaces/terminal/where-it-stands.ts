/** Where a request stands now, in plain sentences: what `hallpass show` says above its history. */
import { sayDuration } from '../../domain/duration.js';
import { hasLapsed, lapsesAtTheEarliest } from '../../domain/request/escalation.js';
import { type AccessRequest, isExpired } from '../../domain/request/request.js';
import type { Stray } from '../../domain/request/stray.js';
import { approver, name, people, time, whyEnded, words } from './plain.js';

/** @param now the ledger's clock. */
export function whereItStands(
  request: AccessRequest,
  strays: readonly Stray[],
  now: Date,
): readonly string[] {
  const { trouble, state, why, idleEndsAt } = request;
  const waits = state === 'granting' || state === 'active' || (state === 'ending' && why !== 'failed');
  return [
    inItsState(request, now),
    ...(state === 'active' && idleEndsAt !== null
      ? [`Ends unused ${time(idleEndsAt)}, unless a session opens.`]
      : []),
    ...(trouble !== null && waits ? [`Not done yet: ${words(trouble)}`] : []),
    ...(trouble !== null && why === 'failed' ? [`Why it was not granted: ${words(trouble)}`] : []),
    ...strays.filter(({ end }) => end === null).map(cameBack),
  ];
}

function inItsState(request: AccessRequest, now: Date): string {
  const { state, expiresAt, decidedBy } = request;
  switch (state) {
    case 'pending':
      return hasLapsed(request, now)
        ? 'Nobody decided in time: it lapses now.'
        : `Waiting for approval until ${time(lapsesAtTheEarliest(request))}. Asked: ${people(request.asked)}.`;
    case 'granting':
      return `Approved by ${approver(request) ?? 'nobody'}, not granted yet.`;
    case 'active':
      if (expiresAt === null || isExpired(request, now)) return beingRevoked(request);
      return `Granted until ${time(expiresAt)}, ${sayDuration(expiresAt.getTime() - now.getTime())} from now.`;
    case 'ending':
      return request.why === 'failed'
        ? 'Not granted; Hallpass makes sure that nothing is left of it.'
        : beingRevoked(request);
    case 'denied':
      return `Denied by ${name(decidedBy ?? 'somebody')}${at(request.endedAt)}.`;
    case 'withdrawn':
      return `Canceled${at(request.endedAt)}.`;
    case 'lapsed':
      return `Lapsed${at(request.endedAt)}: nobody decided in time.`;
    case 'failed':
      return `Failed${at(request.endedAt)}: nothing was granted.`;
    case 'ended':
      return `Ended${at(request.endedAt)}: ${whyEnded(request)}.`;
  }
}

function beingRevoked(request: AccessRequest): string {
  const { expiresAt, state } = request;
  const since = state === 'active' && expiresAt !== null ? ` since ${time(expiresAt)}` : '';
  return `Being revoked${since}, not confirmed yet: ${whyEnded(request)}.`;
}

function cameBack({ kind, foundAt, trouble }: Stray): string {
  const what = kind === 'late' ? 'Its GRANT reached the server after its end' : 'It came back on the server';
  const waiting = trouble === null ? '' : ` Not done yet: ${words(trouble)}`;
  return `${what}, found ${time(foundAt)}, and is being revoked.${waiting}`;
}

function at(date: Date | null): string {
  return date === null ? '' : ` at ${time(date)}`;
}
