import type { Config, TargetConfig } from '../../../config/config.js';
import { createLogger } from '../../../logger.js';
import type { Discovery } from '../../../postgres/discover.js';
import { firstOf, plural } from '../../../surfaces/kit/words.js';
import { createRoles } from '../../asking/roles.js';
import { type Finding, note, ok } from '../finding.js';

/** Names that are listed. */
const SHOWN = 5;

/** The target with the roles, too, that `discover:` finds on it now. Never throws. */
export async function withDiscovered(
  config: Config,
  target: TargetConfig,
  discovery: Discovery,
): Promise<{ readonly target: TargetConfig; readonly findings: readonly Finding[] }> {
  if (target.discover.length === 0) return { target, findings: [] };
  const patterns = target.discover.map(({ match }) => match).join(', ');
  const roles = createRoles(config, new Map([[target.key, discovery]]), createLogger('silent'));
  await roles.refresh(null);
  if (roles.isUnsure(target.key)) {
    const says = `Which roles discover: finds (${patterns}) could not be read.`;
    return { target, findings: [note('role', says)] };
  }
  const offered = roles.list(target.key);
  const found = offered.flatMap(({ role }) => (target.roles.has(role) ? [] : [role]));
  const finding =
    found.length > 0
      ? ok('role', `discover: finds ${plural(found.length, 'role')} (${patterns}): ${firstOf(found, SHOWN)}.`)
      : note(
          'role',
          `discover: finds no role (${patterns}).`,
          'It finds roles that Hallpass holds ADMIN OPTION on, that are NOLOGIN, and that lead to no attribute and no ADMIN OPTION.',
        );
  return {
    target: { ...target, roles: new Map(offered.map((role) => [role.role, role])) },
    findings: [finding],
  };
}
