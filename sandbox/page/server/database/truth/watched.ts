/** A connection of its own to a server that may be stopped and started: opened once, and again after it broke. */
import pg from 'pg';
import type { Told } from '../../../api-database.js';

/** How long the page waits for an answer, milliseconds. */
const PATIENCE_MS = 3_000;

export interface Watched {
  /** What a query of it answers, or in words why there is no answer. */
  ask<T>(question: (db: pg.Pool) => Promise<T>): Promise<Told<T>>;
  close(): Promise<void>;
}

/** @param name what people call it: "Shop" */
export function watch(name: string, url: string): Watched {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'demo page',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  // The next one to ask is told.
  pool.on('error', () => undefined);
  return {
    ask: async (question) => {
      try {
        return { value: await question(pool), trouble: null };
      } catch (error) {
        return { value: null, trouble: whyNot(name, error) };
      }
    },
    close: () => pool.end(),
  };
}

/** The server starts, stops, or recovers. */
const NOT_YET = '57P03';

function whyNot(name: string, error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  if (code === NOT_YET) return `${name} is not ready yet.`;
  if (error instanceof pg.DatabaseError && !error.code?.startsWith('57P')) return `${name}: ${error.message}`;
  return `${name} does not answer.`;
}
