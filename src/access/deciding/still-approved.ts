/** Would those who approved a request approve it today? Asked under today's policy, groups and accounts. */
import type { RoleConfig } from '../../config/config.js';
import { dependsOnDanger } from '../../domain/policy/policy.js';
import { approversOf } from '../../domain/policy/repeat.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { canDecideNoMore, dangerUnread, groupsUnread, notEnough } from '../../surfaces/request/repeat.js';
import type { Deps } from '../deps.js';
import { countingUnder } from './approvers-today.js';
import { rulesToday, stillEnough } from './count-approvals.js';
import { type DangerReading, readingDanger } from './danger-limit.js';

export type StillApproved =
  | { readonly answer: 'yes' }
  /** `because`: the end of a sentence. */
  | { readonly answer: 'no'; readonly because: string }
  /** `why`: a sentence. */
  | { readonly answer: 'unsure'; readonly why: string };

/**
 * @param durationMs how long it would be granted: rules may depend on it.
 * @param danger for callers that ask for it, too.
 */
export async function stillApproved(
  deps: Pick<Deps, 'config' | 'messenger' | 'inspectors' | 'logger'>,
  request: AccessRequest,
  role: RoleConfig,
  durationMs: number,
  danger: DangerReading = readingDanger(deps, role, request),
): Promise<StillApproved> {
  // Those who were asked only because nobody answered approved it as well as the others.
  const today = await rulesToday(role, durationMs, danger, request.stepsTold);
  const counting = await countingUnder(deps, request, today);
  const { enough, lost } = await stillEnough(deps, counting, approversOf(request));
  if (enough === 'yes') return { answer: 'yes' };
  if (enough === 'unread') return { answer: 'unsure', why: groupsUnread(request.id) };
  if (lost.length > 0) {
    const names = await Promise.all(lost.map((by) => nameOf(deps, by)));
    return { answer: 'no', because: canDecideNoMore(names) };
  }
  const read = dependsOnDanger(role.policy) ? await danger() : null;
  return read?.ok === false
    ? { answer: 'unsure', why: dangerUnread(role.role, read.why) }
    : { answer: 'no', because: notEnough() };
}

/** `@ana`, in plain text: as Slack shows them, or their id while Slack doesn't say. */
export async function nameOf({ messenger }: Pick<Deps, 'messenger'>, userId: string): Promise<string> {
  return messenger.person(userId).then(
    ({ name }) => `@${name}`,
    () => userId,
  );
}
