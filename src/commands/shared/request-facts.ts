import { isEmergency } from '../../domain/policy/emergency.js';
import { lapsesAtTheEarliest } from '../../domain/request/escalation.js';
import { type AccessRequest, requestName, ruleOf } from '../../domain/request/request.js';
import type { Stray } from '../../domain/request/stray.js';

/** A request as `--json` prints it: times in ISO 8601 UTC, durations in seconds, null for what doesn't apply, or not yet. */
export function requestFacts(request: AccessRequest) {
  const { extension } = request;
  return {
    id: requestName(request.id),
    state: request.state,
    target: request.target,
    role: request.role,
    login: request.login,
    person: request.requester,
    reason: request.reason,
    askedAt: request.createdAt,
    askedSeconds: seconds(request.wishedMs),
    asked: request.asked,
    lapsesAt: request.state === 'pending' ? lapsesAtTheEarliest(request) : null,
    decidedBy: request.decidedBy,
    decidedByRule: ruleOf(request),
    decidedThrough: request.decidedVia,
    decidedAt: request.decidedAt,
    approvedSeconds: request.decidedAt === null ? null : seconds(request.durationMs),
    grantedAt: request.grantedAt,
    until: request.expiresAt,
    extension:
      extension === null
        ? null
        : { state: extension.state, by: extension.by, at: extension.at, from: extension.from },
    others: request.users.map(({ name }) => name),
    why: request.why,
    endedBy: request.endedBy,
    endedAt: request.endedAt,
    trouble: request.trouble,
    emergency: isEmergency(request) ? request.emergency : null,
  };
}

/** Whole seconds. */
function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

/** A membership that came back after its request's end, or that no request explains, and that is or was revoked. */
export function strayFacts({ kind, role, login, request, askedBy, because, foundAt, trouble, end }: Stray) {
  return {
    kind,
    role,
    login,
    request: request === null ? null : requestName(request.id),
    person: request?.requester ?? null,
    foundAt,
    because,
    askedBy,
    trouble,
    endedAt: end?.at ?? null,
    outcome: end?.outcome ?? null,
  };
}
