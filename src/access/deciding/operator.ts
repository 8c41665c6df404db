/** Whether somebody runs Hallpass: by today's configuration, and by Slack's answer at the click. */
import { qualifies } from '../../domain/policy/policy.js';
import { logSecurity } from '../../security.js';
import { groupUnreadable } from '../../surfaces/answers/answers.js';
import type { Deps } from '../deps.js';
import { readGroups, whyUnsaid } from './accounts.js';

type OperatorDeps = Pick<Deps, 'config' | 'messenger' | 'logger'>;

/** Not while Slack doesn't say so. @param ms how long Slack is waited for; null: as long as it takes. */
export async function isOperator(deps: OperatorDeps, userId: string, ms: number | null): Promise<boolean> {
  return (await qualifiesNow(deps, userId, ms)).ok;
}

/**
 * Refuses what only operators may do, on the security log.
 * @param facts of the refusal; `user` is the one who clicked. @param ms as for `isOperator`.
 * @returns null when they are one; `unread`: why Slack's answer doesn't tell, in mrkdwn; null when they simply aren't.
 */
export async function refuseUnlessOperator(
  deps: OperatorDeps,
  facts: { readonly user: string; readonly [fact: string]: string | number },
  log: string,
  ms: number | null = null,
): Promise<{ readonly unread: string | null } | null> {
  const may = await qualifiesNow(deps, facts.user, ms);
  if (may.ok) return null;
  const isUnknown = may.code === 'group_unknown';
  logSecurity(deps.logger, isUnknown ? may.code : 'not_an_operator', facts, log);
  return { unread: isUnknown ? groupUnreadable(may.groups, whyUnsaid(deps, may.groups)) : null };
}

async function qualifiesNow(deps: OperatorDeps, userId: string, ms: number | null) {
  const { operators } = deps.config;
  return qualifies(operators, { userId, groups: await readGroups(deps, operators, ms) });
}
