/** Emergencies that somebody still has to look at. `judge_at` is set as long as a review is due, and indexed then. */
import type { AccessRequest } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';
import { REQUEST_COLUMNS, type Reading, toRequest } from './request-row.js';

/** For the pulse: there is something to do now. */
export const EMERGENCIES_DUE = `exists (select from requests where judge_at <= now())
      or exists (select from requests where state = 'pending' and emergency is not null)`;

/** Ids of those that were asked for and not granted at once. */
export async function readEmergenciesWaiting(db: Queryable, limit: number): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select id from requests where state = 'pending' and emergency is not null order by pending_until limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/** Those whose reviewers are to be asked (again) now, the longest due first. */
export async function readToJudge(db: Queryable, limit: number): Promise<Pick<Reading, 'requests'>> {
  const { rows } = await db.query(
    `select ${REQUEST_COLUMNS} from requests r where r.judge_at <= now() order by r.judge_at limit $1`,
    [limit],
  );
  return { requests: rows.map(toRequest) };
}

/**
 * Those on one target that no reviewer has judged, open or not, in the order of their ids.
 * @param person a Slack user id or a login; null: everybody's.
 */
export async function readUnjudged(
  db: Queryable,
  target: string,
  person: string | null,
  after: number,
  limit: number,
): Promise<readonly AccessRequest[]> {
  const { rows } = await db.query(
    `select ${REQUEST_COLUMNS} from requests r where r.judge_at is not null and r.target = $1
         and ($2::text is null or r.requester = $2 or r.login = $2) and r.id > $3 order by r.id limit $4`,
    [target, person, after, limit],
  );
  return rows.map(toRequest);
}
