/** Who gains and loses what between two configurations, as a reviewer of a pull request reads it. */
import { expect, test } from 'vitest';
import { accessDiff, sayAccessChange } from '../../src/config/changes/access-diff.js';
import { load } from './files.js';

const file = (read: string, more = '') => `
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789, sre: S0123456788 }
operators: [sre]
defaults: { approvers: dba }
policies: { read: { ${read} } }
targets:
  shop: { url: "postgres://hallpass:\${PW}@db/shop", roles: { orders_read: read, payments_read: read }${more} }
  billing: { url: postgres://hallpass@db/billing, roles: { invoices_read: read } }
`;
const between = (before: string, after: string) =>
  accessDiff(load(before, { PW: 'a' }), load(after, { PW: 'b' })).map(sayAccessChange);
const READERS = 'billing/invoices_read, shop/orders_read, shop/payments_read';

test('what means the same differs in nothing', () => {
  expect(
    between(file('max: 1h'), file('max: 60m').replace('approvers: dba', 'approvals: { from: dba }')),
  ).toEqual([]);
});

test.each([
  [
    'approvers: [dba, sre]',
    [
      '+ P: sre (S0123456788) may decide',
      '~ P: approvals: 1 of dba (S0123456789) → 1 of dba (S0123456789), sre (S0123456788)',
    ],
  ],
  [
    'approvers: sre',
    [
      '+ P: sre (S0123456788) may decide',
      '- P: dba (S0123456789) may no longer decide',
      '~ P: approvals: 1 of dba (S0123456789) → 1 of sre (S0123456788)',
    ],
  ],
  ['requesters: sre', ['+ P: sre (S0123456788) may ask', '- P: everyone who has a login may no longer ask']],
  ['max: 8h', ['~ P: max: 4h → 8h']],
  ['max: 1h', ['~ P: durations: 30m, 1h, 4h → 30m, 1h', '~ P: max: 4h → 1h']],
  ['more: { over: 2h, from: dba }', ['~ P: more: none → 1 of dba (S0123456789) when longer than 2h']],
  [
    'on_call: { slack: sre }',
    ['+ P: on call in sre (S0123456788) is granted at once', '~ P: on_call.max: none → 1h'],
  ],
  [
    'automatic: { max: 30m, max_danger: read, hours: "Mon-Fri 08:00-18:00 UTC" }',
    ['~ P: automatic: none → up to 30m, danger read, Mon-Fri 08:00-18:00 UTC'],
  ],
  [
    'break_glass: { who: sre, review: dba }',
    [
      '+ P: dba (S0123456789) reviews break-glass',
      '+ P: sre (S0123456788) may use break-glass',
      '~ P: break_glass.max: none → 1h',
    ],
  ],
  ['repeat: 7d', ['~ P: repeat: none → 7d']],
  ['escalate: { after: 1h, page: true }', ['~ P: escalate: none → 1h: page']],
  ['sessions: leave', ['~ P: sessions: auto → leave']],
])('%s', (settings, said) => {
  expect(between(file(''), file(settings))).toEqual(said.map((line) => line.replace('P', READERS)));
});

test('roles, targets, people and operators come and go', () => {
  const after = file('', ', grant: false, people: { U0123456785: ana }')
    .replace('payments_read: read', 'vault_read: { requesters: sre, max: 1h }')
    .replace('billing:', 'books:')
    .replace('operators: [sre]', 'operators: [dba]\npeople: { U0123456786: { login: ben } }');
  expect(between(file(''), after)).toEqual([
    '- billing: target removed',
    '- billing/invoices_read, shop/payments_read: role removed',
    '+ books: target added',
    '+ books/invoices_read: everyone who has a login may ask',
    '+ books/invoices_read: role added: approvals 1 of dba (S0123456789); max 4h',
    '+ everywhere: dba (S0123456789) is an operator',
    '- everywhere: sre (S0123456788) is no longer an operator',
    '~ everywhere: U0123456786: not mentioned → login ben',
    '~ shop: U0123456785: not mentioned → login ana',
    '~ shop: grant: true → false',
    '+ shop/vault_read: role added: approvals 1 of dba (S0123456789); max 1h',
    '+ shop/vault_read: sre (S0123456788) may ask',
  ]);
});

test('what many roles share is one line, and the rest of a long list is counted', () => {
  const many = (max: string) =>
    file('').replace(
      'orders_read: read',
      Array.from({ length: 1_000 }, (_, i) => `r${String(i).padStart(3, '0')}: { max: ${max} }`).join(', '),
    );
  const [line, ...others] = between(many('4h'), many('8h'));
  expect(others).toEqual([]);
  expect(line).toMatch(/^~ shop\/r000, .*, shop\/r009 and 990 more: max: 4h → 8h$/);
});
