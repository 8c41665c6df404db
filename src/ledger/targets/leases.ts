/**
 * Leases: which process works on something right now. One statement takes a lease if it is free, has run out or is
 * already ours; it needs rights on our table. All time is by the ledger's clock.
 */
import type { Queryable } from '../pool.js';

/** A holder that died delays others by no more than this, milliseconds. */
export const LEASE_MS = 10_000;
/** How long to wait for a session that locks a lease's row, milliseconds. */
const LEASE_LOCK_MS = 1_000;

/**
 * Takes the lease of `$name` for `$holder`, as a statement of its own or within another. `on conflict` locks the row
 * before it looks, so it waits for a lease that is being released at this moment, and takes it. A lease that ends later
 * than any could was not taken by this clock, and is ignored.
 * @param from more of the FROM clause: the lease is taken only if that has a row.
 */
export const takeLeaseSql = (name: string, holder: string, from = ''): string => `
  insert into leases as l (name, holder, until)
    select ${name}, ${holder}, now() + interval '${LEASE_MS} ms'
      from (select set_config('lock_timeout', '${LEASE_LOCK_MS}ms', true)) as wait (ms)${from} where wait.ms is not null
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where l.holder = excluded.holder or l.until <= now() or l.until > excluded.until + interval '${LEASE_MS} ms'
    returning true`;

/** @returns false when another holds it, or when its row is locked. */
export async function takeLease(db: Queryable, name: string, holder: string): Promise<boolean> {
  try {
    const { rowCount } = await db.query(takeLeaseSql('$1', '$2'), [name, holder]);
    return rowCount === 1;
  } catch (thrown) {
    if (isLockTimeout(thrown)) return false;
    throw thrown;
  }
}

/** Extends a lease that is still ours. */
export async function renewLease(db: Queryable, name: string, holder: string): Promise<void> {
  await db.query(
    `update leases set until = now() + interval '${LEASE_MS} ms' where name = $1 and holder = $2 and until > now()`,
    [name, holder],
  );
}

export async function releaseLease(db: Queryable, name: string, holder: string): Promise<void> {
  await db.query('update leases set until = now() where name = $1 and holder = $2', [name, holder]);
}

/** Postgres gave up waiting for a lock: lock_not_available. */
export function isLockTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === '55P03';
}
