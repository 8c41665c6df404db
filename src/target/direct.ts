/**
 * Direct mode: Hallpass's own login on the target holds ADMIN OPTION on the roles that it lends, and nothing else.
 * The target needs no objects of ours.
 */
import type { Connect } from '../config/config.js';
import { writeAnchor } from './anchor.js';
import { byRole } from './by-role.js';
import { createTargetConnection, DEFAULT_LIMITS, type Limits } from './connect.js';
import { standbyError } from './errors.js';
import { readFactsByName, readMemberships, readServer } from './facts.js';
import { lendPair } from './lend.js';
import { nameOf, plainSessions } from './session-queries.js';
import { endSessions } from './sessions.js';
import { readSurroundings } from './surroundings.js';
import { takeBackBatch } from './take-back.js';
import type { Target } from './target.js';

/** Logins in one REVOKE. */
const BATCH = 500;

/** Connects when it is first used. Tests shorten the limits. */
export function createDirectTarget(
  connect: Connect,
  replicas: readonly Connect[] = [],
  limits: Partial<Limits> = {},
): Target {
  const open = (to: Connect) => createTargetConnection(to, { ...DEFAULT_LIMITS, ...limits });
  const connection = open(connect);
  const sessions = [
    plainSessions(connection, 'the server'),
    ...replicas.map((replica) => plainSessions(open(replica), nameOf(replica))),
  ];
  const blocked = new Set<number>();

  return {
    look: (pairs) =>
      connection.read(async (send) => {
        const [server, surroundings, facts] = await Promise.all([
          readServer(send),
          readSurroundings(send),
          readFactsByName(send, pairs),
        ]);
        return { server, surroundings, facts };
      }),

    lend: (server, wishes) =>
      byRole(wishes, blocked, 1, (batch) =>
        Promise.all(batch.map((pair) => lendPair(connection, server, pair))),
      ),

    takeBack: (server, pairs) =>
      byRole(pairs, blocked, BATCH, (batch) => takeBackBatch(connection, server, batch)),

    endSessions: (server, ends) => endSessions(sessions, server, ends),

    list: () =>
      connection.read(async (send) => {
        const [server, surroundings, memberships] = await Promise.all([
          readServer(send),
          readSurroundings(send),
          readMemberships(send),
        ]);
        // What a standby has not replayed yet would look like a membership that is gone.
        if (server.inRecovery) throw standbyError();
        return { server, surroundings, memberships };
      }),

    writeAnchor: (server, anchor) => writeAnchor(connection, server, anchor),

    close: async () => {
      await Promise.all(sessions.map((source) => source.connection.close()));
    },
  };
}
