/**
 * The anchor of the ledger, on the target: the default `application_name` of our own login. Every login may change
 * its own defaults (https://www.postgresql.org/docs/current/sql-alterrole.html), so this needs no right, table or
 * function of ours; a custom setting would need SET on a parameter, from 15 on. It names no connection: ours set
 * their application_name themselves.
 */
import pg from 'pg';
import { z } from 'zod';
import { type Anchor, formatAnchor } from '../domain/audit/anchor.js';
import type { TargetConnection } from './connect.js';
import { otherServerError } from './errors.js';
import { readServer } from './reading/server.js';

/** SQL: the stored text, no matter who wrote it; null when there is none. */
export const ANCHOR = `
(SELECT substr(s, length('application_name=') + 1)
   FROM pg_roles u, unnest(u.rolconfig) s WHERE u.rolname = session_user AND s LIKE 'application\\_name=%')`;

/**
 * Writes the anchor. If two processes write at once, one may get a transient error.
 * @throws TargetError
 */
export function writeAnchor(connection: TargetConnection, server: string, anchor: Anchor): Promise<void> {
  return connection.transaction(
    (send) => readServer(send),
    async (seen, { send, commit }) => {
      if (seen.id !== server) throw otherServerError(server, seen.id);
      const text = pg.escapeLiteral(formatAnchor(anchor));
      await send(z.unknown(), `ALTER ROLE SESSION_USER SET application_name = ${text}`);
      await commit();
    },
  );
}
