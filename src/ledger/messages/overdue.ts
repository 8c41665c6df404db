/**
 * Late revocations. A time during which a target has some is one row, an episode. All is counted by the ledger's clock,
 * from indexes that hold only what is open.
 */
import type { Queryable } from '../pool.js';

/** One time during which revocations on a target were overdue. */
export interface Overdue {
  readonly id: number;
  readonly target: string;
  /** How many at present; once it is over, how many there were last. */
  readonly grants: number;
  /** When the first of them was due. */
  readonly since: Date;
  /** What blocks most of them; null when it isn't known. */
  readonly trouble: string | null;
  /** Memberships that are not proved revoked yet; else only sessions that had them are left. */
  readonly toRevoke: boolean;
  readonly resolvedAt: Date | null;
  readonly version: number;
}

/** The revocations of the target `t` that were due before `now() - $1` milliseconds, as rows (due, trouble). */
export const LATE = `
  select expires_at as due, trouble from requests
    where target = t.name and state = 'active' and expires_at <= now() - $1 * interval '1 millisecond'
  union all
  select ending_at, trouble from requests
    where target = t.name and state = 'ending' and ending_at <= now() - $1 * interval '1 millisecond'
  union all
  select due_at, trouble from strays
    where target = t.name and settled_at is null and due_at <= now() - $1 * interval '1 millisecond'`;

/** When the next revocation was or is due, of those that are not overdue. */
const NEXT_DUE = `
  least(
    (select min(expires_at) from requests
      where target = t.name and state = 'active' and expires_at > now() - $1 * interval '1 millisecond'),
    (select min(ending_at) from requests
      where target = t.name and state = 'ending' and ending_at > now() - $1 * interval '1 millisecond'),
    (select min(due_at) from strays
      where target = t.name and settled_at is null and due_at > now() - $1 * interval '1 millisecond'))`;

const RECORD = `
  with late as (
    select t.name as target, ${NEXT_DUE} as next_due, l.*
      from targets t cross join lateral (
        select count(*)::int as grants, min(due) as since, mode() within group (order by trouble) as trouble
          from (${LATE}) d
      ) l
  ), begun as (
    insert into overdue (target, grants, since, trouble) select target, grants, since, trouble from late where grants > 0
      on conflict (target) where mended_at is null do update
        set grants = excluded.grants, since = excluded.since, trouble = coalesce(excluded.trouble, overdue.trouble),
          version = overdue.version + 1
        where (overdue.grants, overdue.since, overdue.trouble)
          is distinct from (excluded.grants, excluded.since, coalesce(excluded.trouble, overdue.trouble))
  ), resolved as (
    update overdue o set mended_at = now(), version = version + 1
      from late where o.mended_at is null and late.target = o.target and late.grants = 0
  )
  select coalesce(sum(grants), 0)::int as grants,
      extract(epoch from min(next_due) - now())::float8 * 1000 + $1 as next_ms from late`;

/**
 * Records what is overdue by more than `overdueMs`, and what no longer is. One process at a time: an older look that is
 * written last would start an episode again.
 * @returns how many are overdue, and the milliseconds until the next one would be; null: there is no other grant.
 */
export async function recordOverdue(
  db: Queryable,
  overdueMs: number,
): Promise<{ readonly grants: number; readonly nextMs: number | null }> {
  const { rows } = await db.query<{ grants: number; next_ms: number | null }>(RECORD, [overdueMs]);
  return { grants: rows[0]?.grants ?? 0, nextMs: rows[0]?.next_ms ?? null };
}

/** What is overdue on one target now, by more than `overdueMs`; null when nothing is. Only reads. */
export async function readLate(
  db: Queryable,
  target: string,
  overdueMs: number,
): Promise<Pick<Overdue, 'grants' | 'since' | 'trouble'> | null> {
  const { rows } = await db.query<{ grants: number; since: Date | null; trouble: string | null }>(
    `select count(d.due)::int as grants, min(d.due) as since, mode() within group (order by d.trouble) as trouble
       from targets t cross join lateral (${LATE}) d where t.name = $2`,
    [overdueMs, target],
  );
  const [row] = rows;
  return row === undefined || row.since === null ? null : { ...row, since: row.since };
}

/** Episodes whose latest version the operators don't know yet, the oldest first. */
export async function readUntold(db: Queryable, limit: number): Promise<readonly Overdue[]> {
  const { rows } = await db.query<Overdue>(
    `select o.id, o.target, o.grants, o.since, o.trouble, o.mended_at as "resolvedAt", o.version,
         exists (select from requests r where r.target = o.target and r.state = 'active'
                   and r.expires_at <= now() and r.sessions_before is null)
         or exists (select from requests r where r.target = o.target and r.state = 'ending'
                      and r.sessions_before is null)
         or exists (select from strays s where s.target = o.target and s.settled_at is null
                      and s.sessions_before is null) as "toRevoke"
       from overdue o where o.told < o.version order by o.id limit $1`,
    [limit],
  );
  return rows;
}

/** The operators' message and the page of this version are in the outbox. */
export async function recordTold(db: Queryable, { id, version }: Overdue): Promise<void> {
  await db.query('update overdue set told = greatest(told, $2) where id = $1', [id, version]);
}
