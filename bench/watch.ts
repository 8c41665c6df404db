/**
 * Sees memberships come and go from a session of its own. The session looks each millisecond, inside a function on the
 * server: that sees what another session could have used (the time of a COMMIT record would be too early: nobody sees a
 * transaction before it is on disk), it takes next to nothing of the machine, and no round trip and no busy event loop
 * of the bench is counted in. The moments are the machine's clock, as `Date.now()` is.
 */
import pg from 'pg';
import type { ServerAccess } from '../sandbox/postgres/server-access.js';

/** How long is waited for the last one, milliseconds. */
const PATIENCE_MS = 600_000;

const FUNCTIONS = `
CREATE SCHEMA bench;

-- The moment when this membership is first seen.
CREATE FUNCTION bench.seen(role oid, login oid, patience interval) RETURNS timestamptz LANGUAGE plpgsql AS $fn$
DECLARE
  until timestamptz := clock_timestamp() + patience;
BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = role AND m.member = login) LOOP
    IF clock_timestamp() > until THEN RAISE EXCEPTION 'the membership did not come'; END IF;
    PERFORM pg_sleep(0.0005);
  END LOOP;
  RETURN clock_timestamp();
END
$fn$;

-- The moment from which on none of the role's memberships by this grantor is seen.
CREATE FUNCTION bench.all_gone(role oid, by oid, patience interval) RETURNS timestamptz LANGUAGE plpgsql AS $fn$
DECLARE
  until timestamptz := clock_timestamp() + patience;
BEGIN
  WHILE EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by) LOOP
    IF clock_timestamp() > until THEN RAISE EXCEPTION 'memberships are still there'; END IF;
    PERFORM pg_sleep(0.001);
  END LOOP;
  RETURN clock_timestamp();
END
$fn$;

-- The same, and for each membership the moment from which on it is not seen.
CREATE FUNCTION bench.each_gone(role oid, by oid, patience interval)
RETURNS TABLE (member oid, at timestamptz) LANGUAGE plpgsql AS $fn$
DECLARE
  until timestamptz := clock_timestamp() + patience;
  before oid[] := ARRAY(SELECT m.member FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by);
  after oid[];
BEGIN
  WHILE cardinality(before) > 0 LOOP
    IF clock_timestamp() > until THEN RAISE EXCEPTION 'memberships are still there'; END IF;
    PERFORM pg_sleep(0.001);
    IF (SELECT count(*) FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by) < cardinality(before) THEN
      after := ARRAY(SELECT m.member FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by);
      at := clock_timestamp();
      FOR member IN SELECT unnest(before) EXCEPT SELECT unnest(after) LOOP RETURN NEXT; END LOOP;
      before := after;
    END IF;
  END LOOP;
END
$fn$;
`;

interface Lent {
  readonly roleOid: number;
  readonly grantorOid: number;
}

/** All moments are milliseconds since 1970. */
export interface Watch {
  seen(roleOid: number, memberOid: number): Promise<number>;
  allGone(lent: Lent): Promise<number>;
  eachGone(lent: Lent): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export async function createWatch(server: ServerAccess): Promise<Watch> {
  await server.query(FUNCTIONS);
  const pool = new pg.Pool({ connectionString: server.url, max: 2, idleTimeoutMillis: 0 });
  // A server that the bench stops ends these connections, too.
  pool.on('error', () => undefined);
  const patience = `${PATIENCE_MS} ms`;
  const moment = async (sql: string, values: readonly number[]): Promise<number> => {
    const { rows } = await pool.query<{ at: number }>(
      `select extract(epoch from ${sql})::float8 * 1000 as at`,
      [...values, patience],
    );
    return rows[0]?.at ?? Number.NaN;
  };
  return {
    seen: (roleOid, memberOid) => moment('bench.seen($1, $2, $3)', [roleOid, memberOid]),
    allGone: ({ roleOid, grantorOid }) => moment('bench.all_gone($1, $2, $3)', [roleOid, grantorOid]),
    async eachGone({ roleOid, grantorOid }) {
      const { rows } = await pool.query<{ member: number; at: number }>(
        'select member, extract(epoch from at)::float8 * 1000 as at from bench.each_gone($1, $2, $3)',
        [roleOid, grantorOid, patience],
      );
      return new Map(rows.map(({ member, at }) => [member, at]));
    },
    close: () => pool.end(),
  };
}
