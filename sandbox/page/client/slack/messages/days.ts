/** Times of messages, as Slack writes them for somebody in a zone. */

const LOCALE = 'en-US';
const DAY_MS = 86_400_000;

/** Making one takes longer than using it a thousand times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(ms: number, zone: string, how: Intl.DateTimeFormatOptions): string {
  const key = `${zone} ${JSON.stringify(how)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(LOCALE, { ...how, timeZone: zone });
  formats.set(key, known);
  // It puts a narrow space before AM and PM.
  return known.format(ms).replaceAll('\u202f', ' ');
}

/** Milliseconds since 1970 of a message's timestamp. */
export function msOf(ts: string): number {
  return Number(ts) * 1000;
}

/** `YYYY-MM-DD` */
export function dayOf(ms: number, zone: string): string {
  const [month, day, year] = format(ms, zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).split(
    '/',
  );
  return `${year}-${month}-${day}`;
}

/** `3:27 PM` */
export function timeOf(ms: number, zone: string): string {
  return format(ms, zone, { hour: 'numeric', minute: '2-digit' });
}

/** `Today at 3:27:09 PM` */
export function momentOf(ms: number, zone: string, now: number): string {
  const time = format(ms, zone, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
  return `${dayName(ms, zone, now)} at ${time}`;
}

/** `Today`, `Yesterday`, `Wednesday, December 2nd`; with its year when that is another than this one. */
export function dayName(ms: number, zone: string, now: number): string {
  const day = dayOf(ms, zone);
  if (day === dayOf(now, zone)) return 'Today';
  if (day === dayOf(now - DAY_MS, zone)) return 'Yesterday';
  const weekday = format(ms, zone, { weekday: 'long' });
  const month = format(ms, zone, { month: 'long' });
  const [year, , date] = day.split('-');
  const sameYear = year === dayOf(now, zone).slice(0, 4);
  return `${weekday}, ${month} ${ordinal(Number(date))}${sameYear ? '' : `, ${year}`}`;
}

function ordinal(n: number): string {
  const rule = new Intl.PluralRules(LOCALE, { type: 'ordinal' }).select(n);
  return `${n}${{ zero: 'th', one: 'st', two: 'nd', few: 'rd', many: 'th', other: 'th' }[rule]}`;
}
