/**
 * Guarded mode: the server itself holds the ADMIN OPTION, the limit and the expiry, and Hallpass's login can only call
 * the functions in its database `hallpass`. What they answer is not taken on trust either: what is reported as done was
 * read back from the catalog.
 */
import type { Connect } from '../../config/config.js';
import { buildTarget, type TargetOptions } from '../build.js';
import type { Target } from '../target.js';
import { extendBatch } from './extend.js';
import { grantBatch } from './grant.js';
import { MOST } from './names.js';
import { sweepBeside } from './reap.js';
import { revokeBatch } from './revoke.js';
import { withRules } from './rules.js';
import { guardedSessions } from './sessions.js';
import { createSettle } from './settle.js';

/**
 * Connects when it is first used. Tests shorten the limits.
 * @param connect leads to the database `hallpass`, as its replicas do.
 */
export function createGuardedTarget(
  connect: Connect,
  replicas: readonly Connect[] = [],
  limits: TargetOptions = {},
): Target {
  return buildTarget(
    { connect, replicas, limits },
    {
      mode: 'guarded',
      grantMost: MOST,
      grant: grantBatch,
      extend: extendBatch,
      revokeMost: MOST,
      revoke: revokeBatch,
      sessions: guardedSessions,
      settle: createSettle(),
      withRules,
      beforeList: sweepBeside,
    },
  );
}
