/**
 * Which Postgres login is this person's on a target? The configuration's entry for the Slack user decides; without one,
 * and where it is switched on, the confirmed e-mail address. Mail ignores case and Postgres doesn't, so an address only
 * suggests a name, and the server says which login that is. Invariants: an address never yields a login that the
 * configuration gives to someone else, nor one of two that differ only in case.
 */
import { MAX_NAME_BYTES } from './postgres-name.js';

/** What the configuration says of logins on one target. */
export interface LoginRules {
  /** As people are told it. */
  readonly name: string;
  /** By Slack user id: a login, or null for "may not". */
  readonly people: ReadonlyMap<string, string | null>;
  /** `{local}` in the pattern is what stands before the "@", `{email}` the whole address. Domains in lower case. */
  readonly emailRule: { readonly pattern: string; readonly domains: readonly string[] } | null;
}

export interface LoginFacts {
  /** Slack user id. */
  readonly userId: string;
  /** The confirmed address; null when there is none, or we may not read it. */
  readonly email: string | null;
  /** Why we may not read it, in sentences; null when that isn't the reason. */
  readonly emailUnread?: string | null;
  readonly target: LoginRules;
  /** The logins that hold for all targets, by Slack user id. */
  readonly people: ReadonlyMap<string, { readonly login: string | null }>;
}

export type LoginAnswer =
  /** From an address (`email`): in lower case, and not yet the name that the server has for it. */
  | { readonly login: string; readonly how: 'target' | 'people' | 'email' }
  /** `why` is a sentence for that person. */
  | { readonly login: null; readonly why: string };

const ASK_OPERATOR = 'Ask an operator to add you to the configuration.';

export function loginOf(facts: LoginFacts): LoginAnswer {
  const { userId, target, people } = facts;
  const here = target.people.get(userId);
  if (here === null)
    return { login: null, why: `The configuration says that you may not use ${target.name}.` };
  if (here !== undefined) return { login: here, how: 'target' };
  const anywhere = people.get(userId)?.login ?? null;
  if (anywhere !== null) return { login: anywhere, how: 'people' };
  return fromEmail(facts);
}

function fromEmail({ userId, email, emailUnread, target, people }: LoginFacts): LoginAnswer {
  const no = (why: string): LoginAnswer => ({ login: null, why: `${why} ${ASK_OPERATOR}` });
  if (target.emailRule === null) return no(`No login on ${target.name} is known for you.`);
  if (email === null && emailUnread != null) {
    return { login: null, why: `Your login follows from your e-mail address. ${emailUnread}` };
  }
  if (email === null)
    return no('Slack shows no confirmed e-mail address of yours, from which your login follows.');

  // Checked before lowercasing: "\u212a", the Kelvin sign, would become a "k". And "+" would let one mailbox claim many
  // logins.
  const plain = /^([A-Za-z0-9._-]+)@([A-Za-z0-9.-]+)$/.exec(email);
  if (plain === null) return no('Your e-mail address holds characters from which no login is made.');
  const [local = '', domain = ''] = plain.slice(1).map((part) => part.toLowerCase());
  if (!target.emailRule.domains.includes(domain)) {
    return no(`Your e-mail address is not in a domain whose people have a login on ${target.name}.`);
  }
  const login = target.emailRule.pattern
    .replaceAll('{local}', local)
    .replaceAll('{email}', `${local}@${domain}`);
  if (Buffer.byteLength(login) > MAX_NAME_BYTES) {
    return no('The login made of your e-mail address would be too long for Postgres.');
  }
  if (isSomebodyElses(login, userId, target.people, people)) {
    return no(`The login made of your e-mail address, ${login}, is somebody else's.`);
  }
  return { login, how: 'email' };
}

function isSomebodyElses(
  login: string,
  userId: string,
  here: LoginRules['people'],
  anywhere: LoginFacts['people'],
): boolean {
  const owners = [
    ...here,
    ...[...anywhere].map(([id, person]): [string, string | null] => [id, person.login]),
  ];
  return owners.some(([id, owned]) => id !== userId && owned !== null && isAlike(owned, login));
}

/** Do these name the same login, as far as an address can tell? Errs on the side of yes. */
export function isAlike(a: string, b: string): boolean {
  return fold(a) === fold(b);
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Do these addresses belong to one person? Mail for `ana+x@` arrives at `ana@`. */
export function isSameMailbox(a: string, b: string): boolean {
  return fold(a).replace(/\+[^@]*@/, '@') === fold(b).replace(/\+[^@]*@/, '@');
}

/**
 * Which login on the server an address names.
 * @param wish what `loginOf` made of it; @param alike the logins there that equal it regardless of case.
 */
export function chooseLogin(
  wish: string,
  alike: readonly string[],
  target: Pick<LoginRules, 'name'>,
): LoginAnswer {
  const [first = wish, second] = alike;
  if (second === undefined) return { login: first, how: 'email' };
  const names = alike.slice(0, 4).map((name) => `“${name}”`);
  const why = `Your e-mail address could mean more than one login on ${target.name}: ${names.join(', ')}. ${ASK_OPERATOR}`;
  return { login: null, why };
}
