/**
 * What must hold at the click for a role to be granted, or granted for longer: all that held when it was asked for,
 * under today's configuration and today's groups. Approving, extending and on call ask the same here.
 */
import type { RoleConfig } from '../../config/config.js';
import { qualifies } from '../../domain/policy/policy.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { SecurityEvent } from '../../security.js';
import * as words from '../../surfaces/answers/answers.js';
import { roleUnsure } from '../../surfaces/forms/form-words.js';
import { escapeMrkdwn } from '../../surfaces/kit/text.js';
import type { Deps } from '../deps.js';
import { readGroups, whyUnsaid } from './accounts.js';
import { aboveLimit, type DangerReading, readingDanger } from './danger-limit.js';
import { mappingStands } from './logins.js';

/** `code`: worth a line in the log; null when nothing but a failure is in the way. `text`: for who decides. */
export type Objection = { readonly code: SecurityEvent | null; readonly text: string };

type Doing = 'approve' | 'extend';

/** The role as it is offered today, or why it is not. */
export function offeredToday(
  { config, roles }: Pick<Deps, 'config' | 'roles'>,
  request: AccessRequest,
  doing: Doing,
): { readonly role: RoleConfig } | { readonly role: null; readonly objection: Objection } {
  const target = config.targets.get(request.target);
  const role = roles.role(request.target, request.role);
  if (target?.grant === true && role !== undefined) return { role };
  const isUnsure = target?.grant === true && roles.isUnsure(target.key);
  return {
    role: null,
    objection: isUnsure
      ? { code: null, text: escapeMrkdwn(roleUnsure(request.role, target.name)) }
      : { code: 'role_not_offered', text: words.notOfferedAnyMore(request, doing) },
  };
}

export interface Standing {
  /** What first speaks against it; null when nothing does. */
  readonly objection: Objection | null;
  /** All was read: what perishes need not be asked again before the GRANT. */
  readonly cleared: boolean;
}

/**
 * @param doing an extension is refused while the danger can't be read; a GRANT waits until it was.
 * @param danger for callers that ask for it, too.
 */
export async function standsToday(
  deps: Pick<Deps, 'config' | 'messenger' | 'inspectors' | 'logger'>,
  request: AccessRequest,
  role: RoleConfig,
  doing: Doing,
  danger: DangerReading = readingDanger(deps, role, request),
): Promise<Standing> {
  const [asking, mapping, dangerous] = await Promise.all([
    mayStillAsk(deps, request, role, doing),
    mappingStands(deps, request),
    aboveLimit(role, role.policy.maxDanger, danger),
  ]);
  if (asking !== null) return { objection: asking, cleared: false };
  if (mapping !== 'stands') {
    const text = {
      changed: words.loginChanged,
      unclear: words.loginUnclear,
      unread: words.loginUnread,
    }[mapping](request, doing);
    return { objection: { code: mapping === 'unread' ? null : 'login_changed', text }, cleared: false };
  }
  if (dangerous === null) return { objection: null, cleared: true };
  if (dangerous.passing && doing === 'approve') return { objection: null, cleared: false };
  const text = words.tooDangerous(request, dangerous.why, doing);
  return { objection: { code: dangerous.passing ? null : 'too_dangerous', text }, cleared: false };
}

async function mayStillAsk(
  deps: Pick<Deps, 'messenger' | 'logger'>,
  request: AccessRequest,
  { policy: { requesters, channels } }: RoleConfig,
  doing: Doing,
): Promise<Objection | null> {
  // Which channel it was is not known of what an older release took.
  if (channels !== null && request.askedIn !== null && !channels.includes(request.askedIn)) {
    return { code: 'wrong_channel', text: words.channelChanged(request, channels, doing) };
  }
  if (requesters === null) return null;
  const groups = await readGroups(deps, requesters);
  const may = qualifies(requesters, { userId: request.requester, groups });
  if (may.ok) return null;
  return may.code === 'group_unknown'
    ? {
        code: 'group_unknown',
        text: words.requesterUnreadable(request, may.groups, whyUnsaid(deps, may.groups)),
      }
    : { code: 'not_a_requester', text: words.requesterChanged(request, requesters, doing) };
}
