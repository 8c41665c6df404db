/**
 * Hours of the week in a time zone, as in `Mon-Fri 08:00-18:00 Europe/Berlin`. The wall clock of the zone decides, so
 * daylight saving needs no rule of its own: on the night the clocks go back, 02:30 is inside twice. Pure.
 */
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
type Day = (typeof DAYS)[number];

export interface OfficeHours {
  readonly days: readonly Day[];
  /** Minutes since midnight, from inclusive, to exclusive; `to` below `from` runs past midnight into the next day. */
  readonly from: number;
  readonly to: number;
  /** An IANA time zone. */
  readonly zone: string;
}

const HOURS = /^(\S+)\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})\s+(\S+)$/;

/** @returns a sentence about what is wrong when the text can't be read. */
export function parseHours(text: string): OfficeHours | { readonly wrong: string } {
  const [, days = '', ...rest] = HOURS.exec(text.trim()) ?? [];
  const [fromHour, fromMinute, toHour, toMinute] = rest.slice(0, 4).map(Number);
  const zone = rest[4];
  if (
    fromHour === undefined ||
    fromMinute === undefined ||
    toHour === undefined ||
    toMinute === undefined ||
    zone === undefined
  ) {
    return { wrong: 'is no time of the week; write "Mon-Fri 08:00-18:00 Europe/Berlin"' };
  }
  const on = parseDays(days);
  if (on === null) return { wrong: `names no days in "${days}"; write Mon-Fri, or Mon,Wed,Sat` };
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  if (fromMinute > 59 || toMinute > 59 || from >= 24 * 60 || to > 24 * 60) {
    return { wrong: 'has a time that no day has; write times from 00:00 to 24:00' };
  }
  if (from === to) return { wrong: 'begins and ends at the same time; write 00:00-24:00 for the whole day' };
  if (!isZone(zone)) return { wrong: `"${zone}" is no time zone; write one like Europe/Berlin or UTC` };
  return { days: on, from, to, zone };
}

function parseDays(text: string): readonly Day[] | null {
  const on = new Set<Day>();
  for (const part of text.split(',')) {
    const [first, last, ...more] = part.split('-').map((day) => (DAYS as readonly string[]).indexOf(day));
    if (first === undefined || first < 0 || last === -1 || more.length > 0) return null;
    for (let i = first; ; i = (i + 1) % DAYS.length) {
      const day = DAYS[i];
      if (day !== undefined) on.add(day);
      if (i === (last ?? first)) break;
    }
  }
  return DAYS.filter((day) => on.has(day));
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export function isWithinHours({ days, from, to, zone }: OfficeHours, at: Date): boolean {
  const { day, minute } = wallClock(zone, at);
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  return (days.includes(day) && minute >= from) || (days.includes(dayBefore(day)) && minute < to);
}

function dayBefore(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? day;
}

function wallClock(zone: string, at: Date): { readonly day: Day; readonly minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  const day = DAYS.find((each) => each === value('weekday')) ?? 'Mon';
  return { day, minute: Number(value('hour')) * 60 + Number(value('minute')) };
}

/** As `parseHours` reads them: `Mon-Fri 08:00-18:00 Europe/Berlin`. */
export function sayHours({ days, from, to, zone }: OfficeHours): string {
  const clock = (minute: number) =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${sayDays(days)} ${clock(from)}-${clock(to)} ${zone}`;
}

/** Days in a row as a range. */
function sayDays(days: readonly Day[]): string {
  const runs: Day[][] = [];
  for (const day of DAYS.filter((each) => days.includes(each))) {
    const run = runs.at(-1);
    if (run?.at(-1) === dayBefore(day)) run.push(day);
    else runs.push([day]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(','))).join(',');
}
