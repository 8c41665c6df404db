/** `<!date^…>` in words, in the reader's zone. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */

const DAY = 86_400_000;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

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
  const say = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).format(moment);
  const { year, month, day } = dayOf(moment, zone);
  const long = `${say({ month: 'long' })} ${ordinal(day)}`;
  const withWeekday = `${say({ weekday: 'long' })}, ${long}`;
  const near = nearWord(moment, zone, now);
  switch (token) {
    case 'date_num':
      return `${year}-${two(month)}-${two(day)}`;
    case 'date_slash':
      return `${two(month)}/${two(day)}/${year}`;
    case 'date':
      return `${long}, ${year}`;
    case 'date_pretty':
      return near ?? `${long}, ${year}`;
    case 'date_short':
      return `${say({ month: 'short' })} ${day}, ${year}`;
    case 'date_short_pretty':
      return near ?? `${say({ month: 'short' })} ${day}, ${year}`;
    case 'date_long':
      return `${withWeekday}, ${year}`;
    case 'date_long_pretty':
      return near ?? `${withWeekday}, ${year}`;
    case 'date_long_full':
      return `${say({ month: 'long' })} ${day}, ${year}`;
    case 'day_divider_pretty':
      return near ?? (year === dayOf(now, zone).year ? withWeekday : `${withWeekday}, ${year}`);
    case 'time':
      return say({ hour: 'numeric', minute: '2-digit' }).replaceAll('\u202F', ' ');
    case 'time_secs':
      return say({ hour: 'numeric', minute: '2-digit', second: '2-digit' }).replaceAll('\u202F', ' ');
    case 'ago':
      return ago(moment - now);
    default:
      throw new RangeError(`no such token: ${token}`);
  }
}

function dayOf(moment: number, zone: string): Day {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  }).formatToParts(moment);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return { year: read('year'), month: read('month'), day: read('day') };
}

function nearWord(moment: number, zone: string, now: number): 'today' | 'yesterday' | 'tomorrow' | null {
  const number = (at: number) => {
    const { year, month, day } = dayOf(at, zone);
    return Date.UTC(year, month - 1, day) / DAY;
  };
  const days = number(moment) - number(now);
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

function ordinal(day: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd' } as const;
  const rule = new Intl.PluralRules('en-US', { type: 'ordinal' }).select(day);
  return `${day}${rule === 'one' || rule === 'two' || rule === 'few' ? ending[rule] : 'th'}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
