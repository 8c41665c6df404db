/**
 * Is there a session of the server behind a connection, ours for as long as it is open? A pooler in transaction mode
 * gives each transaction another one. Asked once for each connection.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';

const session = z.tuple([z.object({ pid: z.number(), timeout: z.string() })]);
const LOOK = `
SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('idle_session_timeout') AS timeout`;

/**
 * As the server writes it; from 14 on. Long enough for a pooler that is slow to let go of the session first: one that
 * learns both at once would take our connection along.
 */
const SOON = '200ms';
/** A session that ends itself is gone long before, milliseconds. */
const SURELY_ENDED_MS = 700;

/**
 * The server tells its process when a client connects (BackendKeyData: PostgreSQL documentation, "Message Formats");
 * who stands in between and shares sessions must tell another one, or none. So equal numbers prove that nobody does.
 * @param pid the process that ran a statement.
 */
export function isOwnProcess(client: pg.ClientBase, pid: number): boolean {
  return 'processID' in client && client.processID === pid;
}

/**
 * For the rest, among them poolers in session mode and the proxies of some clouds: lets the session end as soon as it
 * is idle. One of our own takes the connection along: true. A shared one ends unnoticed, or was set back to what it
 * was, and the next statement is in another: false. Until one of both is seen it goes on; the caller limits the time.
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
