/** Of what the ledger says at the end: everything final or rightly open, and nothing that was taken is lost. */
import type { Submission } from '../crowd/engineer.js';
import type { LedgerRequest } from '../ledger.js';
import type { Verdict } from '../report.js';
import type { ServerTarget } from '../stage.js';
import type { Timeline } from '../timeline.js';

/** The one reason for which a request of this crowd may fail: an administrator gave the same for good. */
const ALREADY = /\balready\b/;

export function judgeRequests(
  requests: readonly LedgerRequest[],
  submitted: readonly Submission[],
  targets: readonly ServerTarget[],
  timeline: Timeline,
): readonly Verdict[] {
  const now = Date.now();
  const open = requests.filter(({ ended }) => ended === null);
  return [
    {
      what: 'every request final or rightly open',
      checked: requests.length,
      breaches: open.flatMap(wrongly),
    },
    {
      what: 'every form that was taken is one request',
      checked: submitted.length,
      breaches: submitted.flatMap(({ reason }) => {
        const found = requests.filter((request) => request.reason === reason).length;
        return found === 1 ? [] : [`"${reason}": ${found} requests`];
      }),
    },
    {
      what: 'no request failed, or lost its grant, without cause',
      checked: requests.length,
      breaches: requests.flatMap((request) => {
        const { id, state, why, trouble } = request;
        const isWrong = why === 'removed' || (state === 'failed' && !ALREADY.test(trouble ?? ''));
        return isWrong && !mayBeLost(request) ? [`${id} is ${state} (${why}): ${trouble}`] : [];
      }),
    },
  ];

  /** A GRANT of the time that a failover has lost, or that a copy has. */
  function mayBeLost({ target, decided, granted, ended }: LedgerRequest): boolean {
    const until = granted ?? ended ?? now;
    return timeline.mayBeLost(target, decided ?? until, until);
  }

  function wrongly(request: LedgerRequest): string[] {
    const { id, state, trouble, role, target, login } = request;
    const breach = [`${id} (${role} on ${target} to ${login}) is ${state}: ${trouble ?? 'nobody says why'}`];
    if (state === 'pending') return request.pendingUntil > now ? [] : breach;
    if (state !== 'active' || request.expires === null || request.expires <= now) return breach;
    const there = targets
      .find(({ name }) => name === target)
      ?.watcher.stays.some((stay) => stay.role === role && stay.login === login && stay.gone === null);
    return there ? [] : [`${id} (${role} on ${target} to ${login}) is active, and it is not there`];
  }
}
