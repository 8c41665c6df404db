/** Whether a role is more dangerous than a policy allows, read from its server at this moment. */
import type { RoleConfig } from '../../config/config.js';
import { type Danger, isAbove } from '../../domain/postgres/danger.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Deps } from '../deps.js';
import { PREVIEW_MS, previewWithin } from './preview.js';

/** Reads what the role can do, once for all that depends on it; never throws. */
export type DangerReading = () => Promise<PreviewResult>;

/** Why it is too dangerous, as a clause; `passing`: its server doesn't answer for now. */
interface TooDangerous {
  readonly why: string;
  readonly passing: boolean;
}

/** Begins to read when it is first asked, and answers within `ms`. */
export function readingDanger(
  deps: Pick<Deps, 'inspectors' | 'logger'>,
  { role, terms }: Pick<RoleConfig, 'role' | 'terms'>,
  { target, login }: Pick<AccessRequest, 'target' | 'login'>,
  ms = PREVIEW_MS,
): DangerReading {
  let reading: Promise<PreviewResult> | undefined;
  return () => {
    reading ??= previewWithin(deps, { target, role, login, setRole: terms.setRole }, { ms, fresh: true });
    return reading;
  };
}

/**
 * Whether the role can do more than `limit`; null when it can't, or no limit is set. What could not be read counts
 * against it: a server that does not answer for now (`passing`), a database with what it may hold.
 * @param done what the limit is for: "at most “write” is granted here".
 */
export async function aboveLimit(
  { role }: Pick<RoleConfig, 'role'>,
  limit: Danger | null,
  read: DangerReading,
  done = 'is granted here',
): Promise<TooDangerous | null> {
  if (limit === null) return null;
  const result = await read();
  if (!result.ok) {
    return { why: `what ${role} can do could not be read (${result.why})`, passing: true };
  }
  const { danger, reasons, unreadDanger = 'none', unreadReason } = result.preview;
  const found = isAbove(danger, limit);
  if (!found && !isAbove(unreadDanger, limit)) return null;
  const reason = found ? reasons[0] : unreadReason;
  const because = reason === undefined ? '' : `: it ${reason}`;
  const level = found ? `“${danger}”` : `up to “${unreadDanger}”`;
  return {
    why: `${role} is of danger ${level}, and at most “${limit}” ${done}${because}`,
    passing: false,
  };
}
