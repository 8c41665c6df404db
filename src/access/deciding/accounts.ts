/** Who a Slack account is, and who is in a group, as Slack says. */
import { isGroup, type Principal } from '../../domain/policy/policy.js';
import { inTime } from '../../in-time.js';
import type { Person } from '../../messenger/messenger.js';
import { logSecurity } from '../../security.js';
import { notEligible, personUnreadable } from '../../surfaces/forms/form-words.js';
import type { Unsaid } from '../../surfaces/kit/unsaid.js';
import type { Actor } from '../access.js';
import type { Deps } from '../deps.js';

export type Identified =
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly text: string };

/** The person who acts, as Slack described them at most a minute ago. Guests, bots, strangers and deactivated accounts are refused. */
export async function identify(
  { messenger, logger }: Pick<Deps, 'messenger' | 'logger'>,
  actor: Actor,
): Promise<Identified> {
  let person: Person;
  try {
    person = await messenger.person(actor.userId);
  } catch (error) {
    logger.warn({ err: error, user: actor.userId }, 'Slack did not say who this is');
    return { ok: false, text: personUnreadable(messenger.whyUnsaid(actor.userId)) };
  }
  const why = unfit(person);
  if (why === null) return { ok: true, person };
  logSecurity(logger, `${why}_account`, { user: actor.userId }, 'refused an account');
  return { ok: false, text: notEligible(why) };
}

/** Why an account may not use Hallpass; null when it may. */
export function unfit(person: Person): 'deactivated' | 'bot' | 'guest' | 'foreign' | null {
  if (person.deactivated) return 'deactivated';
  if (!person.member) return 'foreign';
  if (person.bot) return 'bot';
  return person.guest ? 'guest' : null;
}

/** Why Slack did not say who is in these groups; null when that isn't known, or passes. */
export function whyUnsaid(
  { messenger }: Pick<Deps, 'messenger'>,
  groups: readonly Principal[],
): Unsaid | null {
  return groups.map(({ id }) => messenger.whyUnsaid(id)).find((why) => why?.passing === false) ?? null;
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
    return [id, await (ms === null ? read(id) : inTime(ms, read(id), () => null))] as const;
  });
  return new Map(await Promise.all(entries));
}
