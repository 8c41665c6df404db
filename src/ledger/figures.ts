import { LATE } from './overdue.js';
import { isPausedSql } from './pauses.js';
import type { Queryable } from './pool.js';

/** What the ledger counts for metrics: the same on every replica. */
export interface Figures {
  readonly targets: readonly {
    readonly name: string;
    readonly active: number;
    readonly overdue: number;
    /** How long the oldest of them has been due, seconds; null when none is overdue. */
    readonly oldestSeconds: number | null;
    /** When all our memberships there were compared last, seconds since 1970; null: never, or it is being done. */
    readonly compared: number | null;
    /** Nothing new is granted there. */
    readonly paused: boolean;
  }[];
  readonly pending: number;
  readonly granting: number;
  readonly ending: number;
  /** Messages that are due, and of those the ones that failed before. */
  readonly messagesWaiting: number;
  readonly messagesFailing: number;
  readonly pagesWaiting: number;
}

/** Each count reads an index that holds what is open only. */
const PER_TARGET = `
  select t.name, extract(epoch from t.checked_at)::float8 as compared,
      (select count(*)::int from requests where target = t.name and state = 'active') as active,
      ${isPausedSql('t.name')} as paused,
      late.overdue, extract(epoch from now() - late.since)::float8 as "oldestSeconds"
    from targets t cross join lateral (
      select count(*)::int as overdue, min(due) as since from (${LATE}) d
    ) late
    where t.name = any($2)`;

const TOTALS = `
  select (select count(*)::int from requests where state = 'pending') as pending,
      count(*) filter (where state = 'granting')::int as granting,
      count(*) filter (where state = 'ending')::int as ending,
      (select count(*)::int from deliveries where sent < wanted) as "messagesWaiting",
      (select count(*)::int from deliveries where sent < wanted and trouble is not null) as "messagesFailing",
      (select count(*)::int from pages where sent < wanted) as "pagesWaiting"
    from requests where state in ('granting', 'ending')`;

/** @param names the targets of the configuration. */
export async function readFigures(
  db: Queryable,
  overdueMs: number,
  names: readonly string[],
): Promise<Figures> {
  const [targets, totals] = await Promise.all([
    db.query<Figures['targets'][number]>(PER_TARGET, [overdueMs, names]),
    db.query<Omit<Figures, 'targets'>>(TOTALS),
  ]);
  const [counted] = totals.rows;
  if (counted === undefined) throw new Error('the ledger counted nothing');
  return { targets: targets.rows, ...counted };
}
