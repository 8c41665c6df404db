import { parseDuration } from '../../domain/duration.js';
import { refused } from './refused.js';

/** For help texts: how to write a moment. */
export const MOMENT =
  'a time such as 2026-11-01 or 2026-11-01T09:30Z (UTC unless it says otherwise), or how long ago: 90d';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A moment as typed: a date, a time (UTC unless it has an offset), or how long before `now`.
 * @param option its name, for the error.
 * @throws HallpassError when it isn't one.
 */
export function parseMoment(text: string, now: Date, option: string): Date {
  const ago = parseDuration(text);
  if (ago !== null) return new Date(now.getTime() - ago);
  const [, date, time = '00:00', zone = 'Z'] = ISO.exec(text.trim()) ?? [];
  const moment = new Date(`${date}T${time}${zone.toUpperCase()}`);
  // JavaScript takes February 30 for March 2.
  const isDay = date !== undefined && new Date(`${date}T00:00Z`).toJSON()?.startsWith(date);
  if (isDay && !Number.isNaN(moment.getTime())) return moment;
  throw refused(
    `${option}: ${JSON.stringify(text)} is no time`,
    'Write a time such as 2026-11-01 or 2026-11-01T09:30+01:00, or how long ago, such as 90d or 12h.',
  );
}
