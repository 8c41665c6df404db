/** Which Postgres login a person has on a target. */
import type { Config, TargetConfig } from '../../config/config.js';
import type { DeciderFacts } from '../../domain/policy/policy.js';
import { chooseLogin, isAlike, type LoginAnswer, loginOf } from '../../domain/postgres/login.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { inTime } from '../../in-time.js';
import type { Person } from '../../messenger/messenger.js';
import { loginUnread } from '../../surfaces/forms/form-words.js';
import type { Deps } from '../deps.js';
import { unfit } from './accounts.js';

/** This person's Postgres login on a target, or a sentence for them why there is none. */
export function findLogin(
  config: Config,
  target: TargetConfig,
  { id: userId, email, emailUnread }: Pick<Person, 'id' | 'email'> & Partial<Pick<Person, 'emailUnread'>>,
): LoginAnswer {
  return loginOf({ userId, email, emailUnread: emailUnread ?? null, target, people: config.people });
}

/** Their login there; null when they have none, or may not. */
export function loginOn(config: Config, target: string, person: Pick<Person, 'id' | 'email'>): string | null {
  const targetConfig = config.targets.get(target);
  return targetConfig === undefined ? null : findLogin(config, targetConfig, person).login;
}

/** By which logins and addresses a person is known for a target, "may not" or not: a second account is no second person. */
export function knownAs(
  config: Config,
  target: string,
  person: Pick<Person, 'id' | 'email'>,
): Pick<DeciderFacts, 'logins' | 'loginByAddress' | 'email'> {
  const named = [
    config.targets.get(target)?.people.get(person.id),
    config.people.get(person.id)?.login,
    loginOn(config, target, person),
  ];
  const rules = config.targets.get(target);
  return {
    logins: new Set(named.filter((login) => login != null)),
    loginByAddress: rules === undefined ? null : byAddress(config, rules, person),
    email: person.email,
  };
}

/** The login that follows from their address alone, as if the configuration did not name them; null when none does. */
function byAddress(
  config: Config,
  rules: TargetConfig,
  { id, email }: Pick<Person, 'id' | 'email'>,
): string | null {
  const others = <T>(people: ReadonlyMap<string, T>) => new Map([...people].filter(([each]) => each !== id));
  const target = { ...rules, people: others(rules.people) };
  return loginOf({ userId: id, email, target, people: others(config.people) }).login;
}

/** `because`: there is none, more than one, or the server did not say; `why` is a sentence for that person. */
export type FoundLogin =
  | { readonly login: string }
  | { readonly login: null; readonly because: 'none' | 'unclear' | 'unread'; readonly why: string };

/**
 * As `findLogin`, with the name that the server itself has for what an address yields.
 * @param ms how long the server is waited for.
 */
export async function resolveLogin(
  { config, inspectors, logger }: Pick<Deps, 'config' | 'inspectors' | 'logger'>,
  target: TargetConfig,
  person: Pick<Person, 'id' | 'email'>,
  ms: number,
): Promise<FoundLogin> {
  const answer = findLogin(config, target, person);
  if (answer.login === null) return { ...answer, because: 'none' };
  const asked = answer.how === 'email' ? inspectors.get(target.key)?.loginsLike(answer.login) : undefined;
  if (asked === undefined) return answer;
  const unread = (thrown: unknown) => {
    logger.info({ err: thrown, target: target.key }, 'the logins of a target could not be read');
    return null;
  };
  const alike = await inTime(ms, asked.catch(unread), () => null);
  if (alike === null) return { login: null, because: 'unread', why: loginUnread(target.name) };
  const chosen = chooseLogin(answer.login, alike, target);
  return chosen.login === null ? { ...chosen, because: 'unclear' } : chosen;
}

/** The server is waited for this long at a click, milliseconds. */
const RESOLVE_MS = 2_000;

/** `changed` also when they may not ask at all any more. */
export type Mapping = 'stands' | 'changed' | 'unclear' | 'unread';

/** Does the requester still have the login that was asked for, and may they still ask at all? */
export async function mappingStands(
  deps: Pick<Deps, 'config' | 'messenger' | 'inspectors' | 'logger'>,
  request: AccessRequest,
): Promise<Mapping> {
  const requester = await deps.messenger.person(request.requester);
  const target = deps.config.targets.get(request.target);
  if (target === undefined || unfit(requester) !== null) return 'changed';
  const wish = loginOn(deps.config, request.target, requester);
  // Then the server need not be asked.
  if (wish === null || !isAlike(wish, request.login)) return 'changed';
  const found = await resolveLogin(deps, target, requester, RESOLVE_MS);
  if (found.login === null) return found.because === 'none' ? 'changed' : found.because;
  return found.login === request.login ? 'stands' : 'changed';
}
