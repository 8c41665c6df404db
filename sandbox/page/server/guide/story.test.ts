import { expect, it } from 'vitest';
import { type Facts, type RequestFacts, type Run, seen } from './story.js';

const players = { ana: 'U0ANA', cora: 'U0CORA' };
const asked: RequestFacts = {
  ...{ id: 'R-1', requester: 'U0ANA', role: 'orders_read', target: 'shop', approver: null },
  ...{ granted: null, gone: null, closed: 0, why: null },
};
const granted: RequestFacts = { ...asked, approver: 'U0CORA', granted: 100 };
const gone: RequestFacts = { ...granted, gone: 200, closed: 1, why: 'expired' };
const run = (at: number, more: Partial<Run> = {}): Run => ({
  ...{ at, on: 'shop', sql: 'select * from orders.orders', denied: null, rows: 5, ...more },
});
const denied = (at: number) => run(at, { denied: 'permission denied for schema orders', rows: 0 });
const done = (facts: Partial<Facts>) =>
  Object.keys(seen({ requests: [], runs: [], outages: [], ...facts }, players));

it('counts only what Ana asked for and Cora approved', () => {
  expect(done({ requests: [{ ...granted, requester: 'U0BEN' }] })).toEqual([]);
  expect(done({ requests: [{ ...granted, approver: 'U0SAM' }] })).toEqual(['ask']);
  expect(done({ requests: [{ ...asked, approver: 'U0CORA' }] })).toEqual(['ask']);
  expect(done({ requests: [granted] })).toEqual(['ask', 'approve']);
});

it('counts rows only of what was granted, where and while it was', () => {
  expect(done({ requests: [granted], runs: [run(150)] })).toContain('rows');
  const others = [run(50), run(150, { on: 'vault' }), run(150, { sql: 'select 1' }), run(150, { rows: 0 })];
  for (const other of others) expect(done({ requests: [granted], runs: [other] })).not.toContain('rows');
});

it('tells a denial before a grant from one after it', () => {
  expect(done({ requests: [asked], runs: [denied(50)] })).toEqual(['ask', 'refused']);
  expect(done({ requests: [gone], runs: [denied(250)] })).toContain('over');
  expect(done({ requests: [gone], runs: [denied(50)] })).not.toContain('over');
  expect(done({ requests: [granted], runs: [denied(150)] })).not.toContain('refused');
});

it('counts a kill only when a grant was out then, and was gone after the start', () => {
  const outage = { from: 150, until: 180 };
  expect(done({ requests: [gone], outages: [outage] })).toContain('break');
  expect(done({ requests: [granted], outages: [outage] })).not.toContain('break');
  expect(done({ requests: [gone], outages: [{ from: 150, until: null }] })).not.toContain('break');
  expect(done({ requests: [gone], outages: [{ from: 210, until: 220 }] })).not.toContain('break');
});
