/** What the two searches of the form answer. */
import type { Option } from '@slack/types';
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { readWanted } from '../../domain/wanted/read-wanted.js';
import type { Chosen } from '../../ledger/requests/asked-before.js';
import type { Person } from '../../messenger/messenger.js';
import { nothingOffered } from '../../surfaces/forms/form-words.js';
import { reasonOption, roleOption, targetOption } from '../../surfaces/forms/request-form.js';
import type { Actor } from '../access.js';
import { identify } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import { lastChosenFirst } from './asked-before.js';
import { type ByObjectDeps, rolesAmong } from './by-object.js';
import { type Menu, roleMenu, targetMenu } from './menus.js';

type OptionDeps = Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>;

/** A pasted error waits so long for a server that has said nothing yet, milliseconds: the answer to Slack is due. */
const FIRST_MS = 1_000;
/** As many as Slack takes in the answer to a search. */
export const MAX_OPTIONS = 100;

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

/**
 * The roles of one target whose name or description holds what was typed, in the same order. Then those that give the
 * object of that name, or the one that a pasted error is about, the weakest first.
 */
export async function roleOptions(
  deps: OptionDeps & ByObjectDeps,
  actor: Actor,
  { target: key, channel, query }: { target: string; channel: string | null; query: string },
): Promise<Option[]> {
  const target = deps.config.targets.get(key);
  if (target === undefined) return [reasonOption(nothingOffered())];
  return answer(deps, actor, {
    menuOf: (person) => roleMenu(deps, { channel }, target, person),
    find: async (items, person) => {
      if (query.trim() !== '') return findRoles(deps, person, { target, offered: items }, query);
      const isOf = ({ role }: RoleConfig, chosen: Chosen) => key === chosen.target && role === chosen.role;
      const sorted = search(items, '', (role) => [role.role]);
      return (await lastChosenFirst(deps, actor.userId, sorted, isOf)).map(roleOption);
    },
  });
}

interface Offer {
  readonly target: TargetConfig;
  readonly offered: readonly RoleConfig[];
}

async function findRoles(
  deps: ByObjectDeps,
  person: Person,
  offer: Offer,
  query: string,
): Promise<readonly Option[]> {
  const wanted = readWanted(query);
  const isError = wanted?.asked === 'error';
  const called = isError ? [] : search(offer.offered, query, (role) => [role.role, role.about ?? '']);
  if (wanted === null) return called.map(roleOption);
  // While someone types, each letter is a search: none waits for a server.
  const how = isError ? { waitMs: FIRST_MS } : { waitMs: 0, typing: called.length === 0 };
  const answer = await rolesAmong(deps, person, wanted, [offer], how);
  if (answer.kind !== 'roles') {
    return called.length === 0 ? [reasonOption(answer.text)] : called.map(roleOption);
  }
  const giving = new Map<RoleConfig, string>();
  for (const { role, words } of answer.roles) if (!giving.has(role)) giving.set(role, words);
  return [...new Set([...called, ...giving.keys()])].map((role) =>
    roleOption({ ...role, about: giving.get(role) ?? role.about }),
  );
}

/** An empty list is only ever that of a search that found nothing: else its one entry says why there is none. */
async function answer<T>(
  deps: OptionDeps,
  actor: Actor,
  {
    menuOf,
    find,
  }: {
    menuOf: (person: Person) => Promise<Menu<T>>;
    find: (items: readonly T[], person: Person) => Promise<readonly Option[]>;
  },
): Promise<Option[]> {
  const who = await identify(deps, actor);
  if (!who.ok) return [reasonOption(who.text)];
  const menu = await menuOf(who.person);
  if ('why' in menu) return [reasonOption(menu.why)];
  const found = await find(menu.items, who.person);
  return found.slice(0, MAX_OPTIONS);
}

/** Those in which every typed word is found; those that begin with what was typed come first, then by name. */
export function search<T>(
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
