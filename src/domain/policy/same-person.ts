/** Which Slack accounts belong to one person. Pure. */

import { isAlike, isSameMailbox } from '../postgres/login.js';
import type { Approver } from './approvals.js';
import type { DeciderFacts } from './policy.js';

export type Account = Omit<DeciderFacts, 'groups'>;

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

/** Each person once, by the first of their accounts, with the rules that any of these serves. */
export function peopleServing(accounts: readonly (Account & Approver)[]): readonly Approver[] {
  return byPerson(accounts).map((person) => ({
    userId: person[0].userId,
    serves: [...new Set(person.flatMap(({ serves }) => serves))],
  }));
}

/** As `peopleServing`, where not every account is known: one of which nothing is known is a person's only one. */
export function personsBehind(
  approvers: readonly Approver[],
  known: readonly Account[],
): readonly Approver[] {
  const accounts = new Map(known.map((account) => [account.userId, account]));
  const serving = approvers.flatMap((each) => {
    const account = accounts.get(each.userId);
    return account === undefined ? [] : [{ ...account, ...each }];
  });
  return [...peopleServing(serving), ...approvers.filter(({ userId }) => !accounts.has(userId))];
}
