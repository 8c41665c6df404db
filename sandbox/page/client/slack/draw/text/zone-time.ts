/** A moment as the clock of a zone shows it, and back. */

export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Making a format takes much longer than using it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError there is no such zone or moment */
export function partsOf(moment: number, zone: string): (type: Intl.DateTimeFormatPartTypes) => number {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
  clocks.set(zone, clock);
  const parts = clock.formatToParts(moment);
  return (type) => Number(parts.find((part) => part.type === type)?.value);
}

export function dayOf(moment: number, zone: string): Day {
  const read = partsOf(moment, zone);
  return { year: read('year'), month: read('month'), day: read('day') };
}

/** @returns `YYYY-MM-DDTHH:mm`, as a `datetime-local` input has it */
export function localOf(seconds: number, zone: string): string {
  const read = partsOf(seconds * 1_000, zone);
  const two = (type: 'month' | 'day' | 'hour' | 'minute') => String(read(type)).padStart(2, '0');
  return `${read('year')}-${two('month')}-${two('day')}T${two('hour')}:${two('minute')}`;
}

/**
 * @param local `YYYY-MM-DDTHH:mm`
 * @returns seconds since 1970; for an hour that a zone skips, the hour after
 */
export function secondsOf(local: string, zone: string): number {
  const wanted = Date.parse(`${local}Z`) / 1_000;
  const offsetAt = (seconds: number) => Date.parse(`${localOf(seconds, zone)}Z`) / 1_000 - seconds;
  // The offset at about that time, and then at that very time: they differ near a change of the clocks.
  const first = wanted - offsetAt(wanted);
  return wanted - offsetAt(first);
}
