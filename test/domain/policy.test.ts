import { describe, expect, it } from 'vitest';
import { mayDecide, type Principal, qualifies } from '../../src/domain/policy/policy.js';

const DBA: Principal = { id: 'S0DBA', name: 'dba' };
const CORA: Principal = { id: 'U0CORA', name: null };
const request = { requester: 'U0ANA', login: 'ana', email: null };
const UNKNOWN = { loginByAddress: null, email: null };
const groups = new Map([['S0DBA', new Set(['U0BEN', 'U0ANA', 'U0ANA2'])]]);

describe('who may decide', () => {
  it.each([
    ['a member of the group', 'U0BEN', 'ben', { ok: true, via: 'dba' }],
    ['somebody named', 'U0CORA', null, { ok: true, via: 'named' }],
    ['a stranger', 'U0EVE', 'eve', { ok: false, code: 'not_an_approver' }],
    ['the requester, though in the group', 'U0ANA', 'ana', { ok: false, code: 'own_request' }],
    ['a second account with the same login', 'U0ANA2', 'ana', { ok: false, code: 'same_login' }],
  ])('%s', (_, userId, login, expected) => {
    expect(
      mayDecide([DBA, CORA], { ...UNKNOWN, userId, logins: new Set([login ?? '']), groups }, request),
    ).toEqual(expected);
  });

  it('counts an account of the same mailbox, or whose address gives the same login, as the requester', () => {
    const ask = (decider: object, asked: object = {}) =>
      mayDecide(
        [DBA],
        { ...UNKNOWN, userId: 'U0BEN', logins: new Set(['ben']), groups, ...decider },
        { ...request, ...asked },
      );
    const ok = { ok: true, via: 'dba' };
    expect(ask({ loginByAddress: 'ana@example.com' }, { login: 'Ana@example.com' })).toMatchObject({
      code: 'same_login',
    });
    expect(ask({ loginByAddress: 'ben' })).toEqual(ok);
    const email = 'ana@example.com';
    expect(ask({ email: 'Ana+x@Example.com' }, { email })).toMatchObject({ code: 'same_email' });
    expect(ask({ email: null }, { email })).toEqual(ok);
    expect(ask({ email: 'ben@example.com' }, { email })).toEqual(ok);
  });

  it('refuses while a group cannot be read, except those who qualify without it', () => {
    const unread = new Map([['S0DBA', null]]);
    expect(
      mayDecide([DBA, CORA], { ...UNKNOWN, userId: 'U0BEN', logins: new Set(), groups: unread }, request),
    ).toEqual({
      ok: false,
      code: 'group_unknown',
      groups: [DBA],
    });
    expect(qualifies([DBA, CORA], { userId: 'U0CORA', groups: unread })).toMatchObject({ ok: true });
  });
});
