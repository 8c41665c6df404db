/**
 * Works on one run of one server only: one address may lead to a copy, or to a promoted standby, from one connection
 * to the next. The time its postmaster started tells them apart, and no session outlives it.
 */
import { z } from 'zod';
import type { Send, TargetConnection } from './connect.js';
import { movedServerError, otherServerError } from './errors.js';
import type { Server } from './target.js';

/** SQL: when the postmaster started, in microseconds, which no setting formats differently. */
export const STARTED_AT = `(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text`;

const runRow = z.object({ id: z.string(), standby: z.boolean(), startedAt: z.coerce.number() });

const RUN = `
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS id, pg_is_in_recovery() AS standby,
       ${STARTED_AT} AS "startedAt"`;

/** What a standby says about itself. */
export type Run = z.infer<typeof runRow>;

export async function readRun(send: Send): Promise<Run> {
  const [row] = await send(runRow, RUN);
  if (row === undefined) throw new Error('the server did not say which it is');
  return row;
}

const startRow = z.object({ startedAt: z.coerce.number() });

/** The same connection, but before anything is done or reported, it throws when that is another server. */
export function onlyOn(
  connection: TargetConnection,
  { id, startedAt }: Pick<Server, 'id' | 'startedAt'>,
): TargetConnection {
  async function checked<T>(send: Send, read: (send: Send) => Promise<T>): Promise<T> {
    const [seen, [row]] = await Promise.all([
      read(send),
      send(startRow, `SELECT ${STARTED_AT} AS "startedAt"`),
    ]);
    if (row?.startedAt !== startedAt) {
      const run = await readRun(send);
      throw run.id === id ? movedServerError() : otherServerError(id, run.id);
    }
    return seen;
  }
  return {
    ...connection,
    read: (read) => connection.read((send) => checked(send, read)),
    transaction: (read, work) => connection.transaction((send) => checked(send, read), work),
  };
}
