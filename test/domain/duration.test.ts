import { expect, test } from 'vitest';
import { parseDuration, sayDuration, shortDuration } from '../../src/domain/duration.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  ['30s', 30 * SECOND, '30s', '30 seconds'],
  ['45m', 45 * MINUTE, '45m', '45 minutes'],
  ['1h', HOUR, '1h', '1 hour'],
  ['2d', 2 * DAY, '2d', '2 days'],
  ['1h30m', 90 * MINUTE, '1h30m', '1 hour 30 minutes'],
  ['90m', 90 * MINUTE, '1h30m', '1 hour 30 minutes'],
  [' 1H 30 Min ', 90 * MINUTE, '1h30m', '1 hour 30 minutes'],
  ['2 hrs', 2 * HOUR, '2h', '2 hours'],
  ['1 hour 30 minutes', 90 * MINUTE, '1h30m', '1 hour 30 minutes'],
  ['2days', 2 * DAY, '2d', '2 days'],
  ['45 Mins', 45 * MINUTE, '45m', '45 minutes'],
  ['90 seconds', 90 * SECOND, '1m30s', '1 minute 30 seconds'],
  ['1d1h1m1s', DAY + HOUR + MINUTE + SECOND, '1d1h1m1s', '1 day 1 hour 1 minute 1 second'],
])('%j', (text, ms, short, words) => {
  expect(parseDuration(text)).toBe(ms);
  expect(shortDuration(ms)).toBe(short);
  expect(sayDuration(ms)).toBe(words);
  expect(parseDuration(short)).toBe(ms);
});

test.each([
  '',
  ' ',
  '0m',
  '1',
  '1x',
  'h',
  '30m1h',
  '-1h',
  '1.5h',
  '1h-',
  '3650d',
  '9999999s',
  '2hous',
  '2 hs',
  '1month',
])('%j is none', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test('what is left of a second is rounded', () => {
  expect([shortDuration(400), shortDuration(59_600), sayDuration(0)]).toEqual(['0s', '1m', '0 seconds']);
});
