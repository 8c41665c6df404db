import pg from 'pg';
import { HallpassError } from '../errors.js';

/** Anything that runs SQL on the ledger. */
export type Queryable = Pick<pg.Pool, 'query'>;

const CONNECT_TIMEOUT_MS = 5_000;
/** Every statement here is small; one that takes longer is stuck. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** Ids and sequence numbers stay far below 2^53: read bigint as a number. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** How every connection to the ledger is made. */
export function ledgerConnection(databaseUrl: string): pg.ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: 'hallpass',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
    keepAlive: true,
    types,
  };
}

/** The ledger's pool. An idle connection that breaks is replaced; `onError` hears of it. */
export function createPool(databaseUrl: string, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ ...ledgerConnection(databaseUrl), max: 10 });
  pool.on('error', onError);
  return pool;
}

/** The ledger holds something that this release cannot read. Final. */
export class LedgerError extends HallpassError {}
