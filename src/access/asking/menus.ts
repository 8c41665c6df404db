/**
 * What the form's two menus hold: only what this person may ask for, there where they typed the command. A menu that is
 * empty says why.
 */
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { Person } from '../../messenger/messenger.js';
import * as words from '../../surfaces/forms/form-words.js';
import { findLogin } from '../deciding/logins.js';
import type { Deps } from '../deps.js';
import { type Asking, readScope, sayHidden } from './eligibility.js';

type MenuDeps = Pick<Deps, 'config' | 'roles' | 'messenger' | 'logger'>;
type Asker = Pick<Person, 'id' | 'email'>;

export type Menu<T> =
  | { readonly items: readonly [T, ...T[]] }
  /** A sentence for that person, in plain text. */
  | { readonly items: readonly []; readonly why: string };

function menu<T>([first, ...rest]: readonly T[], why: string): Menu<T> {
  return first === undefined ? { items: [], why } : { items: [first, ...rest] };
}

/** The instances with a role for this person. Why they can't ask for it here, or now, is said when one is chosen. */
export async function targetMenu(deps: MenuDeps, person: Asker): Promise<Menu<TargetConfig>> {
  const { config, roles } = deps;
  const terms = [...config.targets.values()].filter(({ grant }) => grant);
  const answers = terms.map((target) => ({ target, answer: findLogin(config, target, person) }));
  const reached = answers.flatMap(({ target, answer }) => (answer.login === null ? [] : [target]));
  const policies = new Map(reached.map(({ key }) => [key, roles.list(key).map(({ policy }) => policy)]));
  // Where there is a role for everybody, nobody's groups matter.
  const restricted = [...policies.values()].filter((all) =>
    all.every(({ requesters }) => requesters !== null),
  );
  const refusalOf = await readScope(deps, { userId: person.id, channel: null }, restricted.flat());
  const isForThem = (policy: Policy) =>
    policy.requesters === null || refusalOf(policy)?.code !== 'not_a_requester';
  const offered = reached.filter(({ key }) => policies.get(key)?.some(isForThem) || roles.isUnsure(key));
  const noLogins = new Set(answers.flatMap(({ answer }) => (answer.login === null ? [answer.why] : [])));
  const [noLogin = words.nothingOffered()] = noLogins;
  const nowhere = noLogins.size > 1 ? words.noLoginAnywhere() : noLogin;
  return menu(offered, reached.length === 0 ? nowhere : words.nothingOffered());
}

/** The roles of one target. */
export async function roleMenu(
  deps: MenuDeps,
  { channel }: Pick<Asking, 'channel'>,
  target: TargetConfig,
  person: Asker,
): Promise<Menu<RoleConfig>> {
  const { config, roles } = deps;
  if (!target.grant) return { items: [], why: words.notGranting(target.name) };
  const answer = findLogin(config, target, person);
  if (answer.login === null) return { items: [], why: answer.why };
  roles.wake(target.key);
  const all = roles.list(target.key);
  const refusalOf = await readScope(
    deps,
    { userId: person.id, channel },
    all.map(({ policy }) => policy),
  );
  const refusals = all.flatMap(({ policy }) => refusalOf(policy) ?? []);
  const isElsewhere = refusals.some(({ code }) => code === 'wrong_channel');
  const why =
    sayHidden(refusals) ??
    (roles.isUnsure(target.key)
      ? words.rolesUnread(target.name)
      : isElsewhere
        ? words.nothingHere(target.name)
        : words.nothingFor(target.name));
  return menu(
    all.filter(({ policy }) => refusalOf(policy) === null),
    why,
  );
}
