import type { RoleConfig } from '../../config/config.js';
import { extensionLimit, latestEnd, lengthWith } from '../../domain/request/extension.js';
import { pauseOn } from '../../domain/request/pause.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { whyRefused } from '../../domain/request/transitions/refusals.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import * as words from '../../surfaces/answers/answers.js';
import { notExtendedWhilePaused } from '../../surfaces/operators/pause.js';
import type { Reply } from '../access.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { ruleExtending } from './by-rule.js';
import { rulesToday } from './count-approvals.js';
import { type DangerReading, readingDanger } from './danger-limit.js';
import { offeredToday, standsToday } from './standing.js';

/**
 * The holder of a grant wants it for longer. When a rule approves that without an approver, it is extended at once; else
 * approvers decide, and until then nothing changes.
 */
export async function askExtension(deps: Deps, request: AccessRequest, now: Date): Promise<Reply> {
  const refusal = whyRefused(request, 'ask_extension', now);
  if (refusal !== null) return { text: words.refused(refusal, request.requester) };
  const { role, ...offered } = offeredToday(deps, request, 'extend');
  if (role === null) return 'objection' in offered ? { text: offered.objection.text } : null;
  const limit = extensionLimit(request, role.policy, now);
  if (limit.maxMs === null) return { text: words.noMoreExtensions(request, limit.because) };
  const pause = pauseOn(await readPauses(deps.db), request.target);
  if (pause !== null) return { text: notExtendedWhilePaused(request, pause) };
  const danger = readingDanger(deps, role, request);
  const [standing, event] = await Promise.all([
    standsToday(deps, request, role, 'extend', danger),
    eventFor(deps, request, role, { maxMs: limit.maxMs, now, danger }),
  ]);
  if (standing.objection !== null) return { text: standing.objection.text };
  const audit = { policy: role.policy, configHash: deps.config.hash };
  const outcome = (await change(deps, [request.id], () => ({ event, audit }))).get(request.id);
  return outcome?.ok === false ? { text: words.refused(outcome.refusal, request.requester) } : null;
}

async function eventFor(
  deps: Deps,
  request: AccessRequest,
  role: RoleConfig,
  { maxMs, now, danger }: { readonly maxMs: number; readonly now: Date; readonly danger: DangerReading },
): Promise<RequestEvent> {
  const lengthMs = lengthWith(request, maxMs, now);
  const [yes, { rules, asked }] = await Promise.all([
    ruleExtending(deps, request, role, { danger, now, lengthMs }),
    rulesToday(role, lengthMs, danger),
  ]);
  return yes === null
    ? { type: 'ask_extension', maxMs, rules, asked }
    : {
        type: 'extend_by_rule',
        rule: yes.rule,
        through: yes.through,
        maxMs: Math.min(maxMs, yes.maxMs),
        latest: latestEnd(request, maxMs, now),
      };
}
