/** What came of a statement that is run again and again: only what differs from the time before is kept. */
import type { Outcome, Ran } from '../../../api-database.js';

export interface Seen {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** "permission denied for schema orders", "5 rows" */
  readonly says: string;
  readonly ok: boolean;
}

/** How many changes are kept. */
const KEPT = 6;

/** @returns the newest last */
export function addSeen(seen: readonly Seen[], ran: Ran, at: number): readonly Seen[] {
  const because = ran.opened?.because ?? null;
  const ended =
    because === null ? [] : [{ at, says: `the server closed the session: ${because}`, ok: false }];
  const last = ran.outcomes.at(-1);
  const outcome = last === undefined ? [] : [{ at, ...read(last) }];
  const all = [...seen];
  for (const one of [...ended, ...outcome]) {
    if (all.at(-1)?.says !== one.says) all.push(one);
  }
  return all.slice(-KEPT);
}

function read(outcome: Outcome): { readonly says: string; readonly ok: boolean } {
  switch (outcome.kind) {
    case 'rows':
      return { says: outcome.total === 1 ? '1 row' : `${outcome.total} rows`, ok: true };
    case 'finished':
      return { says: outcome.tag, ok: true };
    case 'notice':
      return { says: outcome.message, ok: true };
    case 'error':
      return { says: outcome.message, ok: false };
  }
}
