/**
 * Guarded mode: the server itself holds the ADMIN OPTION, the limit and the expiry, and Hallpass's login can only call
 * the functions in its database `hallpass`. What they answer is not taken on trust either: what is reported as done was
 * read back from the catalog.
 */
import type { Connect } from '../../config/config.js';
import { writeAnchor } from '../anchor.js';
import { byRole } from '../by-role.js';
import { createTargetConnection, DEFAULT_LIMITS, type Limits } from '../connect.js';
import { standbyError } from '../errors.js';
import { readFactsByName, readMemberships, readServer } from '../facts.js';
import { nameOf } from '../session-queries.js';
import { endSessions } from '../sessions.js';
import { readSurroundings } from '../surroundings.js';
import type { Target } from '../target.js';
import { lendBatch } from './lend.js';
import { MOST } from './names.js';
import { guardedSessions } from './sessions.js';
import { takeBackBatch } from './take-back.js';

/**
 * Connects when it is first used. Tests shorten the limits.
 * @param connect leads to the database `hallpass`, as its replicas do.
 */
export function createGuardedTarget(
  connect: Connect,
  replicas: readonly Connect[] = [],
  limits: Partial<Limits> = {},
): Target {
  const open = (to: Connect) => createTargetConnection(to, { ...DEFAULT_LIMITS, ...limits });
  const connection = open(connect);
  const sessions = [
    guardedSessions(connection, 'the server'),
    ...replicas.map((replica) => guardedSessions(open(replica), nameOf(replica))),
  ];
  const blocked = new Set<number>();

  return {
    look: (pairs) =>
      connection.read(async (send) => {
        const [server, surroundings, facts] = await Promise.all([
          readServer(send, 'guarded'),
          readSurroundings(send, 'guarded'),
          readFactsByName(send, pairs, 'guarded'),
        ]);
        return { server, surroundings, facts };
      }),

    lend: (server, wishes) => byRole(wishes, blocked, MOST, (batch) => lendBatch(connection, server, batch)),

    takeBack: (server, pairs) =>
      byRole(pairs, blocked, MOST, (batch) => takeBackBatch(connection, server, batch)),

    endSessions: (server, ends) => endSessions(sessions, server, ends),

    list: () =>
      connection.read(async (send) => {
        const [server, surroundings, memberships] = await Promise.all([
          readServer(send, 'guarded'),
          readSurroundings(send, 'guarded'),
          readMemberships(send, 'guarded'),
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
