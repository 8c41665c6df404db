/** What the two searches of the form answer. */
import type { Option } from '@slack/types';
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import type { Chosen } from '../../ledger/requests/asked-before.js';
import type { Person } from '../../messenger/messenger.js';
import { nothingOffered } from '../../surfaces/forms/form-words.js';
import { reasonOption, roleOption, targetOption } from '../../surfaces/forms/request-form.js';
import type { Actor } from '../access.js';
import { identify } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import { lastChosenFirst } from './asked-before.js';
import { type Menu, roleMenu, targetMenu } from './menus.js';

type OptionDeps = Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>;

/** As many as Slack takes in the answer to a search. */
const MAX_OPTIONS = 100;

/** The instances whose name or key holds what was typed, the closest first; of all, those chosen last first. */
export async function targetOptions(deps: OptionDeps, actor: Actor, query: string): Promise<Option[]> {
  return answer(deps, actor, {
    menuOf: (person) => targetMenu(deps, person),
    find: async (items) => {
      const found = search(items, query, (target) => [target.key, target.name]);
      const isOf = ({ key }: TargetConfig, chosen: Chosen) => key === chosen.target;
      const sorted = query.trim() === '' ? await lastChosenFirst(deps, actor.userId, found, isOf) : found;
      return sorted.map(targetOption);
    },
  });
}

/** The roles of one target whose name or description holds what was typed; in the same order. */
export async function roleOptions(
  deps: OptionDeps,
  actor: Actor,
  { target: key, channel, query }: { target: string; channel: string | null; query: string },
): Promise<Option[]> {
  const target = deps.config.targets.get(key);
  if (target === undefined) return [reasonOption(nothingOffered())];
  return answer(deps, actor, {
    menuOf: (person) => roleMenu(deps, { channel }, target, person),
    find: async (items) => {
      const found = search(items, query, (role) => [role.role, role.about ?? '']);
      const isOf = ({ role }: RoleConfig, chosen: Chosen) => key === chosen.target && role === chosen.role;
      const sorted = query.trim() === '' ? await lastChosenFirst(deps, actor.userId, found, isOf) : found;
      return sorted.map(roleOption);
    },
  });
}

/** An empty list is only ever that of a search that found nothing: else its one entry says why there is none. */
async function answer<T>(
  deps: OptionDeps,
  actor: Actor,
  {
    menuOf,
    find,
  }: { menuOf: (person: Person) => Promise<Menu<T>>; find: (items: readonly T[]) => Promise<Option[]> },
): Promise<Option[]> {
  const who = await identify(deps, actor);
  if (!who.ok) return [reasonOption(who.text)];
  const menu = await menuOf(who.person);
  return 'why' in menu ? [reasonOption(menu.why)] : (await find(menu.items)).slice(0, MAX_OPTIONS);
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
