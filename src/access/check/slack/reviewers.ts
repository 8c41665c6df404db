/** Can anyone break the glass where a policy lets people, and is there someone else who reviews it? Pure. */
import type { Config } from '../../../config/config.js';
import { isGroup, type Principal } from '../../../domain/policy/policy.js';
import { firstOf } from '../../../surfaces/kit/words.js';
import { offeredRoles } from '../configured.js';
import { type Finding, failure, note } from '../finding.js';
import { type Known, peopleBehind } from './people.js';

/** Names in a sentence; the rest is counted. */
const SHOWN = 3;

export function describeEmergencies(config: Pick<Config, 'targets'>, known: Known): readonly Finding[] {
  const byRule = new Map<string, { who: readonly Principal[]; review: readonly Principal[]; on: string[] }>();
  for (const { name, role } of offeredRoles(config)) {
    const rule = role.policy.breakGlass;
    if (rule === null) continue;
    const { who, review } = rule;
    const key = JSON.stringify([who, review].map((each) => each.map(({ id }) => id)));
    const same = byRule.get(key);
    if (same) same.on.push(name);
    else byRule.set(key, { who, review, on: [name] });
  }
  return [...byRule.values()].flatMap(({ who, review, on }) => describe(known, who, review, on));
}

function describe(
  known: Known,
  who: readonly Principal[],
  review: readonly Principal[],
  on: readonly string[],
): readonly Finding[] {
  const where = firstOf(on, SHOWN);
  const [users, reviewers] = [who, review].map((principals) => {
    const behind = principals.map((principal) => ({ principal, ids: peopleBehind(known, principal) }));
    return {
      unread: behind.some(({ principal, ids }) => ids === null && isGroup(principal)),
      people: new Set(behind.flatMap(({ ids }) => ids ?? [])),
    };
  });
  if (users === undefined || reviewers === undefined) return [];
  const unread =
    users.unread || reviewers.unread
      ? [
          note(
            'approvers',
            `Slack doesn't say who is in each group of break_glass for ${where}: nobody counts as in it.`,
            'Make the group readable, or name people by their ids.',
          ),
        ]
      : [];
  if (!reviewers.unread && reviewers.people.size === 0) {
    const says = `Nobody can review an emergency on ${where}: it is asked for without an end.`;
    return [
      ...unread,
      failure('approvers', says, 'Name reviewers who are in Slack and have no guest account.'),
    ];
  }
  const [only] = reviewers.people;
  if (!reviewers.unread && reviewers.people.size === 1 && only !== undefined && users.people.has(only)) {
    const says = `Only ${only} can review an emergency on ${where}, and nobody can review theirs.`;
    return [...unread, note('approvers', says, 'Name a second reviewer.')];
  }
  return unread;
}
