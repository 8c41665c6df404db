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
/** A question about a lock is answered at once, or the connection is dead. */
const ANSWER_MS = 5_000;

export interface SweepLock {
  /** Runs `work` while holding the lock of `name`. @returns false when another session holds it. */
  withLock(name: string, work: () => Promise<void>): Promise<boolean>;
  close(): Promise<void>;
}

export function createSweepLock(databaseUrl: string, onError: (error: Error) => void): SweepLock {
  let current: Session | null = null;

  function session(): Session {
    if (current === null || current.isLost()) current = openSession(databaseUrl, onError);
    return current;
  }

  return {
    async withLock(name, work) {
      const held = session();
      if (!(await held.ask('select pg_try_advisory_lock($1, hashtext($2)) as yes', name))) return false;
      try {
        await work();
      } finally {
        // When the session is gone, so is its lock.
        await held.ask('select pg_advisory_unlock($1, hashtext($2)) as yes', name).catch(onError);
      }
      return true;
    },
    async close() {
      await current?.close();
    },
  };
}

interface Session {
  /** One question about the lock of `name`, in its turn. A session that does not answer is lost with all its locks. */
  ask(sql: string, name: string): Promise<boolean>;
  isLost(): boolean;
  close(): Promise<void>;
}

function openSession(databaseUrl: string, onError: (error: Error) => void): Session {
  const client = new pg.Client({ ...ledgerConnection(databaseUrl), query_timeout: ANSWER_MS });
  let lost = false;
  const lose = (error: Error) => {
    if (!lost) onError(error);
    lost = true;
    clearInterval(ping);
    // Nothing but this ends a connection whose other end has vanished without a word.
    client.connection.stream.destroy();
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error('the session that holds the sweep locks has ended')));
  let last: Promise<unknown> = client
    .connect()
    .then(() => client.query(`set idle_session_timeout = ${SESSION_TIMEOUT_MS}`));

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn;
    turn.catch(lose);
    return turn;
  }
  const ping = setInterval(() => void inTurn(() => client.query('select 1')).catch(() => undefined), PING_MS);
  ping.unref();

  return {
    async ask(sql, name) {
      const { rows } = await inTurn(() => client.query<{ yes: boolean }>(sql, [LOCK_CLASS, name]));
      return rows[0]?.yes === true;
    },
    isLost: () => lost,
    async close() {
      lost = true;
      clearInterval(ping);
      await client.end().catch(() => undefined);
    },
  };
}
