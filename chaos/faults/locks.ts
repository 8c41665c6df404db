/** Locks that others hold. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ServerAccess } from '../../sandbox/postgres/server-access.js';
import type { ServerTarget } from '../stage.js';
import type { Fault } from './fault.js';

/** Longer than a HEARTBEAT, so that what is due meets it. */
const HELD_MS = [17_000, 30_000] as const;
const OUTSIDER = 'outsider';
/** How often the outsider looks for locks that it does not have yet, milliseconds. */
const LOOK_MS = 100;

/** The advisory locks that anybody has in this database, by the arguments of the functions that take them. */
const KNOWN = `
  SELECT DISTINCT CASE objsubid WHEN 1 THEN ((classid::bigint << 32) | objid::bigint)::text
                                ELSE classid::int8::bit(32)::int || ', ' || objid::int8::bit(32)::int END AS key
    FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = $1)`;

/**
 * A login that may do nothing but connect takes every advisory lock that is ever taken in the ledger, and keeps it. That
 * excuses nothing: locks only save work.
 */
export function lockHolderFault(server: ServerAccess, database: string): readonly Fault[] {
  return [
    {
      name: 'an outsider holds every advisory lock',
      place: 'ledger',
      lasts: HELD_MS,
      excuses: 'none',
      begin: async () => {
        const password = randomBytes(12).toString('hex');
        await server.query(`CREATE ROLE ${OUTSIDER} LOGIN PASSWORD '${password}'`);
        await server.query(`GRANT CONNECT ON DATABASE ${database} TO ${OUTSIDER}`);
        const url = server.urlFor({ user: OUTSIDER, password, database });
        const ending = new AbortController();
        const waiting = new Map<string, Promise<pg.Client | null>>();
        const looking = (async () => {
          while (!ending.signal.aborted) {
            // A ledger that is down is asked again.
            const known = await server.query<{ key: string }>(KNOWN, [database]).catch(() => []);
            for (const { key } of known) if (!waiting.has(key)) waiting.set(key, waitFor(url, key));
            await sleep(LOOK_MS, undefined, { signal: ending.signal }).catch(() => undefined);
          }
        })();
        return {
          heal: async () => {
            ending.abort();
            await looking;
            await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
              OUTSIDER,
            ]);
            await Promise.all(
              [...waiting.values()].map(async (each) => (await each)?.end().catch(() => undefined)),
            );
            await server.query(`DROP OWNED BY ${OUTSIDER}`, [], database);
            await server.query(`DROP ROLE ${OUTSIDER}`);
          },
        };
      },
    },
  ];
}

/** Stands in line for a lock, and keeps it once it is had. @returns null when the server ended it */
async function waitFor(url: string, key: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SELECT pg_advisory_lock(${key})`);
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return null;
  }
}

/** A transaction on a target that stays open has granted one of its roles: nobody else grants or revokes it meanwhile. */
export function roleLockFaults(targets: readonly ServerTarget[]): readonly Fault[] {
  return targets.map(({ name, server, roles }) => ({
    name: "an open transaction holds a role's lock",
    place: name,
    lasts: [3_000, 12_000],
    excuses: name,
    begin: async (random) => {
      const role = random.pick(roles);
      const client = new pg.Client({ connectionString: server.url });
      client.on('error', () => undefined);
      await client.connect();
      // Undone below, and never seen: it is not committed.
      await client.query(`BEGIN; CREATE ROLE lock_keeper; GRANT ${role} TO lock_keeper`);
      return {
        what: role,
        heal: async () => {
          await client.query('ROLLBACK').catch(() => undefined);
          await client.end().catch(() => undefined);
        },
      };
    },
  }));
}
