import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { HerdTarget } from '../../../herd/herd-target.js';

/** Between two looks, milliseconds: they take little of the machine, and a herd of Hallpass's is gone within a second. */
const EVERY_MS = 40;

/**
 * Counts the memberships of a herd again and again, by a session of its own, until none is left.
 * @param onCount hears the count and the moment that it is of, milliseconds since 1970
 */
export async function countDown(
  { cluster, roleOid, grantorOid }: HerdTarget,
  onCount: (left: number, at: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let left = Number.NaN; left !== 0 && !signal.aborted; await sleep(EVERY_MS)) {
      const { rows } = await client.query<{ left: number; at: number }>(
        `select count(*)::int as left, extract(epoch from clock_timestamp())::float8 * 1000 as at
           from pg_auth_members where roleid = $1 and grantor = $2`,
        [roleOid, grantorOid],
      );
      left = rows[0]?.left ?? Number.NaN;
      if (rows[0]) onCount(left, rows[0].at);
    }
  } finally {
    await client.end();
  }
}
