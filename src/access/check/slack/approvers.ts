/** Can anyone decide on each role, and do the groups and people of the configuration exist? Pure. */
import type { Config } from '../../../config/config.js';
import { deciders, isGroup, type Principal } from '../../../domain/policy.js';
import { firstOf } from '../../../surfaces/kit/words.js';
import { namedPrincipals, type Offered, offeredRoles } from '../configured.js';
import { type Finding, failure, note } from '../finding.js';
import { type Known, peopleBehind } from './people.js';

/** Names in a sentence; the rest is counted. */
const SHOWN = 3;
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
    ...byApprovers(offeredRoles(config)).flatMap((roles) => describeDeciders(config, roles, known)),
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

/** Roles on which the same people decide. */
function byApprovers(roles: readonly Offered[]): readonly (readonly [Offered, ...Offered[]])[] {
  const groups = new Map<string, [Offered, ...Offered[]]>();
  for (const role of roles) {
    const ids = deciders(role.role.policy).map(({ id }) => id);
    const key = ids.sort().join();
    const group = groups.get(key);
    if (group) group.push(role);
    else groups.set(key, [role]);
  }
  return [...groups.values()];
}

function describeDeciders(
  { people: configured }: Pick<Config, 'people'>,
  roles: readonly [Offered, ...Offered[]],
  known: Known,
): readonly Finding[] {
  const behind = deciders(roles[0].role.policy).map((principal) => peopleBehind(known, principal));
  const people = new Set(behind.flatMap((ids) => ids ?? []));
  if (behind.includes(null) || people.size > 1) return [];
  const [only] = people;
  const names = roles.map(({ name }) => name);
  const where = firstOf(names, SHOWN);
  if (only === undefined) {
    const says = `Nobody can decide a request for ${where}: it waits until it lapses.`;
    const nextStep = 'Name approvers who are in Slack and have no guest account.';
    return [failure('approvers', says, nextStep)];
  }
  if (configured.get(only)?.login == null) return [];
  const says = `Only ${only} can decide a request for ${where}, and nobody can decide theirs: nobody decides on their own request.`;
  return [note('approvers', says, 'Name a second approver.')];
}
