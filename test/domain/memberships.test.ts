import { describe, expect, it } from 'vitest';
import { diffMemberships } from '../../src/domain/postgres/memberships.js';
import { sortDue } from '../../src/domain/request/due.js';
import { anActive, aRequest, later, NOON, PLACE } from './a-request.js';

const HERE = { server: PLACE.server, grantorOid: PLACE.grantorOid };
const ids = (requests: readonly { id: number }[]) => requests.map(({ id }) => id);

describe('what is wanted against what was seen', () => {
  const pending = aRequest({ id: 1 });
  const granting = aRequest({ id: 2, state: 'granting', decidedAt: NOON });
  const active = anActive({ id: 3 });
  const expired = anActive({ id: 4, expiresAt: later(1_000) });
  const ending = anActive({ id: 5, state: 'ending', why: 'relinquished' });
  const neverRun = aRequest({ id: 6, state: 'ending', why: 'failed' });
  const all = [pending, granting, active, expired, ending, neverRun];

  it('sorts what is due by the ledger alone', () => {
    const todo = sortDue(all, later(1_000));
    expect(ids(todo.grant)).toEqual([2]);
    expect(ids(todo.revoke)).toEqual([4, 5]);
    expect(ids(todo.neverGranted)).toEqual([6]);
    expect(todo.extend).toEqual([]);
  });

  it('finds the active grant that somebody took away', () => {
    const todo = diffMemberships([active], { ...HERE, memberships: [] }, NOON);
    expect(ids(todo.missing)).toEqual([active.id]);
  });

  it('tells the target of what was made longer, until it has confirmed it, or it has ended', () => {
    const extension = { state: 'asked', by: 'U0BEN', at: NOON, from: later(1_000) } as const;
    const asked = anActive({ id: 7, extension });
    const confirmed = anActive({ id: 8, extension: { ...extension, state: 'confirmed' } });
    expect(ids(sortDue([asked, confirmed], NOON).extend)).toEqual([7]);
    expect(sortDue([asked], later(3_600_000)).extend).toEqual([]);
  });

  it('leaves the active grant that is there alone', () => {
    const todo = diffMemberships([active], { ...HERE, memberships: [PLACE] }, NOON);
    expect(todo).toEqual({ missing: [], unexplained: [] });
    expect(sortDue([active], NOON)).toEqual({ grant: [], extend: [], revoke: [], neverGranted: [] });
  });

  it.each([
    ['on another server', { server: 'another' }],
    ['of another login of ours', { grantorOid: 1 }],
  ])('concludes nothing about a grant %s', (_, elsewhere) => {
    const todo = diffMemberships([active], { ...HERE, ...elsewhere, memberships: [PLACE] }, NOON);
    expect(todo.missing).toEqual([]);
    expect(todo.unexplained).toEqual([PLACE]);
  });

  it('reports what no open request explains', () => {
    const stranger = { roleOid: 99, memberOid: 98 };
    const todo = diffMemberships([active, ending], { ...HERE, memberships: [PLACE, stranger] }, NOON);
    expect(todo.unexplained).toEqual([stranger]);
  });
});
