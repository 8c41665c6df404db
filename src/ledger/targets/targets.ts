import type { ServerIdentity } from '../../domain/postgres/server-identity.js';
import type { Queryable } from '../pool.js';
import { MAY_BE_ONE } from './servers.js';

/** What the ledger knows of a target beside its requests. */
export interface TargetRow {
  readonly wakeSeq: number;
  /** system_identifier as last seen; null before the first sweep. */
  readonly server: string | null;
  /** The process that swept last. */
  readonly sweeper: string | null;
  /** Milliseconds since all our memberships there were compared; null when never. */
  readonly checkedMs: number | null;
  /** The server remembers another ledger than this one: nothing is done there until an operator decides. */
  readonly doubted: boolean;
  /** The server that was met at the last look; null when none is known yet. */
  readonly known: Pick<ServerIdentity, 'id' | 'startedAt'> | null;
  /** What answers at its address, and may be a copy. */
  readonly stranger: ServerIdentity | null;
  /** How far the audit chain goes. */
  readonly head: number;
  /** Milliseconds until the next grant there expires, negative when one is due; null when none is active. */
  readonly nextMs: number | null;
}

/** What is read of the target $1: a TargetRow. */
export const TARGET_COLUMNS = `
  wake_seq as "wakeSeq", server, sweeper, extract(epoch from now() - checked_at)::float8 * 1000 as "checkedMs",
  doubt is not null as doubted, stranger, (select seq from audit_head) as head,
  case when system_id is not null and started_at is not null
    then json_build_object('id', system_id, 'startedAt', started_at) end as known,
  (select extract(epoch from min(expires_at) - now())::float8 * 1000 from requests
    where state = 'active' and target = $1) as "nextMs"`;

/** A target without a row. */
export const UNKNOWN_TARGET: TargetRow = {
  ...{ wakeSeq: 0, server: null, sweeper: null, checkedMs: null, doubted: false },
  ...{ known: null, stranger: null, head: 0, nextMs: null },
};

/**
 * Makes a row for each target of the configuration. A target that has left it, with nothing open, forgets its server,
 * which may be another target now, perhaps the same one under a new name.
 */
export async function registerTargets(db: Queryable, names: readonly string[]): Promise<void> {
  await db.query(
    `with added as (
       insert into targets (name) select unnest($1::text[]) on conflict do nothing
     )
     update targets t set server = null, system_id = null, timeline = null, started_at = null, lsn = null,
         anchor_seq = null, since = null, seen_at = null, standbys = '{}', stranger = null, moved = null,
         replaced = null, doubt = null, checked_at = null
       where t.name <> all($1::text[]) and (t.server is not null or t.started_at is not null)
         and not exists (select from requests r where r.target = t.name
                          and r.state in ('granting', 'active', 'ending'))`,
    [names],
  );
}

export async function readTarget(db: Queryable, name: string): Promise<TargetRow> {
  const text = `select ${TARGET_COLUMNS} from targets where name = $1`;
  const { rows } = await db.query<TargetRow>({ name: 'target', text, values: [name] });
  return rows[0] ?? UNKNOWN_TARGET;
}

/** Records that this process compared all our memberships on the target, and which server it saw. */
export async function recordChecked(
  db: Queryable,
  name: string,
  sweeper: string,
  server: string,
): Promise<void> {
  await db.query(
    `update targets t set sweeper = $2, checked_at = now(), moved = null,
       server = case when exists (select from targets o where o.server = $3 and o.name <> $1 and ${MAY_BE_ONE})
         then t.server else $3 end
       where name = $1`,
    [name, sweeper, server],
  );
}

/** All our memberships on the target are to be compared at the end of the sweep that runs, or of the next one. */
export async function forgetChecked(db: Queryable, name: string): Promise<void> {
  await db.query('update targets set checked_at = null where name = $1', [name]);
}

/** Targets that have a grant, or may have one. */
export async function targetsWithGrants(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ target: string }>(
    `select t.name as target from targets t where
       exists (select from requests r where r.target = t.name and r.state in ('granting', 'ending'))
       or exists (select from requests r where r.target = t.name and r.state = 'active')
       or exists (select from strays s where s.target = t.name and s.settled_at is null)`,
  );
  return rows.map((row) => row.target);
}
