import type { Policy } from '../domain/policy.js';
import type { Config, RoleConfig, TargetConfig } from './config.js';

/** What today's configuration says of a role; null when it does not offer it (any more). */
export function roleOf(
  config: Config,
  { target, role }: { readonly target: string; readonly role: string },
): { readonly target: TargetConfig; readonly role: RoleConfig } | null {
  const targetConfig = config.targets.get(target);
  const roleConfig = targetConfig?.roles.get(role);
  return targetConfig && roleConfig ? { target: targetConfig, role: roleConfig } : null;
}

export function policyOf(
  config: Config,
  place: { readonly target: string; readonly role: string },
): Policy | null {
  return roleOf(config, place)?.role.policy ?? null;
}
