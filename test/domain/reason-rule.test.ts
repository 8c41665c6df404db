import { expect, test } from 'vitest';
import { fits, linkIn, wrongPattern } from '../../src/domain/policy/reason-rule.js';

const rule = (pattern: string, link: string | null = null) => ({ pattern, hint: null, link });
const TICKET = rule('[A-Z]+-\\d+', 'https://tickets.example.com/browse/{0}?from=hallpass&x=1');

test('some part of the reason must match', () => {
  expect(fits(TICKET, 'orders hang, OPS-123')).toBe(true);
  expect(fits(TICKET, 'orders hang\nOPS-123')).toBe(true);
  expect(fits(TICKET, 'ops-123')).toBe(false);
  expect(fits(rule('^OPS-\\d+'), 'see OPS-1')).toBe(false);
  expect(fits(rule('(?i)^ops-\\d+$'), 'OPS-1')).toBe(true);
});

test('the first match is linked, and can lead nowhere else', () => {
  expect(linkIn(TICKET, 'OPS-123 and OPS-124')).toEqual({
    text: 'OPS-123',
    url: 'https://tickets.example.com/browse/OPS-123?from=hallpass&x=1',
  });
  expect(linkIn(TICKET, 'none')).toBeNull();
  expect(linkIn(rule('[A-Z]+-\\d+'), 'OPS-1')).toBeNull();
  const anything = rule('.+', 'https://tickets.example.com/browse/{0}');
  expect(linkIn(anything, '../a?b#c|<d>&$&')?.url).toBe(
    'https://tickets.example.com/browse/..%2Fa%3Fb%23c%7C%3Cd%3E%26%24%26',
  );
  expect(linkIn(anything, 'x'.repeat(101))).toBeNull();
  expect(linkIn(anything, '\ud800')).toBeNull();
  // A step up would be taken even when it is written as %2e%2e.
  expect(linkIn(anything, '..')?.url).toMatch(/^https:\/\/tickets\.example\.com\//);
});

test('no pattern can hang it', () => {
  const before = performance.now();
  expect(fits(rule('(a+)+$'), `${'a'.repeat(499)}b`)).toBe(false);
  expect(fits(rule('(a|a)*(a|a)*(a|a)*c'), 'a'.repeat(500))).toBe(false);
  expect(fits(rule('(.*)(.*)(.*)(.*)(.*)x'), 'a'.repeat(500))).toBe(false);
  expect(fits(rule('(?:.?){1000}x'), 'a'.repeat(500))).toBe(false);
  expect(performance.now() - before).toBeLessThan(2_000);
});

test.each([
  ['[A-Z', /missing closing \]/],
  ['(?=OPS)OPS', /no lookaround/],
  ['(a)\\1', /no backreferences/],
  ['((a{100}){100}){100}', /repeat count/],
  ['', /matches an empty reason/],
  ['\\d*', /matches an empty reason/],
  ['OPS|', /matches an empty reason/],
])('%j is no pattern', (pattern, why) => expect(wrongPattern(pattern)).toMatch(why));

test('a pattern that says what must stand there is one', () => {
  for (const pattern of ['[A-Z]+-\\d+', '^INC\\d{7}\\b', '(?i)ops-\\d+', '\\p{L}+']) {
    expect(wrongPattern(pattern)).toBeNull();
  }
});
