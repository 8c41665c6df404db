/** Requests as Hallpass would have written them, a great many at once. */
import { loginOf, personOf } from './crowd.js';
import type { HerdTarget } from './herd-target.js';

export interface Ledger {
  /** Runs SQL on the ledger as its owner. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** When each grant expires, milliseconds since 1970; its holder is the one of the crowd with the same place in the list. */
export type Expiries = readonly number[];

/**
 * Grants the target's role to the first ones of the crowd: in the ledger and on the target.
 * @returns the ids
 */
export async function grantAll(
  { sql }: Ledger,
  granter: HerdTarget,
  expiries: Expiries,
  onGranted?: (granted: number) => void,
): Promise<number[]> {
  // What changes from here on is looked for when each has ended: by an older mark, that would be all of its catalogs.
  const [mark] = await granter.cluster.query<{ xid: string }>(
    'select pg_current_xact_id()::xid::text as xid',
  );
  const rows = await sql<{ id: number }>(
    `insert into requests (version, state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
         pending_until, decided_at, decided_by, decided_via, server, grantor_oid, role_oid, member_oid, granted_at,
         expires_at, sessions, set_role, grace_ms, mark)
       select 4, 'active', $1, $2, g.login, g.person, 'herd', 3600000, 3600000, '[]', 'herd:' || gen_random_uuid(),
         now(), now(), 'U0CORA', 'dba', $3, $4, $5, g.member, now(), to_timestamp(g.expires / 1000), 'auto', false,
         30000, $10
       from unnest($6::text[], $7::text[], $8::oid[], $9::float8[]) with ordinality
         as g (login, person, member, expires, n) order by n
       returning id::int`,
    [
      granter.key,
      granter.role,
      granter.server,
      granter.grantorOid,
      granter.roleOid,
      expiries.map((_, i) => loginOf(i + 1)),
      expiries.map((_, i) => personOf(i + 1)),
      granter.memberOids.slice(0, expiries.length),
      expiries,
      mark?.xid,
    ],
  );
  const ids = rows.map(({ id }) => id);
  await granter.grant(ids, onGranted);
  return ids;
}

/** Moves the end of what is granted there. */
async function expireAt({ sql }: Ledger, granter: HerdTarget, at: number): Promise<void> {
  await sql(
    `update requests set expires_at = to_timestamp($2::float8 / 1000) where target = $1 and state = 'active'`,
    [granter.key, at],
  );
}

const FAR_MS = 3_600_000;

interface GrantedHerd {
  /** The requests, by target. */
  readonly ids: readonly (readonly number[])[];
  /** Has all of them end so many milliseconds from now. @returns the moment, milliseconds since 1970 */
  endIn(ms: number): Promise<number>;
}

/** Grants each target's role to so many, all of them until one moment that is set later: to grant takes its time. */
export async function grantHerd(
  world: Ledger,
  granters: readonly HerdTarget[],
  n: number,
  onGranted?: (granted: number) => void,
): Promise<GrantedHerd> {
  const far = Date.now() + FAR_MS;
  const ids: number[][] = [];
  for (const granter of granters)
    ids.push(
      await grantAll(
        world,
        granter,
        Array.from({ length: n }, () => far),
        onGranted,
      ),
    );
  return {
    ids,
    async endIn(ms) {
      const due = Date.now() + ms;
      await Promise.all(granters.map((granter) => expireAt(world, granter, due)));
      return due;
    },
  };
}

/** Waits until Hallpass has compared everything on these targets since `since`: from then on it is at rest. */
export async function settled({ sql }: Ledger, granters: readonly HerdTarget[]): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    const [row] = await sql<{ all: boolean }>(
      'select bool_and(checked_at is not null) as all from targets where name = any($1)',
      [granters.map(({ key }) => key)],
    );
    if (row?.all === true) return;
    if (performance.now() > until) throw new Error('Hallpass did not compare what is granted');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
