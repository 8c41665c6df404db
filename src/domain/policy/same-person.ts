/** Which Slack accounts belong to one person. Pure. */

import { isAlike, isSameMailbox } from '../postgres/login.js';
import type { DeciderFacts } from './policy.js';

type Account = Omit<DeciderFacts, 'groups'>;

/** Do these two accounts belong to one person: the same account, login or mailbox? */
function isSamePerson(one: Account, other: Account): boolean {
  const alike = (login: string | null, by: string | null) =>
    login !== null && by !== null && isAlike(login, by);
  return (
    one.userId === other.userId ||
    [...one.logins].some((login) => other.logins.has(login)) ||
    alike(one.loginByAddress, other.loginByAddress) ||
    (one.email !== null && other.email !== null && isSameMailbox(one.email, other.email))
  );
}

/** The people behind these accounts, in the order of their first: accounts that share one with a third are one person's. */
export function byPerson<T extends Account>(accounts: readonly T[]): readonly (readonly [T, ...T[]])[] {
  let people: readonly (readonly [T, ...T[]])[] = [];
  for (const account of accounts) {
    const isTheirs = (person: readonly T[]) => person.some((each) => isSamePerson(each, account));
    const [first, ...more] = people.filter(isTheirs);
    if (first === undefined) people = [...people, [account]];
    else {
      const person = [...first, ...more.flat(), account] as const;
      people = people.filter((each) => !more.includes(each)).map((each) => (each === first ? person : each));
    }
  }
  return people;
}
