import type pg from 'pg';
import type { RequestFacts } from './story.js';

/** What the ledger's events say of the first requests: enough for a story. */
export async function readRequests(ledger: pg.Pool): Promise<RequestFacts[]> {
  const { rows } = await ledger.query<RequestFacts>(
    `select 'R-' || r.id as id, r.requester, r.role, r.target, r.why,
       max(e.actor) filter (where e.kind in ('approved', 'approved_partly')) as approver,
       extract(epoch from min(e.at) filter (where e.kind = 'granted'))::float8 * 1000 as granted,
       extract(epoch from max(e.at) filter (where e.kind = 'proved_gone'))::float8 * 1000 as gone,
       coalesce(max((e.data->'proof'->>'closed')::int) filter (where e.kind = 'proved_gone'),
                max((e.data->>'closed')::int) filter (where e.kind = 'proved_gone'), 0) as closed
     from (select * from requests order by id limit 500) r join events e on e.request_id = r.id
     group by r.id, r.requester, r.role, r.target, r.why order by r.id`,
  );
  return rows;
}
