import { LedgerError, type Queryable } from '../pool.js';
import { REQUEST_COLUMNS, type TimedRow, toReading } from '../requests/request-row.js';
import { look } from '../targets/look.js';

/** How far a time as text and as a number may differ when the ledger is read correctly, milliseconds. */
const CLOCK_MS = 60_000;
/** How many open requests of each target are read, the next ones to end first. */
const MOST_OPEN = 5;

const OPEN = `
  select clock.now, extract(epoch from clock.now)::float8 * 1000 as ms, r.* from (select now()) clock left join lateral (
    select ${REQUEST_COLUMNS} from targets t cross join lateral (
      (select * from requests where target = t.name and state in ('granting', 'ending') order by id limit $1)
      union all
      (select * from requests where target = t.name and state = 'active' order by expires_at limit $1)
    ) r) r on true`;

/**
 * Reads what a sweep reads, the way a sweep does, and changes nothing.
 * @throws what `pg` throws, or LedgerError when the answer can't be understood.
 */
export async function assertReadable(db: Queryable, holder: string): Promise<void> {
  const { rows } = await db.query<TimedRow & { readonly ms: number }>(OPEN, [MOST_OPEN]);
  const { now, requests } = toReading(rows);
  if (!(Math.abs(now.getTime() - (rows[0]?.ms ?? Number.NaN)) < CLOCK_MS)) {
    throw new LedgerError('the ledger writes times in a form that Hallpass does not read', {
      passing: false,
      nextStep: 'Look at DateStyle and TimeZone of the ledger’s database and of Hallpass’s login there.',
    });
  }
  const [some] = requests;
  if (some === undefined) return;
  const { unread } = await look(db, some.target, {
    holder,
    most: { requests: 500, endings: 500 },
    compareMs: 0,
    takeoverMs: 0,
    take: false,
  });
  if (unread !== null) throw unread;
}
