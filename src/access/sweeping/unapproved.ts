import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { logSecurity } from '../../security.js';
import { NOT_APPROVED, notApproved } from '../../surfaces/operators/audit.js';
import { change, type TellDeps } from '../change.js';
import { tellOperators } from '../telling/operators.js';

/**
 * Fails what stands in the ledger as approved and has no approval in the audit trail: being able to write to the ledger
 * must not be enough to grant. The operators' message is written first, so that no crash loses it.
 */
export async function failUnapproved(deps: TellDeps, requests: readonly AccessRequest[]): Promise<void> {
  for (const request of requests) {
    const { id, target, role, login } = request;
    if (!(await tellOperators(deps, `unapproved:${id}`, notApproved(request)))) continue;
    const facts = { request: requestName(id), target, role, login };
    logSecurity(
      deps.logger,
      'not_approved',
      facts,
      'a request that was never approved was about to be granted',
    );
  }
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'grant_failed', trouble: NOT_APPROVED } }),
  );
}
