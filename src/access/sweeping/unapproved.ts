import { type AccessRequest, requestName } from '../../domain/request.js';
import { logSecurity } from '../../security.js';
import { NOT_APPROVED, notApproved } from '../../surfaces/audit.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';

/**
 * Fails what stands in the ledger as approved and has no approval in the audit trail: whoever can write to the ledger
 * must not be able to grant by that alone. The operators' message is written first, so that no crash loses it.
 */
export async function failUnapproved(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'logger'>,
  requests: readonly AccessRequest[],
): Promise<void> {
  for (const request of requests) {
    const { id, target, role, login } = request;
    if (!(await tellOperators(deps, `unapproved:${id}`, notApproved(request)))) continue;
    logSecurity(
      deps.logger,
      'not_approved',
      { request: requestName(id), target, role, login },
      'a request waited to be granted that nobody approved',
    );
  }
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'grant_failed', trouble: NOT_APPROVED } }),
  );
}
