/**
 * Which server answers at a target's address? A copy, a promoted standby and a restored server have the identifier of
 * their original, so the timeline, the postmaster's start and the end of the log are compared as well. Pure.
 */

/** What a server says of itself. */
export interface ServerIdentity {
  /** system_identifier of pg_control_system(). */
  readonly id: string;
  /** It rises with each promotion, and with each recovery to a moment. */
  readonly timeline: number;
  /** When its postmaster began, microseconds since 1970. A promotion doesn't restart it. */
  readonly startedAt: number;
  /** How far its log is flushed, bytes; null on a standby, and where the server doesn't tell (Aurora). */
  readonly lsn: number | null;
}

/** What answered at the last look. */
export interface KnownServer extends ServerIdentity {
  /** The number of the anchor that it kept; null when it kept none. */
  readonly anchor: number | null;
  /** When the postmasters that were seen as its standbys started. */
  readonly standbys: readonly number[];
}

/**
 * `same`: the same postmaster. `restarted`: the same data, in a new postmaster. `failed_over`: a standby of it that was
 * promoted. `unknown`: a failover, a copy, a snapshot or a restore; Hallpass can't tell. `other`: another server.
 */
export type ServerStanding = 'same' | 'restarted' | 'failed_over' | 'unknown' | 'other';

/** @param seen `anchor` as in KnownServer. */
export function standingOf(
  known: KnownServer,
  seen: ServerIdentity & { readonly anchor: number | null },
): ServerStanding {
  if (seen.id !== known.id) return 'other';
  if (seen.startedAt === known.startedAt) return 'same';
  if (seen.timeline > known.timeline) {
    return known.standbys.includes(seen.startedAt) ? 'failed_over' : 'unknown';
  }
  const isBehind = isLess(seen.lsn, known.lsn) || isLess(seen.anchor, known.anchor);
  return seen.timeline < known.timeline || isBehind ? 'unknown' : 'restarted';
}

/** A missing value is no sign: a server may not tell it, and someone may have erased an anchor. */
function isLess(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && a < b;
}

/** What came between two servers, as the end of "after ...". */
export function describeMove(
  standing: 'failed_over' | 'unknown' | 'other',
  known: Pick<ServerIdentity, 'timeline'>,
  seen: Pick<ServerIdentity, 'timeline'>,
): string {
  switch (standing) {
    case 'failed_over':
      return `a failover from timeline ${known.timeline} to ${seen.timeline}`;
    case 'unknown':
      return seen.timeline > known.timeline
        ? `a failover or a restore (from timeline ${known.timeline} to ${seen.timeline})`
        : 'a restore, or a move to a copy';
    case 'other':
      return 'the server was replaced';
  }
}

/** The server in words: "timeline 2, started 2026-11-28T14:00:00Z". */
export function describeServer({
  timeline,
  startedAt,
}: Pick<ServerIdentity, 'timeline' | 'startedAt'>): string {
  return `timeline ${timeline}, started ${new Date(startedAt / 1000).toISOString().slice(0, 19)}Z`;
}
