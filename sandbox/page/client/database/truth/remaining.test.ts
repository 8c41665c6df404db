import { expect, test } from 'vitest';
import { remaining } from './remaining.js';

test.each([
  [-1, 'now'],
  [0, 'now'],
  [1, '0:01'],
  [59_000, '0:59'],
  [300_000, '5:00'],
  [3_599_001, '1:00:00'],
  [3_725_000, '1:02:05'],
  [86_399_000, '23:59:59'],
  [93_600_000, '1 d 2 h'],
])('%d ms are %s', (ms, words) => {
  expect(remaining(ms)).toBe(words);
});
