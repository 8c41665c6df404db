import type { Queryable } from '../pool.js';

/** Who requested what, where: the parts of a request that never change. */
export interface About {
  readonly target: string;
  readonly role: string;
  readonly login: string;
  /** Slack user id. */
  readonly requester: string;
}

/** What these requests are about, by their ids; without those that are gone. */
export async function readAbout(db: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, About>> {
  const { rows } = await db.query<About & { readonly id: number }>(
    'select id, target, role, login, requester from requests where id = any($1::bigint[])',
    [ids],
  );
  return new Map(rows.map(({ id, ...about }) => [id, about]));
}
