import { describe, expect, it } from 'vitest';
import { formatDate } from './dates.js';
import { localOf, secondsOf } from './zone-time.js';

/** 2026-11-21T03:11:55Z, a Saturday. */
const AT = 1_795_230_715;
const LONG_AFTER = AT * 1_000 + 90 * 86_400_000;

const say = (format: string, now = LONG_AFTER, zone = 'UTC') => formatDate(AT, format, zone, now);

describe('the tokens', () => {
  it.each([
    ['date_num', '2026-11-21'],
    ['date_slash', '11/21/2026'],
    ['date', 'November 21st, 2026'],
    ['date_pretty', 'November 21st, 2026'],
    ['date_short', 'Nov 21, 2026'],
    ['date_short_pretty', 'Nov 21, 2026'],
    ['date_long', 'Saturday, November 21st, 2026'],
    ['date_long_pretty', 'Saturday, November 21st, 2026'],
    ['date_long_full', 'November 21, 2026'],
    ['day_divider_pretty', 'Saturday, November 21st, 2026'],
    ['time', '3:11 AM'],
    ['time_secs', '3:11:55 AM'],
    ['ago', '3 months ago'],
  ])('{%s} is %s', (token, said) => expect(say(`{${token}}`)).toBe(said));

  it('are said in the zone of the reader', () => {
    expect(say('{date_short} at {time}', LONG_AFTER, 'America/Los_Angeles')).toBe('Nov 20, 2026 at 7:11 PM');
    expect(say('{date_short} at {time}', LONG_AFTER, 'Asia/Tokyo')).toBe('Nov 21, 2026 at 12:11 PM');
  });

  it.each([
    [0, 'Today at 3:11 AM'],
    [20, 'Today at 3:11 AM'],
    [21, 'Yesterday at 3:11 AM'],
    [-4, 'Tomorrow at 3:11 AM'],
    [48, 'Nov 21, 2026 at 3:11 AM'],
  ])('know what is near: %i hours after it', (hours, said) => {
    const now = AT * 1_000 + hours * 3_600_000;
    expect(say('{date_short_pretty} at {time}', now)).toBe(said);
    expect(say('until {date_short_pretty} at {time}', now)).toBe(
      `until ${said.replace(/^(Today|Yesterday|Tomorrow)/, (word) => word.toLowerCase())}`,
    );
  });

  it('leave the year away on a divider of this year', () => {
    expect(say('{day_divider_pretty}', Date.UTC(2026, 11, 20))).toBe('Saturday, November 21st');
  });

  it('count what is near by days of that zone', () => {
    // 21:30 the day before in Los Angeles.
    const now = Date.UTC(2026, 10, 21, 5, 30);
    expect(say('{date_pretty}', now, 'America/Los_Angeles')).toBe('Today');
  });
});

it.each([
  ['{nonsense}', AT, 'UTC'],
  ['{date}', Number.MAX_SAFE_INTEGER, 'UTC'],
  ['{date}', AT, 'Mars/Olympus'],
])('%s of %i in %s is nothing', (format, at, zone) => {
  expect(formatDate(at, format, zone, LONG_AFTER)).toBeNull();
});

describe('ordinals', () => {
  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [12, '12th'],
    [22, '22nd'],
    [31, '31st'],
  ])('%i', (day, said) => {
    expect(formatDate(Date.UTC(2026, 0, day) / 1_000, '{date}', 'UTC', LONG_AFTER)).toBe(
      `January ${said}, 2026`,
    );
  });
});

describe('the clock of a zone', () => {
  it.each([
    ['2026-11-21T04:11', 'Europe/Amsterdam'],
    ['2026-07-01T23:59', 'America/New_York'],
    ['2026-03-29T04:00', 'Europe/Amsterdam'],
    ['2026-10-25T00:30', 'Europe/Amsterdam'],
    ['2026-01-01T00:00', 'Asia/Kathmandu'],
  ])('%s in %s and back', (local, zone) => {
    expect(localOf(secondsOf(local, zone), zone)).toBe(local);
  });

  it('knows the offset', () => {
    expect(secondsOf('2026-11-21T04:11', 'Europe/Amsterdam')).toBe(AT - 55);
  });

  it('takes the hour after for one that is skipped', () => {
    expect(localOf(secondsOf('2026-03-29T02:30', 'Europe/Amsterdam'), 'Europe/Amsterdam')).toMatch(
      /^2026-03-29T0[13]:30$/,
    );
  });
});
