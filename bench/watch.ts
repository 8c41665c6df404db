/**
 * Sees memberships come and go from a session of its own. The session looks each millisecond, inside a procedure on the
 * server: that sees what another session could have used (the time of a COMMIT record would be too early: nobody sees a
 * transaction before it is on disk), it takes next to nothing of the machine, and no round trip and no busy event loop
 * of the bench is counted in. Each look is a transaction of its own: one that lasted would keep every row that is
 * deleted meanwhile, and all who look for memberships would step over them. The moments are the machine's clock, as
 * `Date.now()` is.
 */
import pg from 'pg';
import type { ServerAccess } from '../sandbox/postgres/server-access.js';

/** How long is waited for the last one, milliseconds. */
const PATIENCE_MS = 600_000;

const PROCEDURES = `
CREATE SCHEMA bench;

-- The moment when this membership is first seen.
CREATE PROCEDURE bench.seen(role oid, login oid, patience interval, INOUT at float8) LANGUAGE plpgsql AS $fn$
DECLARE
  until timestamptz := clock_timestamp() + patience;
BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = role AND m.member = login) LOOP
    IF clock_timestamp() > until THEN RAISE EXCEPTION 'the membership did not come'; END IF;
    COMMIT;
    PERFORM pg_sleep(0.0005);
  END LOOP;
  at := extract(epoch FROM clock_timestamp()) * 1000;
END
$fn$;

-- The moment from which on none of the role's memberships by this grantor is seen.
CREATE PROCEDURE bench.all_gone(role oid, by oid, patience interval, INOUT at float8) LANGUAGE plpgsql AS $fn$
DECLARE
  until timestamptz := clock_timestamp() + patience;
BEGIN
  WHILE EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by) LOOP
    IF clock_timestamp() > until THEN RAISE EXCEPTION 'memberships are still there'; END IF;
    COMMIT;
    PERFORM pg_sleep(0.001);
  END LOOP;
  at := extract(epoch FROM clock_timestamp()) * 1000;
END
$fn$;

-- The same, and for each membership the moment from which on it is not seen.
CREATE PROCEDURE bench.each_gone(role oid, by oid, patience interval, INOUT gone jsonb) LANGUAGE plpgsql AS $fn$
DECLARE
  until timestamptz := clock_timestamp() + patience;
  before oid[] := ARRAY(SELECT m.member FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by);
  after oid[];
  at float8;
BEGIN
  gone := '{}';
  WHILE cardinality(before) > 0 LOOP
    IF clock_timestamp() > until THEN RAISE EXCEPTION 'memberships are still there'; END IF;
    COMMIT;
    PERFORM pg_sleep(0.001);
    IF (SELECT count(*) FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by) < cardinality(before) THEN
      after := ARRAY(SELECT m.member FROM pg_auth_members m WHERE m.roleid = role AND m.grantor = by);
      at := extract(epoch FROM clock_timestamp()) * 1000;
      gone := gone || (SELECT jsonb_object_agg(m, at)
                         FROM (SELECT unnest(before) AS m EXCEPT SELECT unnest(after)) went);
      before := after;
    END IF;
  END LOOP;
END
$fn$;
`;

interface Granted {
  readonly roleOid: number;
  readonly grantorOid: number;
}

/** All moments are milliseconds since 1970. */
export interface Watch {
  seen(roleOid: number, memberOid: number): Promise<number>;
  allGone(granted: Granted): Promise<number>;
  eachGone(granted: Granted): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export async function createWatch(server: ServerAccess): Promise<Watch> {
  await server.query(PROCEDURES);
  const pool = new pg.Pool({ connectionString: server.url, max: 2, idleTimeoutMillis: 0 });
  // A server that the bench stops ends these connections, too.
  pool.on('error', () => undefined);
  const call = async <Answer>(procedure: string, ...values: readonly number[]): Promise<Answer> => {
    const { rows } = await pool.query<Readonly<Record<string, Answer>>>(
      `call bench.${procedure}($1, $2, $3, null)`,
      [...values, `${PATIENCE_MS} ms`],
    );
    const [answer] = rows.flatMap((row) => Object.values(row));
    if (answer === undefined) throw new Error(`bench.${procedure} answered nothing`);
    return answer;
  };
  return {
    seen: (roleOid, memberOid) => call<number>('seen', roleOid, memberOid),
    allGone: ({ roleOid, grantorOid }) => call<number>('all_gone', roleOid, grantorOid),
    async eachGone({ roleOid, grantorOid }) {
      const gone = await call<Record<string, number>>('each_gone', roleOid, grantorOid);
      return new Map(Object.entries(gone).map(([member, at]) => [Number(member), at]));
    },
    close: () => pool.end(),
  };
}
