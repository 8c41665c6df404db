/** Can anyone decide on each role, and do the groups and people of the configuration exist? Pure. */
import type { Config } from '../../../config/config.js';
import { isGroup, type Principal } from '../../../domain/policy/policy.js';
import { namedPrincipals } from '../configured.js';
import { type Finding, failure, note } from '../finding.js';
import { describeEnough } from './enough-approvers.js';
import { type Known, peopleBehind } from './people.js';

const NO_ID = 'Correct the id in the configuration.';

/** What is wrong with the groups and people that the configuration names. */
export function describePrincipals(
  config: Pick<Config, 'targets' | 'operators' | 'people'>,
  known: Known,
): readonly Finding[] {
  const principals = namedPrincipals(config);
  const named = new Set(principals.map(({ id }) => id));
  return [
    ...principals.flatMap((principal) =>
      isGroup(principal) ? describeGroup(principal, known) : describePerson(principal, known),
    ),
    ...[...config.people.keys()]
      .filter((id) => !named.has(id) && known.account(id) === 'missing')
      .map((id) => note('login', `There is no Slack user ${id}, whom people: gives a login.`, NO_ID)),
    ...describeEnough(config, known),
  ];
}

function describeGroup(principal: Principal, known: Known): readonly Finding[] {
  const { id, name } = principal;
  if (known.groups === null) return [];
  const group = known.groups.get(id);
  if (group === undefined) {
    const called = name === null ? id : `${name} (${id})`;
    return [failure('approvers', `There is no user group ${called} in Slack.`, NO_ID)];
  }
  const theGroup = `the user group @${group.handle} (${id})`;
  if (group.isDisabled) {
    const says = `The user group @${group.handle} (${id}) is disabled: nobody decides, asks or is told by it.`;
    return [failure('approvers', says, 'Enable it in Slack, or name another one.')];
  }
  if (peopleBehind(known, principal)?.length !== 0) return [];
  const says =
    group.members.length === 0
      ? `Nobody is in ${theGroup}.`
      : `Everybody in ${theGroup} is deactivated, a guest or a bot.`;
  return [failure('approvers', says, 'Add people to it in Slack, or name another one.')];
}

function describePerson({ id, name }: Principal, { account }: Known): readonly Finding[] {
  const called = name === null ? id : `${name} (${id})`;
  const is = account(id);
  if (is === 'fit' || is === 'unread') return [];
  if (is === 'missing') return [failure('approvers', `There is no Slack user ${called}.`, NO_ID)];
  const what = is === 'deactivated' ? 'is deactivated' : `is a ${is}`;
  return [note('approvers', `${called} ${what}, and decides nothing.`, 'Name someone else.')];
}
