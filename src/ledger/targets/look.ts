import { LedgerError, type Queryable } from '../pool.js';
import { DUE, type Due, type DueRow, type Most, toDue, toReadableDue } from '../requests/read-due.js';
import { isLockTimeout, LEASE_MS, takeLeaseSql } from './leases.js';
import { isPausedSql } from './pauses.js';
import { TARGET_COLUMNS, type TargetRow, UNKNOWN_TARGET } from './targets.js';

/** What a sweep starts from. */
export interface Look {
  readonly row: TargetRow;
  readonly due: Due;
  /** Why part of what is due can't be read; the rest is in `due`. */
  readonly unread: LedgerError | null;
  /** All memberships there are to be compared. */
  readonly compare: boolean;
  /** The lease is ours now: only where there is something to do. */
  readonly held: boolean;
  /** How long another process may still hold the lease, milliseconds; 0 when none does. */
  readonly leaseMs: number;
  /** How long the oldest of what is due has been due, milliseconds. */
  readonly dueMs: number;
}

interface Ask {
  readonly holder: string;
  readonly most: Most;
  /** When memberships are compared again, milliseconds after the last time; and when another process did it last. */
  readonly compareMs: number;
  readonly takeoverMs: number;
  /** false: only reads. */
  readonly take: boolean;
}

/** When what is due became so; each part reads an index that holds only what is open. */
const OLDEST_DUE = `
  select min(since) as since from (
    select min(expires_at) as since from requests where target = $1 and state = 'active' and expires_at <= now()
    union all select min(ending_at) from requests where target = $1 and state = 'ending'
    union all select min(decided_at) from requests where target = $1 and state = 'granting' and not ${isPausedSql('$1')}
    union all select min(extended_at) from requests where target = $1 and state = 'active' and extension = 'asked'
    union all select min(due_at) from strays where target = $1 and settled_at is null) d`;

/** $7 after so long the memberships are compared, $8 also when another compared them last; $9 whether to take the lease. */
const LOOK = `
  with due as materialized (${DUE}),
  known as (select ${TARGET_COLUMNS}, checked_at is null or checked_at < now()
      - case when sweeper = $6 then $7::float8 else $8::float8 end * interval '1 ms' as compare
    from targets where name = $1),
  work as materialized (select where exists (select from due where id is not null or endings::text <> '[]' or strays::text <> '[]')
    or exists (select from known where compare)),
  taken as (${takeLeaseSql('$1', '$6', ', (select from work where $9::boolean) as needed')})
  select due.*, row_to_json(k) as known, exists (select from taken) as held,
      case when not exists (select from taken) and exists (select from work) then
        extract(epoch from now() - (${OLDEST_DUE}))::float8 * 1000 end as due_ms,
      (select extract(epoch from until - now())::float8 * 1000 from leases where name = $1 and holder <> $6) as lease_ms
    from due left join known k on true`;

type Row = DueRow & {
  readonly known: (TargetRow & { readonly compare: boolean }) | null;
  readonly held: boolean;
  readonly due_ms: number | null;
  readonly lease_ms: number | null;
};

/**
 * Reads what is to be done on this target, and takes its lease if there is anything: in one round trip, and without a
 * write if there is nothing. If the lease's row stays locked, it counts as refused.
 */
export async function look(db: Queryable, name: string, ask: Ask): Promise<Look> {
  const read = async (take: boolean) => {
    const { most, holder, compareMs, takeoverMs } = ask;
    const { rows } = await db.query<Row>({
      // Named, and so planned once per connection: planning it costs many times what running it does.
      name: 'look',
      text: LOOK,
      values: [name, most.requests, most.endings, [], [], holder, compareMs, takeoverMs, take],
    });
    const [first] = rows;
    const { compare, ...row } = first?.known ?? { ...UNKNOWN_TARGET, compare: false };
    return {
      row,
      ...understand(rows),
      compare,
      held: first?.held ?? false,
      leaseMs: Math.min(Math.max(0, first?.lease_ms ?? 0), LEASE_MS),
      dueMs: first?.due_ms ?? 0,
    };
  };
  try {
    return await read(ask.take);
  } catch (thrown) {
    if (!isLockTimeout(thrown)) throw thrown;
    return read(false);
  }
}

/** A request that this release can't read must not keep the others from being revoked. */
function understand(rows: readonly DueRow[]): Pick<Look, 'due' | 'unread'> {
  try {
    return { due: toDue(rows), unread: null };
  } catch (thrown) {
    if (!(thrown instanceof LedgerError)) throw thrown;
    return { due: toReadableDue(rows), unread: thrown };
  }
}
