/** The sandbox's clock, turned forward: as if time had passed for what Hallpass keeps, whose times move back for that. */
import type { ServerAccess } from '../postgres/server-access.js';
import { runSql } from '../postgres/server-access.js';
import type { Stage } from '../stage/stage.js';

/** Of a request: all that its ladder, lapse, expiry, review and idle time are counted from. */
const TIMES = [
  ...['created_at', 'pending_until', 'step_at', 'step_told_at', 'granted_at', 'expires_at', 'judge_at'],
  ...['warn_at', 'ending_at', 'review_at', 'extended_at', 'extended_from'],
  ...['used_at', 'idle_told_at', 'idle_ends_at'],
];

const moved = (times: readonly string[], by: string) =>
  times.map((time) => `${time} = ${time} - ${by}::interval`).join(', ');

/** As if so much time had passed for this request, and for no other. @param by "10 minutes" */
export async function turnClock({ ledgerUrl }: Stage, id: string, by: string): Promise<void> {
  await runSql(ledgerUrl, `update requests set ${moved(TIMES, '$2')} where id = $1`, [
    id.slice('R-'.length),
    by,
  ]);
}

/**
 * As if so much time had passed for everything that waits for the clock: open requests, those whose review is due, standing
 * approvals, and what was seen of who uses what.
 * @returns the ids of these requests
 */
export async function turnAllClocks({ ledgerUrl }: Stage, by: string): Promise<readonly number[]> {
  const rows = await runSql<{ id: number }>(
    ledgerUrl,
    `with moved as (
       update requests set ${moved(TIMES, '$1')}
         where ended_at is null or judge_at is not null or review_at is not null returning id
     ), standing as (
       update repeats set ${moved(['until'], '$1')} where ended_at is null
     ), watched as (
       update targets set ${moved(['watched_since'], '$1')}
     )
     select id::int from moved order by id`,
    [by],
  );
  return rows.map(({ id }) => id);
}

/**
 * A guarded server keeps an expiry of its own, which moves only as its superuser: Hallpass's login can't.
 * @returns for each grant that is out there whether it is due now
 */
export async function turnGuardedClock(server: ServerAccess, by: string): Promise<readonly boolean[]> {
  const rows = await server.query<{ due: boolean }>(
    `update hallpass.grants set ${moved(['first_granted_at', 'granted_at', 'expires_at'], '$1')}
      where ended_at is null returning expires_at <= clock_timestamp() as due`,
    [by],
    'hallpass',
  );
  return rows.map(({ due }) => due);
}
