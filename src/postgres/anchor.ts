/**
 * The anchor of the ledger, on the target: as the default `application_name` of our own login. Every login may change
 * its own defaults (https://www.postgresql.org/docs/current/sql-alterrole.html), so no right, no table and no
 * function of ours is needed; custom settings would need SET on a parameter, from 15 on. It names nothing: our connections
 * say their application_name themselves.
 */
import pg from 'pg';
import { z } from 'zod';
import { type Anchor, formatAnchor } from '../domain/anchor.js';
import type { TargetConnection } from './connect.js';
import { otherServerError } from './errors.js';
import { readServer } from './reading/server.js';

/** SQL: what stands there, whoever wrote it; null when nothing does. */
export const ANCHOR = `
(SELECT substr(s, length('application_name=') + 1)
   FROM pg_roles u, unnest(u.rolconfig) s WHERE u.rolname = session_user AND s LIKE 'application\\_name=%')`;

/**
 * Notes the anchor. Of two processes that do at once, one may be told so by an error that passes.
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
