/**
 * Is there a server session behind a connection that stays ours while it is open? A pooler in transaction mode gives
 * each transaction another one. Asked once for each connection.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';

const session = z.tuple([z.object({ pid: z.number(), timeout: z.string() })]);
const LOOK = `
SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('idle_session_timeout') AS timeout`;

/**
 * As the server writes it; from 14 on. Long enough for a slow pooler to let go of the session first: if it learned of
 * both at once, it would close our connection with the session.
 */
const SOON = '200ms';
/** A session that ends itself is gone long before that, milliseconds. */
const SURELY_ENDED_MS = 700;

/**
 * The server tells its process when a client connects (BackendKeyData: PostgreSQL documentation, "Message Formats").
 * A pooler that shares sessions must tell another one, or none, so equal numbers prove that there is none.
 * @param pid the process that ran a statement.
 */
export function isOwnProcess(client: pg.ClientBase, pid: number): boolean {
  return 'processID' in client && client.processID === pid;
}

/**
 * For everything else, such as poolers in session mode and some clouds' proxies: lets the session end as soon as it
 * is idle. If the session is ours, the connection closes with it (true). If it is shared, it ends unnoticed or is
 * reset, and the next statement runs in another one (false). It asks until one of the two is seen; the caller limits
 * the time.
 */
export async function endsItself(client: pg.Client): Promise<boolean> {
  const ended = new Promise<true>((resolve) => {
    client.once('end', () => resolve(true));
  });
  const { pid } = await look(client);
  await client.query(`SET idle_session_timeout = '${SOON}'`);
  for (;;) {
    if (await Promise.race([ended, sleep(SURELY_ENDED_MS, false)])) return true;
    const now = await look(client);
    if (now.pid !== pid || now.timeout !== SOON) return false;
  }
}

async function look(client: pg.Client): Promise<z.infer<typeof session>[0]> {
  const { rows } = await client.query(LOOK);
  return session.parse(rows)[0];
}
