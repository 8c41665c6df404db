import { sayDuration } from '../../domain/duration.js';
import { PAUSED_LIMIT_MS } from '../../domain/request/pause.js';
import { type AccessRequest, GRANTING_LIMIT_MS, isCleared, ruleOf } from '../../domain/request/request.js';
import type { Hold } from '../../ledger/targets/pauses.js';
import type { Deps } from '../deps.js';

/**
 * Whether an approval still holds by the time its GRANT is run: not after 15 minutes, a pause not counted, nor after the
 * shift. Slack and PagerDuty aren't asked here, because revocations wait for this sweep: the ledger says when they were.
 */
export function stillDue(
  deps: Pick<Deps, 'config' | 'roles'>,
  request: AccessRequest,
  { resumedAt }: Hold,
  now: Date,
): 'yes' | 'not cleared' | { readonly fail: string } {
  const decidedAt = request.decidedAt ?? now;
  const outlastedPause = resumedAt !== null && resumedAt > decidedAt;
  if (outlastedPause && now.getTime() - decidedAt.getTime() > PAUSED_LIMIT_MS) {
    return { fail: `it was approved more than ${sayDuration(PAUSED_LIMIT_MS)} ago, and granting was paused` };
  }
  const waitedMs = now.getTime() - (outlastedPause ? resumedAt : decidedAt).getTime();
  if (waitedMs > GRANTING_LIMIT_MS) {
    const why = request.trouble ? `: ${request.trouble}` : '';
    return { fail: `it could not be granted within 15 minutes${why}` };
  }
  if (deps.config.targets.get(request.target)?.grant === false) {
    return { fail: `nothing is granted on ${request.target} at the moment` };
  }
  const role = deps.roles.role(request.target, request.role);
  // What a rule approved holds as long as the rule says yes; what a role can do may change; and a pause may have been long.
  const perishes =
    outlastedPause || ruleOf(request) !== null || role === undefined || role.policy.maxDanger !== null;
  return !perishes || isCleared(request, now) ? 'yes' : 'not cleared';
}
