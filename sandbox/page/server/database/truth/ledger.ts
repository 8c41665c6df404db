/** What the ledger holds, as its owner reads it. */
import type { Pool } from 'pg';
import type { Alarms, Audit, AuditEvent, Grant, Grants, OpenState } from '../../../api-database.js';

/** How many requests are shown. */
const SHOWN = 20;
const STATES = ['ending', 'granting', 'active', 'pending'] as const satisfies readonly OpenState[];

/** Each state has an index for its order, so thousands cost no more than a few. */
const GRANTS = `
  select id, state, login, role, target, trouble, (extract(epoch from until) * 1000)::float8 as until from (
    (select *, null::timestamptz as until from requests where state = 'ending' order by id limit ${SHOWN})
    union all
    (select *, null from requests where state = 'granting' order by id limit ${SHOWN})
    union all
    (select *, expires_at from requests where state = 'active' order by expires_at, id limit ${SHOWN})
    union all
    (select *, pending_until from requests where state = 'pending' order by id desc limit ${SHOWN})
  ) shown order by array_position(array['${STATES.join("', '")}'], state), until, id desc limit ${SHOWN}`;

const COUNTS = `
  select state, count(*)::int as count from requests where state in ('pending', 'granting', 'active', 'ending')
    group by state`;

interface GrantRow extends Omit<Grant, 'id'> {
  readonly id: string;
}

export async function readGrants(db: Pool): Promise<Grants> {
  const { rows } = await db.query<GrantRow>(GRANTS);
  const counts = new Map(
    (await db.query<{ state: OpenState; count: number }>(COUNTS)).rows.map(({ state, count }) => [
      state,
      count,
    ]),
  );
  const countOf = (state: OpenState) => counts.get(state) ?? 0;
  return {
    counts: {
      pending: countOf('pending'),
      granting: countOf('granting'),
      active: countOf('active'),
      ending: countOf('ending'),
    },
    rows: rows.map((row) => ({
      ...row,
      id: `R-${row.id}`,
      until: row.until === null ? null : Math.round(row.until),
    })),
  };
}

/** BullMQ's delayed jobs: the stage keeps them in the ledger's server. */
const ALARMS = `
  select data ->> 'target' as target, process_at_ms::float8 as at, count(*) over ()::int as count
    from bullmq.job where state = 'delayed' order by process_at_ms limit 1`;

export async function readAlarms(db: Pool): Promise<Alarms> {
  const { rows } = await db.query<{ target: string; at: number; count: number }>(ALARMS);
  const [next] = rows;
  return next ? { count: next.count, next: { target: next.target, at: next.at } } : { count: 0, next: null };
}

const AUDIT = `
  select c.seq::int, e.kind, e.request_id as request, (extract(epoch from e.at) * 1000)::float8 as at,
      left(encode(c.hash, 'hex'), 12) as hash, h.seq::int as count
    from audit_head h cross join lateral (select * from audit_chain order by seq desc limit 5) c
    join events e on e.id = c.event_id order by c.seq desc`;

interface AuditRow extends AuditEvent {
  readonly count: number;
}

export async function readAudit(db: Pool): Promise<Audit> {
  const { rows } = await db.query<AuditRow>(AUDIT);
  return {
    count: rows[0]?.count ?? 0,
    last: rows.map(({ count, request, at, ...event }) => ({
      ...event,
      request: request === null ? null : `R-${request}`,
      at: Math.round(at),
    })),
  };
}
