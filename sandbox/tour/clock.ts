import { runSql } from '../postgres/server-access.js';
import type { Stage } from '../stage/stage.js';

/** As if so much time had passed for this request, and for no other: all its times move back. @param by "10 minutes" */
export async function turnClock({ ledgerUrl }: Stage, id: string, by: string): Promise<void> {
  await runSql(
    ledgerUrl,
    `update requests set created_at = created_at - $2::interval, pending_until = pending_until - $2::interval,
       step_at = step_at - $2::interval, step_told_at = step_told_at - $2::interval,
       granted_at = granted_at - $2::interval, expires_at = expires_at - $2::interval,
       judge_at = judge_at - $2::interval
     where id = $1`,
    [id.slice('R-'.length), by],
  );
}
