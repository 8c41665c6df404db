/**
 * Makes a session that is our own and has the settings that our statements need, whatever is between us and the
 * server, and whatever defaults somebody set for our login or the database.
 */
import type pg from 'pg';
import { z } from 'zod';
import { endsItself, isOwnProcess } from './pooler.js';
import { type SessionSettings, settingsToSet, startupOptions } from './settings.js';

/** A pooler gives each transaction another session, shared with others: no setting, lock or proof lasts in it. */
export class SharedSessionError extends Error {}

/** `session_replication_role` keeps triggers from running, and only a superuser can change it back. */
export class TriggersOffError extends Error {}

const settled = z.tuple([z.object({ pid: z.number(), replication: z.string() })]);

/**
 * Sets everything, in the same round trip that asks for the process. Names of the catalog are written in full,
 * because the search path is one of the settings.
 * - Planner settings that somebody gave our login or the database go back to Postgres's own; those of the whole
 *   server stay.
 * - A commit is at least on the server's own disk before it is answered. If it also waits for a standby, that stays;
 *   if it doesn't, it isn't made to: a standby that is away would hold up every REVOKE.
 */
const SETTLE = `
SELECT pg_catalog.pg_backend_pid() AS pid,
       pg_catalog.current_setting('session_replication_role') AS replication,
       (SELECT pg_catalog.count(pg_catalog.set_config(s.name, s.value, false))
          FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS s (name, value)
         WHERE pg_catalog.current_setting(s.name, true) IS NOT NULL),
       (SELECT pg_catalog.count(pg_catalog.set_config(p.name, p.boot_val, false)) FROM pg_catalog.pg_settings p
         WHERE p.context OPERATOR(pg_catalog.=) 'user'
           AND p.source OPERATOR(pg_catalog.=) ANY ('{database,user,"database user"}'::pg_catalog.text[])
           AND p.category OPERATOR(pg_catalog.~) '^(Query Tuning|Resource Usage|Developer Options)'),
       pg_catalog.set_config('synchronous_commit',
         CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'local'
              ELSE pg_catalog.current_setting('synchronous_commit') END, false)`;

/**
 * Sets what `settings` and the list say, for as long as the session lasts.
 * @returns whether we are connected to the server's own process.
 * @throws what `pg` throws; TriggersOffError
 */
export async function settle(client: pg.ClientBase, settings: SessionSettings): Promise<boolean> {
  const { names, values } = settingsToSet(settings);
  const { rows } = await client.query(SETTLE, [names, values]);
  const [{ pid, replication }] = settled.parse(rows);
  if (settings.triggers === true && replication !== 'origin') {
    await client.query('SET session_replication_role = origin').catch((cause: unknown) => {
      throw new TriggersOffError(replication, { cause });
    });
  }
  return isOwnProcess(client, pid);
}

/**
 * PgBouncer's only code, "not supported" (RDS Proxy), an unknown setting, a wrong value: by code, not by language.
 */
const REFUSES_OPTIONS: ReadonlySet<string> = new Set(['08P01', '0A000', '42704', '22023']);

/**
 * How to try the startup packet after a failed login; undefined when nothing else is worth a try.
 * @param tried null: without our options, which poolers and proxies refuse.
 */
export function nextOptions(
  settings: SessionSettings,
  tried: string | null,
  thrown: unknown,
): string | null | undefined {
  if (tried === null) return undefined;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  // The transaction's time limit ran out before we could lift it.
  const withLimit = startupOptions(settings, true);
  if (code === '25P04') return tried === withLimit ? undefined : withLimit;
  return typeof code === 'string' && REFUSES_OPTIONS.has(code) ? null : undefined;
}

/**
 * Logs in, as often as it takes to find what the other side accepts.
 * @param prepare makes a client with these options in its startup packet, not yet connected.
 * @param limit bounds how long we wait for what is asked of the session.
 * @throws what `prepare` and `pg` throw; SharedSessionError; TriggersOffError. Nothing of a connection is left then.
 */
export async function ownSession<C extends pg.Client>(
  settings: SessionSettings,
  prepare: (options: string | null) => C | Promise<C>,
  limit: <T>(work: Promise<T>) => Promise<T> = (work) => work,
): Promise<C> {
  let options: string | null = startupOptions(settings);
  let proved = false;
  for (;;) {
    const client = await prepare(options);
    try {
      await client.connect();
      if ((await limit(settle(client, settings))) || proved) return client;
      if (!(await limit(endsItself(client)))) throw new SharedSessionError();
      destroy(client);
      proved = true;
    } catch (thrown) {
      destroy(client);
      const next = nextOptions(settings, options, thrown);
      if (next === undefined) throw thrown;
      options = next;
    }
  }
}

/** At once, without a goodbye: its statements fail, and its tunnel closes. */
export function destroy(client: pg.Client): void {
  client.connection.stream.destroy();
}
