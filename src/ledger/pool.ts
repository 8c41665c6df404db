import type pg from 'pg';
import { connectOwn, OwnPool, ownConfig } from '../connections/pool.js';
import type { SessionSettings } from '../connections/settings.js';
import { readTypes } from '../connections/types.js';
import { HallpassError } from '../errors.js';

/** Anything that runs SQL on the ledger. */
export type Queryable = Pick<pg.Pool, 'query'>;

const CONNECT_TIMEOUT_MS = 5_000;
/** Every statement here is small; one that takes longer than this is stuck. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** A process that stops in the middle of a transaction loses its locks. */
const IDLE_IN_TRANSACTION_MS = 30_000;
/** Unused connections outlive a few heartbeats, because a new one costs several round trips. */
const IDLE_MS = 60_000;

/** The schema in which the migrations make their tables, unless DATABASE_URL names another. */
const LEDGER_SCHEMA = 'public';

/** How every connection to the ledger is made. */
function connection(statementMs: number): pg.ClientConfig & { readonly query_timeout: number } {
  return {
    application_name: 'hallpass',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: statementMs === 0 ? 0 : statementMs + 2_000,
    keepAlive: true,
    // Ids and sequence numbers stay far below 2^53.
    types: readTypes({ bigintAsNumber: true }),
  };
}

function settings(statementMs: number): SessionSettings {
  return {
    triggers: true,
    own: {
      search_path: LEDGER_SCHEMA,
      statement_timeout: String(statementMs),
      idle_in_transaction_session_timeout: String(statementMs === 0 ? 0 : IDLE_IN_TRANSACTION_MS),
    },
  };
}

/** For clients that others create; `connectLedger` also copes with what a pooler refuses. */
export function ledgerConnection(databaseUrl: string): ReturnType<typeof ownConfig> {
  return ownConfig(databaseUrl, settings(STATEMENT_TIMEOUT_MS), connection(STATEMENT_TIMEOUT_MS));
}

/**
 * One connection, to be ended by the caller.
 * @param statementMs the longest that a statement may take; 0: as long as it takes.
 * @throws HallpassError when it can't be a session of our own; else what `pg` throws
 */
export function connectLedger(
  databaseUrl: string,
  { statementMs = STATEMENT_TIMEOUT_MS }: { readonly statementMs?: number } = {},
): Promise<pg.Client> {
  return connectOwn(databaseUrl, settings(statementMs), connection(statementMs));
}

/** Runs `work` on a connection of its own. @throws as `connectLedger` does, or what `work` throws */
export async function withLedger<T>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<T>,
  options: Parameters<typeof connectLedger>[1] = {},
): Promise<T> {
  const client = await connectLedger(databaseUrl, options);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The ledger's pool. It replaces an idle connection that breaks, and calls `onError`. */
export function createPool(databaseUrl: string, onError: (error: Error) => void): pg.Pool {
  const pool = new OwnPool(databaseUrl, settings(STATEMENT_TIMEOUT_MS), {
    ...connection(STATEMENT_TIMEOUT_MS),
    max: 10,
    idleTimeoutMillis: IDLE_MS,
  });
  pool.on('error', onError);
  return pool;
}

/** The ledger holds something that this release cannot read. Final. */
export class LedgerError extends HallpassError {}
