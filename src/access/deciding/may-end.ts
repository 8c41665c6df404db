import { deciders, type Principal, qualifies } from '../../domain/policy/policy.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { logSecurity } from '../../security.js';
import { groupUnreadable } from '../../surfaces/answers/answers.js';
import type { Actor, Reply } from '../access.js';
import type { Deps } from '../deps.js';
import { readGroups, whyUnsaid } from './accounts.js';

/** What is said when they may not: to a security team, and to the person, of the approvers and operators who may. */
interface Refusing {
  readonly log: string;
  readonly text: (approvers: readonly Principal[], operators: readonly Principal[]) => string;
}

/**
 * Why somebody may not end what was decided with a request: only its approvers and the operators may. Approvers are those
 * of today's policy; of a role that is no longer offered, those who were asked.
 * @returns null when they may
 */
export async function whyMayNotEnd(
  deps: Pick<Deps, 'config' | 'roles' | 'messenger' | 'logger'>,
  { userId }: Actor,
  request: AccessRequest,
  { log, text }: Refusing,
): Promise<Reply> {
  const { operators } = deps.config;
  const policy = deps.roles.role(request.target, request.role)?.policy;
  const approvers = policy === undefined ? request.asked : deciders(policy);
  const principals = [...approvers, ...operators];
  const may = qualifies(principals, { userId, groups: await readGroups(deps, principals) });
  if (may.ok) return null;
  logSecurity(deps.logger, may.code, { user: userId, request: request.id }, log);
  return may.code === 'group_unknown'
    ? { text: groupUnreadable(may.groups, whyUnsaid(deps, may.groups)) }
    : { text: text(approvers, operators) };
}
