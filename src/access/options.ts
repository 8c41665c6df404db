/** What the two searches of the form offer: only what this person may ask for, there where they typed the command. */
import type { Option } from '@slack/types';
import type { TargetConfig } from '../config/config.js';
import type { Policy } from '../domain/policy.js';
import type { Person } from '../messenger/messenger.js';
import { roleOption, targetOption } from '../surfaces/modal.js';
import type { Actor } from './access.js';
import type { Deps } from './deps.js';
import { readScope } from './scope.js';
import { identify, loginOn } from './who.js';

type OptionDeps = Pick<Deps, 'config' | 'roles' | 'messenger' | 'logger'>;

/** As many as Slack takes in the answer to a search. */
const MAX_OPTIONS = 100;

/** The instances whose name or key holds what was typed; the closest first. */
export async function targetOptions(deps: OptionDeps, actor: Actor, query: string): Promise<Option[]> {
  const who = await identify(deps, actor);
  if (!who.ok) return [];
  return search(await offeredTargets(deps, who.person), query, (target) => [target.key, target.name])
    .slice(0, MAX_OPTIONS)
    .map(targetOption);
}

/** The roles of one target whose name or description holds what was typed; the closest first. */
export async function roleOptions(
  deps: OptionDeps,
  actor: Actor,
  { target, channel, query }: { target: string; channel: string | null; query: string },
): Promise<Option[]> {
  const who = await identify(deps, actor);
  if (!who.ok || !isReached(deps, target, who.person)) return [];
  deps.roles.wake(target);
  const roles = deps.roles.list(target);
  const policies = roles.map(({ policy }) => policy);
  const refusalOf = await readScope(deps, { userId: actor.userId, channel }, policies);
  const offered = roles.filter(({ policy }) => refusalOf(policy) === null);
  return search(offered, query, (role) => [role.role, role.about ?? ''])
    .slice(0, MAX_OPTIONS)
    .map(roleOption);
}

/** Something is lent there, and to this person, who has a login. */
function isReached({ config }: OptionDeps, target: string, person: Pick<Person, 'id' | 'email'>): boolean {
  return config.targets.get(target)?.lend === true && loginOn(config, target, person) !== null;
}

/** Those with a role for this person. Why they can't ask for it here, or now, is said when one is chosen. */
async function offeredTargets(
  deps: OptionDeps,
  person: Pick<Person, 'id' | 'email'>,
): Promise<readonly TargetConfig[]> {
  const reached = [...deps.config.targets.values()].filter(({ key }) => isReached(deps, key, person));
  const policies = new Map(reached.map(({ key }) => [key, deps.roles.list(key).map(({ policy }) => policy)]));
  // Where there is a role for everybody, nobody's groups matter.
  const restricted = [...policies.values()].filter((all) =>
    all.every(({ requesters }) => requesters !== null),
  );
  const refusalOf = await readScope(deps, { userId: person.id, channel: null }, restricted.flat());
  const isForThem = (policy: Policy) =>
    policy.requesters === null || refusalOf(policy)?.code !== 'not_a_requester';
  return reached.filter(({ key }) => policies.get(key)?.some(isForThem) || deps.roles.isUnsure(key));
}

/** Those in which every typed word is found; those that begin with what was typed come first, then by name. */
function search<T>(
  items: readonly T[],
  query: string,
  textsOf: (item: T) => readonly string[],
): readonly T[] {
  const typed = query.trim().toLowerCase();
  const words = typed.split(/\s+/);
  return items
    .flatMap((item) => {
      const texts = textsOf(item).map((text) => text.toLowerCase());
      if (!words.every((word) => texts.some((text) => text.includes(word)))) return [];
      return [{ item, name: texts[0] ?? '', rank: texts.some((text) => text.startsWith(typed)) ? 0 : 1 }];
    })
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ item }) => item);
}
