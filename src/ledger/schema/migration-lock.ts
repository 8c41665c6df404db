/**
 * One migration at a time. The lock is on a table that only its owner may lock, so a login with nothing but CONNECT can't
 * keep Hallpass from starting. (node-pg-migrate's own lock is advisory, and any login could take it.) Other connections
 * may read and write the table meanwhile.
 */
import pg from 'pg';
import { LedgerError } from '../pool.js';

/** node-pg-migrate's table, as it makes it. */
export const MIGRATIONS_TABLE = 'migrations';
/** How long to wait for another migration, and for each lock a migration needs, milliseconds. */
export const PATIENCE_MS = 30_000;

const MAKE = `create table if not exists ${MIGRATIONS_TABLE}
  (id serial primary key, name varchar(255) not null, run_on timestamp not null)`;
/** When two create it at once: unique_violation in the catalog, duplicate_table, duplicate_object. */
const MADE_MEANWHILE = new Set(['23505', '42P07', '42710']);

/** Runs `work` while no other migration runs. @param client of the ledger's owner, on which `work` does not run. */
export async function whileNoOtherMigrates<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(MAKE).catch((thrown: unknown) => {
    if (!MADE_MEANWHILE.has(codeOf(thrown))) throw thrown;
  });
  await client.query(`begin; set local idle_in_transaction_session_timeout = 0`);
  try {
    await client.query(`lock table ${MIGRATIONS_TABLE} in share update exclusive mode`);
  } catch (cause) {
    await client.query('rollback');
    throw codeOf(cause) === LOCK_TIMEOUT ? await heldTooLong(client, cause) : cause;
  }
  const done = await work();
  await client.query('commit');
  return done;
}

export const LOCK_TIMEOUT = '55P03';

export function codeOf(thrown: unknown): string {
  return thrown instanceof pg.DatabaseError ? (thrown.code ?? '') : '';
}

/** Names the sessions that hold the locks a migration waits for, as far as this login can see them. */
export async function heldTooLong(client: pg.Client, cause: unknown): Promise<LedgerError> {
  const { rows } = await client.query<{ holder: string }>(
    `select format('pid %s (%s, %s)', a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no name')) as holder
       from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid() and exists (
         select from pg_locks l where l.pid = a.pid and l.granted and l.relation >= 16384
           and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
       order by 1 limit 5`,
  );
  const holders = rows.map(({ holder }) => holder).join(', ');
  return new LedgerError(`something has kept the ledger's tables locked for ${PATIENCE_MS / 1_000} s`, {
    passing: true,
    nextStep: `${
      holders === '' ? 'See pg_locks and pg_stat_activity' : `It is ${holders}`
    }: wait until another migration there is done, or end that session with pg_terminate_backend(pid), and start again.`,
    cause,
  });
}
