import { expect, it } from 'vitest';
import { dayName, dayOf, momentOf, msOf, timeOf } from './days.js';

const NOW = Date.parse('2026-03-03T10:00:00Z');
const at = (iso: string) => Date.parse(iso);

it('reads timestamps', () => {
  expect(msOf('1700000000.000100')).toBeCloseTo(1_700_000_000_000.1, 1);
});

it('writes times in the zone of who reads', () => {
  expect(timeOf(at('2026-03-03T14:27:09Z'), 'UTC')).toBe('2:27 PM');
  expect(timeOf(at('2026-03-03T14:27:09Z'), 'Asia/Tokyo')).toBe('11:27 PM');
  expect(momentOf(at('2026-03-03T09:27:09Z'), 'UTC', NOW)).toBe('Today at 9:27:09 AM');
});

it('begins days where the reader is', () => {
  const late = at('2026-03-02T23:30:00Z');
  expect([dayOf(late, 'UTC'), dayOf(late, 'Europe/Amsterdam')]).toEqual(['2026-03-02', '2026-03-03']);
  expect(dayName(late, 'UTC', NOW)).toBe('Yesterday');
  expect(dayName(late, 'Europe/Amsterdam', NOW)).toBe('Today');
});

it('names other days as Slack does', () => {
  expect(dayName(at('2026-02-23T12:00:00Z'), 'UTC', NOW)).toBe('Monday, February 23rd');
  expect(dayName(at('2026-02-12T12:00:00Z'), 'UTC', NOW)).toBe('Thursday, February 12th');
  expect(dayName(at('2025-12-01T12:00:00Z'), 'UTC', NOW)).toBe('Monday, December 1st, 2025');
});
