/**
 * Direct mode: Hallpass's own login on the target holds ADMIN OPTION on the roles that it lends, and nothing else.
 * The target needs no objects of ours.
 */
import type { Connect } from '../config/config.js';
import { byRole } from './by-role.js';
import { createTargetConnection, DEFAULT_LIMITS, type Limits } from './connect.js';
import { standbyError } from './errors.js';
import { readFactsByName, readMemberships, readServer } from './facts.js';
import { lendPair } from './lend.js';
import { takeBackBatch } from './take-back.js';
import type { Target } from './target.js';

/** Logins in one REVOKE. */
const BATCH = 500;

/** Connects when it is first used. Tests shorten the limits. */
export function createDirectTarget(connect: Connect, limits: Partial<Limits> = {}): Target {
  const connection = createTargetConnection(connect, { ...DEFAULT_LIMITS, ...limits });
  const blocked = new Set<number>();

  return {
    look: (pairs) =>
      connection.read(async (send) => {
        const [server, facts] = await Promise.all([readServer(send), readFactsByName(send, pairs)]);
        return { server, facts };
      }),

    lend: (server, pairs) =>
      byRole(pairs, blocked, 1, (batch) =>
        Promise.all(batch.map((pair) => lendPair(connection, server, pair))),
      ),

    takeBack: (server, pairs) =>
      byRole(pairs, blocked, BATCH, (batch) => takeBackBatch(connection, server, batch)),

    list: () =>
      connection.read(async (send) => {
        const [server, memberships] = await Promise.all([readServer(send), readMemberships(send)]);
        // What a standby has not replayed yet would look like a membership that is gone.
        if (server.inRecovery) throw standbyError();
        return { server, memberships };
      }),

    close: () => connection.close(),
  };
}
