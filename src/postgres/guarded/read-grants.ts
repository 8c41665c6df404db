import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import { standbyError } from '../errors.js';
import { readServer } from '../reading/server.js';
import type { Membership, Server } from '../target.js';
import { BACKSTOP_MS } from './names.js';

/** What a guarded target remembers of one request that it has not ended. */
export interface RememberedGrant extends Membership {
  readonly requestId: number;
  /** The transaction of the GRANT, as in Granted. */
  readonly mark: string;
  /** By the server's clock. */
  readonly grantedAt: Date;
  /** When the ledger was to revoke it, extensions included: the server itself waits longer, by the backstop. */
  readonly expiresAt: Date;
}

const grantRow = z.object({
  requestId: z.coerce.number(),
  roleOid: z.number(),
  memberOid: z.number(),
  role: z.string(),
  login: z.string(),
  setRole: z.boolean(),
  mark: z.string(),
  grantedAt: z.date(),
  expiresAt: z.date(),
});

const GRANTS = `
SELECT request_id AS "requestId", role_oid AS "roleOid", member_oid AS "memberOid", role_name AS role,
       member_name AS login, set_role AS "setRole", mark, granted_at AS "grantedAt",
       expires_at - interval '${BACKSTOP_MS} ms' AS "expiresAt"
  FROM hallpass.list()`;

const lastRow = z.object({ last: z.coerce.number() });

const LAST = 'SELECT coalesce(hallpass.last_request_id(), 0) AS last';

/**
 * The open grants of a guarded target, whatever any ledger says.
 * @returns `lastRequestId`: the highest ever used there, or 0: a new ledger must begin after it.
 * @throws TargetError
 */
export function readGrants(
  connection: TargetConnection,
): Promise<{ server: Server; grants: readonly RememberedGrant[]; lastRequestId: number }> {
  return connection.read(async (send) => {
    const [server, grants, [row]] = await Promise.all([
      readServer(send, 'guarded'),
      send(grantRow, GRANTS),
      send(lastRow, LAST),
    ]);
    if (server.inRecovery) throw standbyError();
    return { server, grants, lastRequestId: row?.last ?? 0 };
  });
}
