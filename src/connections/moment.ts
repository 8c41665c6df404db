/**
 * Moments of a server's clock travel as numbers, microseconds since 1970, because text would be read by whatever
 * DateStyle and time zone a session has. The ledger keeps them as ISO 8601 text in UTC, for people and for earlier
 * releases.
 */

const PER_SECOND = 1_000_000n;
const KEPT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?)$/;

/** SQL: the moment `expression` as microseconds, exact. */
export function toMicros(expression: string): string {
  return `(extract(epoch FROM ${expression}) * 1000000)::bigint`;
}

/** SQL: the moment that many microseconds after 1970; to_timestamp() would round through a double of seconds. */
export function fromMicros(expression: string): string {
  return `(timestamptz 'epoch' + ${expression} * interval '1 microsecond')`;
}

/** @param micros digits, as the server answers a bigint. */
export function formatMoment(micros: string): string {
  const n = BigInt(micros);
  const seconds = n / PER_SECOND;
  const fraction = String(n % PER_SECOND).padStart(6, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/**
 * @param text as formatMoment writes it, or as Postgres does in ISO style, which earlier releases kept.
 * @returns microseconds, in digits; null for a style in which day and month, or the zone, would be a guess.
 */
export function parseMoment(text: string): string | null {
  const found = KEPT.exec(text);
  if (found === null) return null;
  const [, day, time, fraction = '', zone = 'Z'] = found;
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const ms = Date.parse(`${day}T${time}${offset}`);
  if (Number.isNaN(ms)) return null;
  return String(BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0')));
}
