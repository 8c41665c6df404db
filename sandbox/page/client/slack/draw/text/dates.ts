/** `<!date^…>` in words, in the reader's zone. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */

import { type Day, dayOf, partsOf } from './zone-time.js';

const DAY = 86_400_000;

/**
 * @param timestamp in seconds since 1970
 * @param zone as `Europe/Amsterdam`
 * @param now in milliseconds since 1970
 * @returns null: there is no such time or zone, or a token is unknown; then Slack shows the fallback
 */
export function formatDate(timestamp: number, format: string, zone: string, now: number): string | null {
  const moment = timestamp * 1_000;
  try {
    const said = format.replace(/\{(\w+)\}/g, (_, token, offset) => {
      const words = wordsFor(token, moment, zone, now);
      return offset === 0 ? words.charAt(0).toUpperCase() + words.slice(1) : words;
    });
    return said;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @throws RangeError */
function wordsFor(token: string, moment: number, zone: string, now: number): string {
  const near = () => nearWord(moment, zone, now);
  const long = () => {
    const { month, day, year } = dayOf(moment, zone);
    return `${MONTHS[month - 1]} ${ordinal(day)}, ${year}`;
  };
  const short = () => {
    const { month, day, year } = dayOf(moment, zone);
    return `${MONTHS[month - 1]?.slice(0, 3)} ${day}, ${year}`;
  };
  const withWeekday = () => `${weekdayOf(dayOf(moment, zone))}, ${long()}`;
  switch (token) {
    case 'date_num': {
      const { year, month, day } = dayOf(moment, zone);
      return `${year}-${two(month)}-${two(day)}`;
    }
    case 'date_slash': {
      const { year, month, day } = dayOf(moment, zone);
      return `${two(month)}/${two(day)}/${year}`;
    }
    case 'date':
      return long();
    case 'date_pretty':
      return near() ?? long();
    case 'date_short':
      return short();
    case 'date_short_pretty':
      return near() ?? short();
    case 'date_long':
      return withWeekday();
    case 'date_long_pretty':
      return near() ?? withWeekday();
    case 'date_long_full': {
      const { month, day, year } = dayOf(moment, zone);
      return `${MONTHS[month - 1]} ${day}, ${year}`;
    }
    case 'day_divider_pretty': {
      const isThisYear = dayOf(moment, zone).year === dayOf(now, zone).year;
      return near() ?? (isThisYear ? withWeekday().replace(/, \d+$/, '') : withWeekday());
    }
    case 'time':
      return timeOf(moment, zone, false);
    case 'time_secs':
      return timeOf(moment, zone, true);
    case 'ago':
      return ago(moment - now);
    default:
      throw new RangeError(`no such token: ${token}`);
  }
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function timeOf(moment: number, zone: string, withSeconds: boolean): string {
  const read = partsOf(moment, zone);
  const hour = read('hour');
  const seconds = withSeconds ? `:${two(read('second'))}` : '';
  return `${hour % 12 || 12}:${two(read('minute'))}${seconds} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** Days since 1970. */
function numberOf({ year, month, day }: Day): number {
  return Date.UTC(year, month - 1, day) / DAY;
}

function weekdayOf(day: Day): string {
  return WEEKDAYS[new Date(numberOf(day) * DAY).getUTCDay()] ?? '';
}

function nearWord(moment: number, zone: string, now: number): 'today' | 'yesterday' | 'tomorrow' | null {
  const days = numberOf(dayOf(moment, zone)) - numberOf(dayOf(now, zone));
  return days === 0 ? 'today' : days === -1 ? 'yesterday' : days === 1 ? 'tomorrow' : null;
}

const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', DAY / 24],
  ['minute', DAY / 1_440],
] as const;

/** @param ms negative for the past */
function ago(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat('en-US').format(Math.trunc(ms / size), unit);
}

const ORDINALS = new Intl.PluralRules('en-US', { type: 'ordinal' });

function ordinal(day: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd' } as const;
  const rule = ORDINALS.select(day);
  return `${day}${rule === 'one' || rule === 'two' || rule === 'few' ? ending[rule] : 'th'}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
