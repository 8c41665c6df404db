/**
 * Direct mode: Hallpass's own login on the target holds ADMIN OPTION on the roles that it grants, and nothing else.
 * The target needs no objects of ours.
 */
import type { Connect } from '../../config/config.js';
import { buildTarget, type TargetOptions } from '../build.js';
import { plainSessions } from '../sessions/queries.js';
import type { Target } from '../target.js';
import { extendBatch } from './extend.js';
import { grantPair } from './grant.js';
import { revokeBatch } from './revoke.js';

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
      grantMost: 1,
      grant: (connection, server, batch) =>
        Promise.all(batch.map((pair) => grantPair(connection, server, pair))),
      extend: extendBatch,
      // Logins in one REVOKE.
      revokeMost: 500,
      revoke: revokeBatch,
      sessions: plainSessions,
    },
  );
}
