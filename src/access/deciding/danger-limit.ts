/** Whether a role is more dangerous than `max_danger` allows, read from its server at this moment. */
import type { RoleConfig } from '../../config/config.js';
import { isAbove } from '../../domain/danger.js';
import type { AccessRequest } from '../../domain/request.js';
import type { Deps } from '../deps.js';
import { PREVIEW_MS, previewWithin } from './preview.js';

/**
 * Whether the role can do more than `max_danger` allows; null when it can't, or no limit is set. What could not be
 * read counts against it: a server that does not answer for now (`passing`), a database with what it may hold.
 */
export async function tooDangerous(
  deps: Pick<Deps, 'inspectors' | 'logger'>,
  { policy, terms, role }: RoleConfig,
  { target, login }: Pick<AccessRequest, 'target' | 'login'>,
  ms = PREVIEW_MS,
): Promise<{ readonly why: string; readonly passing: boolean } | null> {
  if (policy.maxDanger === null) return null;
  const result = await previewWithin(
    deps,
    { target, role, login, setRole: terms.setRole },
    { ms, fresh: true },
  );
  if (!result.ok) {
    return { why: `what ${role} can do could not be read (${result.why})`, passing: true };
  }
  const { danger, reasons, unreadDanger = 'none', unreadReason } = result.preview;
  const found = isAbove(danger, policy.maxDanger);
  if (!found && !isAbove(unreadDanger, policy.maxDanger)) return null;
  const reason = found ? reasons[0] : unreadReason;
  const because = reason === undefined ? '' : `: it ${reason}`;
  const level = found ? `“${danger}”` : `up to “${unreadDanger}”`;
  return {
    why: `${role} is of danger ${level}, and at most “${policy.maxDanger}” is granted here${because}`,
    passing: false,
  };
}
