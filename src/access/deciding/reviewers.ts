import type { Principal } from '../../domain/policy/policy.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Deps } from '../deps.js';

/** Who says whether an emergency was justified: today's reviewers, or the operators where the policy names none any more. */
export function reviewersOf(
  { config, roles }: Pick<Deps, 'config' | 'roles'>,
  { target, role }: Pick<AccessRequest, 'target' | 'role'>,
): readonly Principal[] {
  return roles.role(target, role)?.policy.breakGlass?.review ?? config.operators;
}
