/**
 * One sweeper a target at a time, by session-level advisory locks on one dedicated connection per process. The
 * lock saves work; correctness never rests on it. The server itself ends the session of a process that has
 * stopped answering (`idle_session_timeout`, Postgres 14 and later), so a frozen process cannot hold a target.
 */
import pg from 'pg';
import { ledgerConnection } from './pool.js';

/** Distinguishes our locks from others' in the same database: "HPSW". */
const LOCK_CLASS = 0x48505357;
const PING_MS = 3_000;
const SESSION_TIMEOUT_MS = 10_000;

export interface SweepLock {
  /** Runs `work` while holding the lock of `name`. @returns false when another session holds it. */
  withLock(name: string, work: () => Promise<void>): Promise<boolean>;
  close(): Promise<void>;
}

export function createSweepLock(databaseUrl: string, onError: (error: Error) => void): SweepLock {
  let current: Promise<pg.Client> | null = null;

  async function connect(forget: () => void): Promise<pg.Client> {
    const client = new pg.Client(ledgerConnection(databaseUrl));
    const ping = setInterval(() => {
      client.query('select 1').catch(onError);
    }, PING_MS);
    ping.unref();
    const drop = () => {
      clearInterval(ping);
      forget();
    };
    client.on('end', drop);
    client.on('error', (error) => {
      drop();
      onError(error);
    });
    try {
      await client.connect();
      await client.query(`set idle_session_timeout = ${SESSION_TIMEOUT_MS}`);
      return client;
    } catch (error) {
      drop();
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  function session(): Promise<pg.Client> {
    if (current === null) {
      const mine: Promise<pg.Client> = connect(() => {
        if (current === mine) current = null;
      });
      current = mine;
    }
    return current;
  }

  return {
    async withLock(name, work) {
      const client = await session();
      const { rows } = await client.query<{ got: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) as got',
        [LOCK_CLASS, name],
      );
      if (rows[0]?.got !== true) return false;
      try {
        await work();
      } finally {
        // When the session is gone, so is its lock.
        await client.query('select pg_advisory_unlock($1, hashtext($2))', [LOCK_CLASS, name]).catch(onError);
      }
      return true;
    },
    async close() {
      const client = await current?.catch(() => null);
      await client?.end();
    },
  };
}
