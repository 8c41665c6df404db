/** A moment as the clock of a zone shows it, and back. */

/** @returns `YYYY-MM-DDTHH:mm`, as a `datetime-local` input has it */
export function localOf(seconds: number, zone: string): string {
  const said = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(seconds * 1_000);
  return said.replace(' ', 'T');
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
