import { describe, expect, it } from 'vitest';
import { mayDecide, type Principal, qualifies } from '../../src/domain/policy.js';

const DBA: Principal = { id: 'S0DBA', name: 'dba' };
const CORA: Principal = { id: 'U0CORA', name: null };
const request = { requester: 'U0ANA', login: 'ana' };
const groups = new Map([['S0DBA', new Set(['U0BEN', 'U0ANA', 'U0ANA2'])]]);

describe('who may decide', () => {
  it.each([
    ['a member of the group', 'U0BEN', 'ben', { ok: true, via: 'dba' }],
    ['somebody named', 'U0CORA', null, { ok: true, via: 'named' }],
    ['a stranger', 'U0EVE', 'eve', { ok: false, code: 'not_an_approver' }],
    ['the requester, though in the group', 'U0ANA', 'ana', { ok: false, code: 'own_request' }],
    ['a second account with the same login', 'U0ANA2', 'ana', { ok: false, code: 'same_login' }],
  ])('%s', (_, userId, login, expected) => {
    expect(mayDecide([DBA, CORA], { userId, logins: new Set([login ?? '']), groups }, request)).toEqual(
      expected,
    );
  });

  it('refuses while a group cannot be read, except those who qualify without it', () => {
    const unread = new Map([['S0DBA', null]]);
    expect(mayDecide([DBA, CORA], { userId: 'U0BEN', logins: new Set(), groups: unread }, request)).toEqual({
      ok: false,
      code: 'group_unknown',
      groups: [DBA],
    });
    expect(qualifies([DBA, CORA], { userId: 'U0CORA', groups: unread })).toMatchObject({ ok: true });
  });
});
