import { type BackendFactory, createPostgresBackend, isPgPool, type PostgresQueueBackend } from 'bullmq';
import pg from 'pg';
import { OwnPool } from '../connections/pool.js';
import { QUEUE_SCHEMA } from './names.js';

/**
 * BullMQ removes its listeners from a connection before it releases it, and an `error` without a listener ends the process: a
 * ledger that restarts at that moment would take Hallpass with it.
 */
class QuietClient extends pg.Client {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, ...args);
  }
}

/** BullMQ's Postgres backend on a pool of our own; `connection` is the database's URL. */
export const createLedgerBackend: BackendFactory<PostgresQueueBackend, string> = (name, options, factory) => {
  const pool: unknown = new OwnPool(
    options.connection,
    { own: { search_path: QUEUE_SCHEMA } },
    {
      application_name: 'hallpass alarms',
      Client: QuietClient,
      // One of them listens all the time.
      max: 5,
      keepAlive: true,
      // A silent server becomes an error, and an error opens new connections.
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    },
  );
  // Only for the compiler: BullMQ describes pg's pool in types of its own.
  if (!isPgPool(pool)) throw new TypeError('pg.Pool is not the pool that BullMQ expects');
  const backend = createPostgresBackend(name, { ...options, connection: pool }, factory);
  backend.once('close', () => void pool.end());
  return backend;
};
