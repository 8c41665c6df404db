/** Durations as people write them: `30s`, `45m`, `1h`, `8h`, `2d`, also `1h30m`. In code: milliseconds. */

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;
const WORDS = { d: 'day', h: 'hour', m: 'minute', s: 'second' } as const;
const UNIT_NAMES = ['d', 'h', 'm', 's'] as const;

/** As a person may write it: `2h`, `2 hrs`, `1 hour 30 minutes`. */
const AS_WRITTEN =
  /^(?:(\d{1,6})d(?:ays?)?)?(?:(\d{1,6})h(?:(?:ou)?rs?)?)?(?:(\d{1,6})m(?:in(?:ute)?s?)?)?(?:(\d{1,6})s(?:ec(?:ond)?s?)?)?$/;

/** The milliseconds in `text`, or null when it is no duration above zero (and below 10 years). */
export function parseDuration(text: string): number | null {
  const compact = text.trim().toLowerCase().replace(/\s+/g, '');
  const match = AS_WRITTEN.exec(compact);
  if (!match) return null;
  const ms = UNIT_NAMES.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * UNITS[unit], 0);
  return ms > 0 && ms < 3650 * UNITS.d ? ms : null;
}

function parts(ms: number): (readonly [count: number, unit: keyof typeof UNITS])[] {
  let rest = Math.round(ms / 1000) * 1000;
  return UNIT_NAMES.flatMap((unit) => {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    return count > 0 ? [[count, unit] as const] : [];
  });
}

/** In the form that `parseDuration` reads and the configuration uses: `1h30m`. */
export function shortDuration(ms: number): string {
  return (
    parts(ms)
      .map(([count, unit]) => `${count}${unit}`)
      .join('') || '0s'
  );
}

/** For people: `1 hour 30 minutes`. */
export function sayDuration(ms: number): string {
  return (
    parts(ms)
      .map(([count, unit]) => `${count} ${WORDS[unit]}${count === 1 ? '' : 's'}`)
      .join(' ') || '0 seconds'
  );
}
