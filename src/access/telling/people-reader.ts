/** Which people are behind the users and user groups that the configuration names. */
import { isGroup, type Principal } from '../../domain/policy/policy.js';
import { coerceError } from '../../errors.js';
import { MessengerError } from '../../messenger/errors.js';
import type { Messenger, Person } from '../../messenger/messenger.js';

/** Operators who are told by direct message where their channel takes none. */
export const MOST_TOLD = 10;

/** A group of Slack's, as far as it can be read. */
export type GroupRead =
  | { readonly members: ReadonlySet<string> }
  | { readonly members: null; readonly error: Error };

/** Reads people and groups, each of them once: what many requests have in common is asked for once, however slow Slack is. */
export interface PeopleReader {
  group(id: string): Promise<GroupRead>;
  /** The person, or why Slack doesn't tell of them. */
  person(id: string): Promise<Person | Error>;
}

export function createPeopleReader(messenger: Pick<Messenger, 'members' | 'person'>): PeopleReader {
  const groups = new Map<string, Promise<GroupRead>>();
  const people = new Map<string, Promise<Person | Error>>();
  /** Slack does not answer: each further question would take as long. */
  let away: Error | null = null;

  async function ask<T>(question: () => Promise<T>): Promise<T | Error> {
    if (away !== null) return away;
    try {
      return await question();
    } catch (thrown) {
      const error = coerceError(thrown);
      if (error instanceof MessengerError && error.passing) away = error;
      return error;
    }
  }

  return {
    group: (id) =>
      once(groups, id, async () => {
        const members = await ask(() => messenger.members(id));
        return members instanceof Error ? { members: null, error: members } : { members };
      }),
    person: (id) => once(people, id, () => ask(() => messenger.person(id))),
  };
}

function once<T>(known: Map<string, Promise<T>>, id: string, read: () => Promise<T>): Promise<T> {
  const reading = known.get(id) ?? read();
  known.set(id, reading);
  return reading;
}

/** The people behind these, each once, `most` of them at the most; those of groups that can't be read are missing. */
export async function peopleBehind(
  reader: PeopleReader,
  principals: readonly Principal[],
  most: number,
): Promise<readonly string[]> {
  const people = new Set<string>();
  for (const principal of principals) {
    const ids = isGroup(principal) ? ((await reader.group(principal.id)).members ?? []) : [principal.id];
    for (const id of ids) {
      if (people.size >= most) return [...people];
      if (!people.has(id)) people.add(id);
    }
  }
  return [...people];
}

/** Slack says that there is no such person, rather than that it can't tell. */
export function isUnknownPerson(error: Error): boolean {
  return error instanceof MessengerError && /^(user_not_found|user_not_visible)$/.test(error.code);
}
