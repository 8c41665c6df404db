import { expect, it } from 'vitest';
import { byPerson } from '../../src/domain/policy/same-person.js';

interface Known {
  readonly login?: string;
  readonly address?: string;
  readonly email?: string;
}

const account = (userId: string, { login, address, email }: Known = {}) => ({
  userId,
  logins: new Set(login === undefined ? [] : [login]),
  loginByAddress: address ?? null,
  email: email ?? null,
});
const people = (...accounts: readonly ReturnType<typeof account>[]) =>
  byPerson(accounts).map((each) => each.map(({ userId }) => userId).join(' '));

it.each<[string, Known, Known, boolean]>([
  ['of whom nothing is known', {}, {}, false],
  ['one login', { login: 'ana' }, { login: 'ana' }, true],
  ['logins that differ in case', { login: 'ana' }, { login: 'Ana' }, false],
  ['the same login by their addresses', { address: 'ana' }, { address: 'Ana' }, true],
  ['one mailbox', { email: 'ana@x.org' }, { email: 'Ana+2@X.org' }, true],
  ['an address that is not known', { email: 'ana@x.org' }, {}, false],
])('two accounts with %s', (_, one, other, isOne) => {
  expect(people(account('U1', one), account('U2', other))).toEqual(isOne ? ['U1 U2'] : ['U1', 'U2']);
});

it('accounts that share one with a third are one person', () => {
  const [a, b, c, d] = [
    account('U1', { login: 'ana' }),
    account('U2', { email: 'ana@x.org' }),
    account('U3', { login: 'ben' }),
    account('U4', { login: 'ana', email: 'ana@x.org' }),
  ] as const;
  for (const [accounts, answer] of [
    [
      [a, b, c],
      ['U1', 'U2', 'U3'],
    ],
    [
      [a, b, c, d],
      ['U1 U2 U4', 'U3'],
    ],
    [
      [d, c, b, a],
      ['U4 U2 U1', 'U3'],
    ],
    [
      [c, a, d, b],
      ['U3', 'U1 U4 U2'],
    ],
    [[a, a], ['U1 U1']],
    [[], []],
  ] as const) {
    expect(people(...accounts)).toEqual(answer);
  }
});
