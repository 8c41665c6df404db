/**
 * Direct mode: Hallpass's own login on the target holds ADMIN OPTION on the roles that it lends, and nothing else.
 * The target needs no objects of ours.
 */
import type { Connect } from '../../config/config.js';
import { buildTarget, type TargetOptions } from '../build.js';
import { plainSessions } from '../sessions/queries.js';
import type { Target } from '../target.js';
import { extendBatch } from './extend.js';
import { lendPair } from './grant.js';
import { takeBackBatch } from './revoke.js';

/** Connects when it is first used. Tests shorten the limits. */
export function createDirectTarget(
  connect: Connect,
  replicas: readonly Connect[] = [],
  limits: TargetOptions = {},
): Target {
  return buildTarget(
    { connect, replicas, limits },
    {
      mode: 'direct',
      lendMost: 1,
      lend: (connection, server, batch) =>
        Promise.all(batch.map((pair) => lendPair(connection, server, pair))),
      extend: extendBatch,
      // Logins in one REVOKE.
      takeBackMost: 500,
      takeBack: takeBackBatch,
      sessions: plainSessions,
    },
  );
}
