/** Time that a run has not: what comes minutes later is due now, for one request after another. */
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { Random } from '../random.js';

/** The reviewers of one emergency are asked (again), one ladder has had its time to be answered. */
const TURNS = {
  review: `
    UPDATE requests SET judge_at = now() WHERE judge_at > now() AND id = (
      SELECT id FROM requests WHERE judge_at > now() ORDER BY random() LIMIT 1)
    RETURNING 'R-' || id AS id`,
  lapse: `
    UPDATE requests SET step_told_at = step_told_at - interval '5 minutes' WHERE state = 'pending' AND id = (
      SELECT id FROM requests
       WHERE state = 'pending' AND step_at IS NULL AND step_told_at > now() - interval '5 minutes'
       ORDER BY random() LIMIT 1)
    RETURNING 'R-' || id AS id`,
} as const;

/** @param turned hears of the requests that may lapse at once after the last step of their ladder. */
export function createClock(ledgerUrl: string, turned: Set<string>, random: Random): () => Promise<void> {
  return async () => {
    const which = random.pick(['review', 'lapse'] as const);
    const rows = await runSql<{ id: string }>(ledgerUrl, TURNS[which]);
    if (which === 'lapse') for (const { id } of rows) turned.add(id);
  };
}

/** All reviews that nobody was asked for yet are due now. */
export async function turnToReviews(ledgerUrl: string): Promise<void> {
  await runSql(
    ledgerUrl,
    "UPDATE requests SET judge_at = now() WHERE judge_at > now() AND (emergency->>'asked')::int = 0",
  );
}
