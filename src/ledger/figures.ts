import { LATE } from './messages/overdue.js';
import type { Queryable } from './pool.js';
import { UNDECIDABLE } from './requests/read-asking.js';
import { sessionMs } from './requests/uses.js';
import { isPausedSql } from './targets/pauses.js';

/** What the ledger counts for metrics: the same on every replica. */
export interface Figures {
  readonly targets: readonly {
    readonly name: string;
    readonly active: number;
    /** Of them, those whose time is up. */
    readonly expired: number;
    /** Of them, those with an open session at the last look. */
    readonly inUse: number;
    /** Of what ended there within a day: for how long it was granted, and a session was open; minutes. */
    readonly grantedMinutes: number;
    readonly sessionMinutes: number;
    readonly overdue: number;
    /** How long the oldest of them has been due, seconds; null when none is overdue. */
    readonly oldestSeconds: number | null;
    /** When all our memberships there were compared last, seconds since 1970; null: never, or it is being done. */
    readonly compared: number | null;
    /** The server remembers another ledger than this one. */
    readonly doubted: boolean;
    /** Another server answers, which may be a copy. */
    readonly stranger: boolean;
    /** Nothing new is granted there. */
    readonly paused: boolean;
  }[];
  readonly pending: number;
  /** Of those, the ones that no approver can decide at present. */
  readonly undecidable: number;
  readonly granting: number;
  /** Within their time. */
  readonly active: number;
  /** To be revoked: their time is up, or they were ended. */
  readonly ending: number;
  /** Memberships to be revoked that no open request accounts for. */
  readonly leftovers: number;
  /** Emergencies that no reviewer has judged. */
  readonly unreviewed: number;
  /** Messages that are due, and of those the ones that failed before. */
  readonly messagesWaiting: number;
  readonly messagesFailing: number;
  readonly pagesWaiting: number;
  /** Where Slack takes no message: channels, and `D` for direct messages. */
  readonly shut: readonly string[];
}

/** Each count reads an index that holds what is open only. */
const PER_TARGET = `
  select t.name, extract(epoch from t.checked_at)::float8 as compared,
      held.active, held.expired, held."inUse", past.*, t.doubt is not null as doubted, t.stranger is not null as stranger,
      ${isPausedSql('t.name')} as paused,
      late.overdue, extract(epoch from now() - late.since)::float8 as "oldestSeconds"
    from targets t cross join lateral (
      select count(*)::int as active, count(*) filter (where expires_at <= now())::int as expired,
          count(*) filter (where in_use)::int as "inUse"
        from requests where target = t.name and state = 'active'
    ) held cross join lateral (
      select coalesce(sum(extract(epoch from ended_at - granted_at)) / 60, 0)::float8 as "grantedMinutes",
          coalesce(sum(${sessionMs('requests')}) / 60000, 0)::float8 as "sessionMinutes"
        from requests where target = t.name and server is not null and ended_at > now() - interval '1 day'
          and granted_at is not null
    ) past cross join lateral (
      select count(*)::int as overdue, min(due) as since from (${LATE}) d
    ) late
    where t.name = any($2)`;

const TOTALS = `
  select (select count(*)::int from requests where state = 'pending') as pending,
      (${UNDECIDABLE}) as undecidable,
      array(select place from shut_places where mended_at is null) as shut,
      count(*) filter (where state = 'granting')::int as granting,
      count(*) filter (where state = 'ending')::int as ended,
      (select count(*)::int from strays where settled_at is null) as leftovers,
      (select count(*)::int from requests where judge_at is not null) as unreviewed,
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
    db.query<Omit<Figures, 'targets' | 'active' | 'ending'> & { readonly ended: number }>(TOTALS),
  ]);
  const [counted] = totals.rows;
  if (counted === undefined) throw new Error('the ledger counted nothing');
  const { ended, ...rest } = counted;
  const sum = (of: (row: Figures['targets'][number]) => number) =>
    targets.rows.reduce((all, row) => all + of(row), 0);
  const expired = sum((row) => row.expired);
  return {
    targets: targets.rows,
    ...rest,
    active: sum((row) => row.active) - expired,
    ending: ended + expired,
  };
}
