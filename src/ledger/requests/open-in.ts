/** What an operator ends together: requests by id, or everything open on a target, of a person, or anywhere. */
import type { Queryable } from '../pool.js';

export type EndScope =
  | { readonly of: 'requests'; readonly ids: readonly number[] }
  | { readonly of: 'target'; readonly target: string }
  /** A Slack user id, or a login. */
  | { readonly of: 'person'; readonly person: string }
  | { readonly of: 'everything' };

/** $1 ids, $2 target, $3 person: null means any. */
const IN_SCOPE = `($1::bigint[] is null or r.id = any($1)) and ($2::text is null or r.target = $2)
  and ($3::text is null or r.requester = $3 or r.login = $3)`;
const OPEN = `r.state in ('pending', 'granting', 'active', 'ending')`;

const valuesOf = (scope: EndScope): readonly unknown[] => [
  scope.of === 'requests' ? scope.ids : null,
  scope.of === 'target' ? scope.target : null,
  scope.of === 'person' ? scope.person : null,
];

/** The ids of the open requests, the oldest first. */
export async function readOpenIn(db: Queryable, scope: EndScope): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select r.id from requests r where ${OPEN} and ${IN_SCOPE} order by r.id`,
    [...valuesOf(scope)],
  );
  return rows.map(({ id }) => id);
}

/** Did the ledger ever have a request of this person, a Slack user id or a login? */
export async function isKnownPerson(db: Queryable, person: string): Promise<boolean> {
  const { rowCount } = await db.query('select from requests where requester = $1 or login = $1 limit 1', [
    person,
  ]);
  return rowCount === 1;
}

/** A membership to be revoked that belongs to no open request. */
export interface Remnant {
  readonly target: string;
  readonly role: string;
  readonly login: string;
  readonly trouble: string | null;
}

/** What is not proved gone yet. */
export interface Unproved {
  /** By target: how many of these requests give access, or may. */
  readonly requests: ReadonlyMap<string, number>;
  readonly remnants: readonly Remnant[];
}

export async function readUnproved(
  db: Queryable,
  scope: EndScope,
  ids: readonly number[],
): Promise<Unproved> {
  const { rows } = await db.query<{ target: string; n: number; remnants: readonly Remnant[] | null }>(
    `select r.target, count(*)::int as n, null::json as remnants from requests r
       where r.id = any($4::bigint[]) and r.state in ('granting', 'active', 'ending') group by r.target
     union all
     select '', 0, json_agg(json_build_object('target', s.target, 'role', s.role, 'login', s.login,
         'trouble', s.trouble) order by s.id)
       from strays s left join requests q on q.id = s.request_id
       where s.settled_at is null and ($1::bigint[] is null or s.request_id = any($1))
         and ($2::text is null or s.target = $2) and ($3::text is null or s.login = $3 or q.requester = $3)`,
    [...valuesOf(scope), ids],
  );
  const counted = rows.filter(({ n }) => n > 0);
  return {
    requests: new Map(counted.map(({ target, n }) => [target, n])),
    remnants: rows.flatMap(({ remnants }) => remnants ?? []),
  };
}
