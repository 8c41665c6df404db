import { describe, expect, it, test } from 'vitest';
import { type Names, readRequest, readSubCommand } from '../../src/domain/typed/typed-command.js';
import { tokensOf } from '../../src/domain/typed/typed-tokens.js';

const HOUR = 3_600_000;
const ROLES: Readonly<Record<string, readonly string[]>> = {
  'shop-prod': ['orders_read', 'orders_write', 'Orders_Read2', 'read only', 'billing', 'a/b', 'on'],
  'shop-stage': ['orders_read', 'stage_only', 'CASE', 'case'],
  billing: ['billing', 'invoices_read'],
  mine: ['gold_read'],
};
const alike = (known: readonly string[], word: string) => {
  const exact = known.filter((name) => name === word);
  return exact.length > 0 ? exact : known.filter((name) => name.toLowerCase() === word.toLowerCase());
};
const NAMES: Names = {
  instances: (word) => alike(Object.keys(ROLES), word),
  roles: (instance, word) => alike(ROLES[instance] ?? [], word),
  instancesWith: (role) => Object.keys(ROLES).filter((key) => alike(ROLES[key] ?? [], role).length > 0),
};
const read = (typed: string) => readRequest(typed, NAMES);
const WHOLE = {
  instance: 'shop-prod',
  role: 'orders_read',
  durationMs: 2 * HOUR,
  reason: 'OPS-123 stuck order',
  doubts: [],
};

describe('whole', () => {
  it.each([
    'shop-prod orders_read 2h OPS-123 stuck order',
    '  shop-prod   orders_read\t2h\nOPS-123 stuck order ',
    // Non-breaking, thin and zero-width spaces, and a mark that turns text around.
    'shop-prod\u00a0orders_read\u202f2h\u3000OPS-123 stuck order',
    '\ufeffshop-prod\u200b orders_\u200bread 2h \u200eOPS-123 stuck order'.replace('\u200eOPS', 'OPS'),
    // A phone begins with a capital.
    'Shop-prod Orders_read 2h OPS-123 stuck order',
    'SHOP-PROD ORDERS_READ 2H OPS-123 stuck order',
    'orders_read shop-prod 2h OPS-123 stuck order',
    'orders_read on shop-prod for 2h OPS-123 stuck order',
    'the role orders_read on the instance shop-prod for 2h: OPS-123 stuck order',
    '2h shop-prod orders_read OPS-123 stuck order',
    'shop-prod 2h orders_read OPS-123 stuck order',
    'orders_read 2h on shop-prod OPS-123 stuck order',
    'for 2 hours on shop-prod orders_read – OPS-123 stuck order',
    'shop-prod, orders_read, 2h, OPS-123 stuck order',
    'shop-prod/orders_read 2h OPS-123 stuck order',
    'shop-prod / orders_read 2h OPS-123 stuck order',
    // As a card writes it.
    '`shop-prod` / `orders_read` 2h OPS-123 stuck order',
    '"shop-prod"/"orders_read" 2h OPS-123 stuck order',
    '“shop-prod” ”orders_read” 2 hrs - OPS-123 stuck order',
    '„shop-prod“ «orders_read» 120 min OPS-123 stuck order',
    "'shop-prod' ‘orders_read’ 2h OPS-123 stuck order",
  ])('%j', (typed) => {
    expect(read(typed)).toEqual(WHOLE);
  });

  it.each([
    ['shop-prod "read only" 2h why', { role: 'read only', reason: 'why' }],
    ['shop-prod “read only” 2h why', { role: 'read only' }],
    ['shop-prod a/b 2h why', { role: 'a/b' }],
    ['shop-prod orders_read2 2h why', { role: 'Orders_Read2' }],
    ['shop-prod orders_read 2h', { reason: '' }],
    ['shop-prod orders_read 1 hour', { durationMs: HOUR, reason: '' }],
    ['billing billing 2h why', { instance: 'billing', role: 'billing', reason: 'why' }],
    ['shop-prod billing 2h why', { instance: 'shop-prod', role: 'billing' }],
    // A role that is called like a word between names.
    ['shop-prod on 2h why', { role: 'on' }],
    ['mine gold_read 2h why', { instance: 'mine', role: 'gold_read' }],
    ['"mine" gold_read 2h why', { instance: 'mine', role: 'gold_read' }],
    // In what follows, names and durations are words like any others.
    ['shop-prod orders_read 2h shop-stage is slow for 4h', { reason: 'shop-stage is slow for 4h' }],
    ['shop-prod orders_read 2h orders_write fails', { reason: 'orders_write fails' }],
    ['shop-prod orders_read 2h on call', { reason: 'on call' }],
    ["shop-prod orders_read 2h it's “odd”", { reason: "it's “odd”" }],
    ['shop-prod orders_read 2h <!channel> & @here', { reason: '<!channel> & @here' }],
    ['shop-prod orders_read 2h a\n b  c', { reason: 'a\n b  c' }],
    ['shop-prod orders_read 2h 4711 is stuck', { reason: '4711 is stuck' }],
  ] as const)('%j', (typed, part) => {
    expect(read(typed)).toMatchObject({ ...part, doubts: [] });
  });
});

describe('a part', () => {
  const missing = (about: string, among: readonly string[] = []) => ({ about, typed: null, among });
  it.each([
    ['', {}, [missing('instance'), missing('role'), missing('duration')]],
    ['shop-prod', { instance: 'shop-prod' }, [missing('role'), missing('duration')]],
    ['shop-prod orders_read', { role: 'orders_read' }, [missing('duration')]],
    ['shop-prod 2h', { durationMs: 2 * HOUR }, [missing('role')]],
    ['shop-prod 2h stuck order', { reason: 'stuck order' }, [missing('role')]],
    ['2h stuck order', { reason: 'stuck order' }, [missing('instance'), missing('role')]],
    ['shop-prod orders_read stuck order', { reason: 'stuck order' }, [missing('duration')]],
    // Only one instance has it, and still it was not named.
    [
      'stage_only 2h why',
      { instance: 'shop-stage', role: 'stage_only', reason: 'why' },
      [missing('instance', ['shop-stage'])],
    ],
    [
      'orders_read 2h why',
      { instance: null, role: null, reason: 'why' },
      [missing('instance', ['shop-prod', 'shop-stage'])],
    ],
    // At its end, and perhaps of the reason.
    [
      'shop-prod orders_read stuck for 2h',
      { durationMs: 2 * HOUR, reason: 'stuck for 2h' },
      [missing('duration')],
    ],
    ['shop-prod orders_read stuck since 2h', { durationMs: null }, [missing('duration')]],
  ] as const)('%j', (typed, part, doubts) => {
    expect(read(typed)).toMatchObject({ ...part, doubts });
  });
});

describe('what is unknown, or may mean two things', () => {
  const doubt = (about: string, typed: string, among: readonly string[] = []) => ({ about, typed, among });
  it.each([
    ['shop-prd orders_read 2h why', { reason: 'why', durationMs: 2 * HOUR }, [doubt('instance', 'shop-prd')]],
    [
      'shop-prod ordrs_read 2h why',
      { instance: 'shop-prod', role: null, reason: 'why' },
      [doubt('role', 'ordrs_read')],
    ],
    ['shop-prod stage_only 2h why', { role: null, reason: 'why' }, [doubt('role', 'stage_only')]],
    ['shop-prd ordrs 2h why', { reason: 'why' }, [doubt('instance', 'shop-prd'), doubt('role', 'ordrs')]],
    ['ordrs on shop-prod 2h why', { instance: 'shop-prod' }, [doubt('role', 'ordrs')]],
    ['stage_only on shop-prod 2h why', { instance: 'shop-prod', role: null }, [doubt('role', 'stage_only')]],
    [
      'shop-prod/ordrs 2h why',
      { instance: 'shop-prod', role: null, reason: 'why' },
      [doubt('role', 'ordrs')],
    ],
    ['invoices', { reason: '' }, [doubt('instance', 'invoices')]],
    ['shop-prod invoices', { reason: '' }, [doubt('role', 'invoices')]],
    ['the order is stuck', { reason: 'the order is stuck' }, [doubt('instance', 'order')]],
    ['shop-prod the order is stuck', { reason: 'the order is stuck' }, [doubt('role', 'order')]],
    [
      'shop-prod shop-stage orders_read 2h why',
      { instance: null },
      [doubt('instance', 'shop-stage', ['shop-prod', 'shop-stage'])],
    ],
    [
      'shop-prod orders_read orders_write 2h why',
      { role: null, reason: 'why' },
      [doubt('role', 'orders_write', ['orders_read', 'orders_write'])],
    ],
    ['shop-stage Case 2h why', { role: null, reason: 'why' }, [doubt('role', 'Case', ['CASE', 'case'])]],
    [
      'shop-prod orders_read 2h 30m why',
      { durationMs: 2.5 * HOUR, reason: 'why' },
      [doubt('duration', '2h 30m')],
    ],
    [
      'shop-prod orders_read 2h 4h why',
      { durationMs: 2 * HOUR, reason: 'why' },
      [doubt('duration', '2h 4h')],
    ],
    ['shop-prod orders_read 2 stuck', { durationMs: null, reason: '2 stuck' }, [doubt('duration', '2')]],
    ['shop-prod orders_read 1.5h stuck', { durationMs: null }, [doubt('duration', '1.5h')]],
    ['shop-prod orders_read 0m stuck', { durationMs: null }, [doubt('duration', '0m')]],
    ['shop-prod orders_read "2h" stuck', { durationMs: null, reason: '"2h" stuck' }, []],
  ] as const)('%j', (typed, part, doubts) => {
    const found = read(typed);
    expect(found).toMatchObject(part);
    for (const each of doubts) expect(found.doubts).toContainEqual(each);
    expect(found.doubts.length).toBeGreaterThan(0);
  });

  it('of hostile text makes words, in no time', () => {
    const began = performance.now();
    for (const typed of [
      '<!channel> <@U0EVE> &amp;',
      '"'.repeat(3_000),
      `"${'a"'.repeat(1_500)}`,
      ' '.repeat(3_000),
      '1 '.repeat(1_500),
      '9'.repeat(3_000),
      '/'.repeat(3_000),
      '__proto__ constructor 2h x',
      '\0\ud800 \u202eelpoep',
      `shop-prod ${'x'.repeat(3_000)} 2h`,
      `shop-prod orders_read ${'for '.repeat(700)}2h`,
    ]) {
      expect(read(typed).doubts.length).toBeGreaterThan(0);
    }
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('sub-commands', () => {
  it.each([
    ['help', { name: 'help', words: [] }],
    [' Mine ', { name: 'mine', words: [] }],
    ['again R-1042', { name: 'again', words: ['R-1042'] }],
    ['relinquish “read only”', { name: 'relinquish', words: ['read only'] }],
    ['who\u00a0shop-prod', { name: 'who', words: ['shop-prod'] }],
    ['help me', { name: 'help', words: ['me'] }],
    ['"mine"', null],
    ['“mine” gold_read', null],
    ['mines', null],
    ['', null],
    ['shop-prod mine', null],
  ])('%j', (typed, found) => {
    expect(readSubCommand(typed)).toEqual(found);
  });
});

test.each([
  ['a "b c" d', ['a', 'b c', 'd']],
  ['"a ""b"" c"', ['a "b" c']],
  ['"open and so on', ['"open', 'and', 'so', 'on']],
  ['o"clock', ['o"clock']],
  ['"" a', ['""', 'a']],
  [', a', ['a']],
])('the words of %j', (typed, words) => {
  expect(tokensOf(typed).map(({ text }) => text)).toEqual(words);
});
