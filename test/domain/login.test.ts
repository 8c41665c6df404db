import { describe, expect, test } from 'vitest';
import {
  chooseLogin,
  isSameMailbox,
  type LoginFacts,
  type LoginRules,
  loginOf,
} from '../../src/domain/postgres/login.js';

const ANA = 'U0123456785';
const BEN = 'U0123456786';

const shop: LoginRules = {
  name: 'Shop',
  people: new Map(),
  emailRule: { pattern: '{local}', domains: ['example.com'] },
};

/** Ana, whose address is confirmed, on a target where addresses count and nobody is named. */
function ask({
  target,
  ...facts
}: Partial<Omit<LoginFacts, 'target'>> & { target?: Partial<LoginRules> } = {}) {
  return loginOf({
    userId: ANA,
    email: 'ana@example.com',
    people: new Map(),
    ...facts,
    target: { ...shop, ...target },
  });
}

describe('the order', () => {
  const people = new Map([[ANA, { login: 'everywhere' }]]);

  test('the target before everything', () => {
    expect(ask({ target: { people: new Map([[ANA, 'here']]) }, people })).toEqual({
      login: 'here',
      how: 'target',
    });
  });
  test('null on the target is a refusal, whatever else is said', () => {
    expect(ask({ target: { people: new Map([[ANA, null]]) }, people })).toEqual({
      login: null,
      why: 'The configuration says that you may not use Shop.',
    });
  });
  test('people before the address', () => {
    expect(ask({ people })).toEqual({ login: 'everywhere', how: 'people' });
  });
  test('a person without a login there goes by the address', () => {
    expect(ask({ people: new Map([[ANA, { login: null }]]) })).toEqual({ login: 'ana', how: 'email' });
  });
});

describe('an address', () => {
  const email = (address: string | null, target: Partial<LoginRules> = {}) =>
    ask({ email: address, target }).login;
  const rule = (pattern: string) => ({ emailRule: { pattern, domains: ['example.com'] } });

  test.each([
    ['ana@example.com', 'ana'],
    ['Ana.Lee-2_x@Example.COM', 'ana.lee-2_x'],
    ['ana@example.com.evil.org', null],
    ['ana@sub.example.com', null],
    ['ana@evil.org@example.com', null],
    ['ana+dba@example.com', null],
    ['añа@example.com', null],
    ['\u212aim@example.com', null],
    ['"a b"@example.com', null],
    ['@example.com', null],
    ['example.com', null],
    [`${'a'.repeat(64)}@example.com`, null],
    [null, null],
  ])('%j is the login %j', (address, login) => {
    expect(email(address)).toBe(login);
  });

  test('the pattern', () => {
    expect(email('Ana@example.com', rule('{local}_ro'))).toBe('ana_ro');
    expect(email('Ana@Example.com', rule('{email}'))).toBe('ana@example.com');
    expect(email('ana@example.com', { emailRule: null })).toBeNull();
  });

  test("never yields somebody else's login", () => {
    const why =
      "The login made of your e-mail address, ana, is somebody else's. Ask an operator to add you to the configuration.";
    expect(ask({ people: new Map([[BEN, { login: 'ana' }]]) })).toEqual({ login: null, why });
    expect(ask({ target: { people: new Map([[BEN, 'ana']]) } })).toEqual({ login: null, why });
    // Also where that somebody goes by another login on this target: the name is still theirs.
    expect(
      ask({ people: new Map([[BEN, { login: 'ana' }]]), target: { people: new Map([[BEN, null]]) } }).login,
    ).toBeNull();
  });

  test("nor one that differs from somebody else's in nothing but case, or in how Unicode writes it", () => {
    const named = (login: string, pattern = '{local}') =>
      ask({
        people: new Map([[BEN, { login }]]),
        target: { emailRule: { pattern, domains: ['example.com'] } },
      }).login;
    expect(named('ANA')).toBeNull();
    expect(named('Ana@Example.com', '{email}')).toBeNull();
    expect(named('e\u0301_ana', '\u00e9_{local}')).toBeNull();
    expect(named('anna')).toBe('ana');
  });

  test('means the login that the server has, and never one of two', () => {
    const wish = 'ana.lopez@example.com';
    expect(chooseLogin(wish, [], shop).login).toBe(wish);
    expect(chooseLogin(wish, ['Ana.Lopez@example.com'], shop).login).toBe('Ana.Lopez@example.com');
    expect(chooseLogin(wish, ['Ana.Lopez@example.com', wish], shop)).toEqual({
      login: null,
      why: 'Your e-mail address could mean more than one login on Shop: “Ana.Lopez@example.com”, “ana.lopez@example.com”. Ask an operator to add you to the configuration.',
    });
  });

  test('is the same mailbox, whatever its case and what follows a plus', () => {
    expect(isSameMailbox('Ana@example.com', 'ana+dba@EXAMPLE.com')).toBe(true);
    expect(isSameMailbox('ana@example.com', 'ana@example.org')).toBe(false);
    expect(isSameMailbox('ana@example.com', 'anna@example.com')).toBe(false);
  });

  test('two accounts of one person may be named for one login', () => {
    const people = new Map([
      [ANA, { login: 'ana' }],
      [BEN, { login: 'ana' }],
    ]);
    expect([ask({ people }).login, ask({ people, userId: BEN }).login]).toEqual(['ana', 'ana']);
  });
});
