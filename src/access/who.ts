import type { Config, TargetConfig } from '../config/config.js';
import { type LoginAnswer, loginOf } from '../domain/login.js';
import { isGroup, type Principal } from '../domain/policy.js';
import type { AccessRequest } from '../domain/request.js';
import type { Person } from '../messenger/messenger.js';
import { logSecurity } from '../security.js';
import { notEligible, personUnreadable } from '../surfaces/form-words.js';
import type { Actor } from './access.js';
import type { Deps } from './deps.js';

export type Identified =
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly text: string };

/** Who acts, as Slack says at most a minute ago; guests, bots, strangers and deactivated accounts are refused. */
export async function identify(
  { messenger, logger }: Pick<Deps, 'messenger' | 'logger'>,
  actor: Actor,
): Promise<Identified> {
  let person: Person;
  try {
    person = await messenger.person(actor.userId);
  } catch (error) {
    logger.warn({ err: error, user: actor.userId }, 'Slack did not say who this is');
    return { ok: false, text: personUnreadable() };
  }
  const foreign = actor.userTeamId !== actor.teamId || person.teamId !== actor.teamId;
  const why = foreign ? 'foreign' : unfit(person);
  if (why === null) return { ok: true, person };
  logSecurity(logger, `${why}_account`, { user: actor.userId, team: actor.userTeamId }, 'refused an account');
  return { ok: false, text: notEligible(why) };
}

/** Why an account may not use Hallpass, whoever's it is; null when it may. */
export function unfit(person: Person): 'deactivated' | 'bot' | 'guest' | null {
  if (person.deactivated) return 'deactivated';
  if (person.bot) return 'bot';
  return person.guest ? 'guest' : null;
}

/** This person's Postgres login on a target, or a sentence for them why there is none. */
export function findLogin(
  config: Config,
  target: TargetConfig,
  person: Pick<Person, 'id' | 'email'>,
): LoginAnswer {
  return loginOf({ userId: person.id, email: person.email, target, people: config.people });
}

/** Their login there; null when they have none, or may not. */
export function loginOn(config: Config, target: string, person: Pick<Person, 'id' | 'email'>): string | null {
  const targetConfig = config.targets.get(target);
  return targetConfig === undefined ? null : findLogin(config, targetConfig, person).login;
}

/** Every login that a person is known by for a target, "may not" or not: a second account is no second person. */
export function loginsOf(
  config: Config,
  target: string,
  person: Pick<Person, 'id' | 'email'>,
): ReadonlySet<string> {
  const named = [
    config.targets.get(target)?.people.get(person.id),
    config.people.get(person.id)?.login,
    loginOn(config, target, person),
  ];
  return new Set(named.filter((login) => login != null));
}

/** Does the requester still have the login that was asked for, and may they still ask at all? */
export async function mappingStands(
  { config, messenger }: Pick<Deps, 'config' | 'messenger'>,
  request: AccessRequest,
): Promise<boolean> {
  const requester = await messenger.person(request.requester);
  return unfit(requester) === null && loginOn(config, request.target, requester) === request.login;
}

/**
 * The members of each group among these, at most a minute old; null where Slack did not say.
 * @param ms how long is waited for each; a late answer is remembered, and serves the next time.
 */
export async function readGroups(
  { messenger, logger }: Pick<Deps, 'messenger' | 'logger'>,
  principals: readonly Principal[],
  ms: number | null = null,
): Promise<ReadonlyMap<string, ReadonlySet<string> | null>> {
  const read = async (id: string): Promise<ReadonlySet<string> | null> => {
    try {
      return await messenger.members(id);
    } catch (error) {
      logger.warn({ err: error, group: id }, 'Slack did not say who is in a group');
      return null;
    }
  };
  const ids = new Set(principals.filter(isGroup).map(({ id }) => id));
  const entries = [...ids].map(async (id) => {
    if (ms === null) return [id, await read(id)] as const;
    const late = new Promise<null>((resolve) => setTimeout(resolve, ms, null).unref());
    return [id, await Promise.race([read(id), late])] as const;
  });
  return new Map(await Promise.all(entries));
}
