import { describe, expect, it } from 'vitest';
import {
  isWithinHours,
  type OfficeHours,
  parseHours,
  sayHours,
} from '../../src/domain/policy/office-hours.js';

function hours(text: string): OfficeHours {
  const parsed = parseHours(text);
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  return parsed;
}
it.each([
  'Mon-Fri 08:00-18:00 Europe/Berlin',
  'Mon,Wed,Sat 22:30-06:05 UTC',
  'Mon,Tue,Thu-Sun 00:00-24:00 Asia/Kolkata',
])('says hours as they are written: %s', (text) => {
  expect(sayHours(hours(text))).toBe(text);
});

const within = (text: string, ...at: readonly string[]) =>
  at.map((time) => isWithinHours(hours(text), new Date(time)));

describe('hours of the week', () => {
  it.each([
    ['a weekday', '2026-01-05T07:00:00Z', true],
    ['its last minute', '2026-01-05T16:59:59Z', true],
    ['the end is outside', '2026-01-05T17:00:00Z', false],
    ['before it', '2026-01-05T06:59:59Z', false],
    ['a Saturday', '2026-01-10T12:00:00Z', false],
  ])('in Berlin in winter: %s', (_, at, inside) => {
    expect(within('Mon-Fri 08:00-18:00 Europe/Berlin', at)).toEqual([inside]);
  });

  it('follow the wall clock through daylight saving', () => {
    // The last Sunday of March and of October: clocks go from 02:00 to 03:00, and from 03:00 back to 02:00.
    expect(
      within(
        'Sun 03:00-04:00 Europe/Berlin',
        '2026-03-29T00:59:59Z',
        '2026-03-29T01:00:00Z',
        '2026-03-29T02:00:00Z',
      ),
    ).toEqual([false, true, false]);
    expect(
      within(
        'Sun 02:00-03:00 Europe/Berlin',
        '2026-10-25T00:30:00Z',
        '2026-10-25T01:30:00Z',
        '2026-10-25T02:30:00Z',
      ),
    ).toEqual([true, true, false]);
    // An hour that this night doesn't have.
    expect(within('Sun 02:00-03:00 Europe/Berlin', '2026-03-29T00:59:00Z', '2026-03-29T01:01:00Z')).toEqual([
      false,
      false,
    ]);
  });

  it('past midnight they belong to the day on which they begin', () => {
    const night = 'Fri 22:00-06:00 UTC';
    expect(within(night, '2026-01-09T22:00:00Z', '2026-01-10T05:59:00Z')).toEqual([true, true]);
    expect(within(night, '2026-01-09T05:00:00Z', '2026-01-10T22:00:00Z')).toEqual([false, false]);
  });

  it('take lists, spans that wrap, and whole days', () => {
    expect(within('Sat-Mon,Wed 00:00-24:00 UTC', '2026-01-04T23:59:59Z', '2026-01-06T00:00:00Z')).toEqual([
      true,
      false,
    ]);
    expect(within('Sat-Mon,Wed 00:00-24:00 UTC', '2026-01-05T00:00:00Z', '2026-01-07T12:00:00Z')).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ['always', 'is no time of the week'],
    ['Mon-Fri 8-18 Europe/Berlin', 'is no time of the week'],
    ['Mo-Fr 08:00-18:00 Europe/Berlin', 'names no days in "Mo-Fr"'],
    ['Mon-Fri-Sun 08:00-18:00 UTC', 'names no days'],
    ['Mon- 08:00-18:00 UTC', 'names no days'],
    ['Mon 08:60-18:00 UTC', 'no day has'],
    ['Mon 24:00-25:00 UTC', 'no day has'],
    ['Mon 08:00-08:00 UTC', 'begins and ends at the same time'],
    ['Mon 08:00-18:00 Berlin', '"Berlin" is no time zone'],
  ])('%s is refused: %s', (text, wrong) => {
    expect(parseHours(text)).toEqual({ wrong: expect.stringContaining(wrong) });
  });
});
