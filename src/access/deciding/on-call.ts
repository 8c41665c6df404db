import { pauseOn } from '../../domain/pause.js';
import type { Policy } from '../../domain/policy.js';
import type { AccessRequest } from '../../domain/request.js';
import { releaseDeliveries } from '../../ledger/deliveries.js';
import { readPauses } from '../../ledger/pauses.js';
import { readPending, readRequests } from '../../ledger/read-requests.js';
import type { OnCallAnswer } from '../../oncall/on-call.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { offeredToday, standsToday } from './standing.js';

/**
 * Is the requester on call for this role right now? Null when the role's policy has no on-call rule.
 * @param policy today's; null when the role is not offered any more.
 */
export async function askOnCall(
  { config, onCall, messenger }: Pick<Deps, 'config' | 'onCall' | 'messenger'>,
  request: AccessRequest,
  policy: Policy | null,
): Promise<{ readonly policy: Policy; readonly maxMs: number; readonly answer: OnCallAnswer } | null> {
  if (!policy?.onCall) return null;
  const pagerduty = config.people.get(request.requester)?.pagerduty ?? null;
  // The address is only needed when the configuration names no PagerDuty user.
  const email =
    pagerduty === null
      ? await messenger.person(request.requester).then(
          (p) => p.email,
          () => null,
        )
      : null;
  return {
    policy,
    maxMs: Math.min(policy.onCall.maxMs, policy.maxMs),
    answer: await onCall.ask({ pagerduty, email }, policy.onCall),
  };
}

/**
 * Asks PagerDuty about a pending request and approves it when its requester is on call. A card that was held back
 * for the answer goes out now, whatever the answer is.
 */
export async function considerOnCall(deps: Deps, id: number): Promise<void> {
  const { requests } = await readRequests(deps.db, [id]);
  const request = requests[0];
  if (request?.state !== 'pending') return;
  const offered = offeredToday(deps, request, 'approve');
  const role = offered.role;
  // It decides for now, and now nothing is granted: it is asked again when granting has resumed.
  const isPaused = pauseOn(await readPauses(deps.db), request.target) !== null;
  const policy = isPaused ? null : (role?.policy ?? null);
  // The on-call rule must not approve what a person couldn't.
  const [standing, asked] = await Promise.all([
    role === null || !policy?.onCall ? null : standsToday(deps, request, role, 'approve').catch(() => null),
    askOnCall(deps, request, policy),
  ]);
  if (asked !== null && standing?.objection === null) {
    // crash point: after-pagerduty-before-approved
    const { maxMs, answer } = asked;
    await change(deps, [id], (current) => {
      if (current.state !== 'pending') return null;
      if (answer.answer !== 'yes') {
        const note = answer.answer === 'unsure' ? answer.why : null;
        return { event: { type: 'on_call_said', note } };
      }
      return {
        event: {
          type: 'approve_by_rule',
          rule: 'on_call',
          through: answer.through,
          maxMs,
          cleared: standing.cleared,
        },
        audit: { policy, configHash: deps.config.hash },
        decision: { approver: 'on_call', verdict: 'approve', via: answer.through },
      };
    });
  }
  await releaseDeliveries(deps.db, id);
  deps.outbox.kick();
}

/** Asks again for everything that still waits: a shift may have begun. */
export async function reconsiderOnCall(deps: Deps, limit: number): Promise<void> {
  const { requests } = await readPending(deps.db, limit);
  for (const request of requests) {
    if (deps.roles.role(request.target, request.role)?.policy.onCall) await considerOnCall(deps, request.id);
  }
}
