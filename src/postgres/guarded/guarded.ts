/**
 * Guarded mode: the server itself holds the ADMIN OPTION, the limit and the expiry, and Hallpass's login can only call
 * the functions in its database `hallpass`. Their answers aren't taken on trust either: what is reported as done was
 * read back from the catalog.
 */
import { targetsBy } from '../build.js';
import { extendBatch } from './extend.js';
import { grantBatch } from './grant.js';
import { MOST } from './names.js';
import { withRules } from './read-why-not.js';
import { sweepBeside } from './reap.js';
import { revokeBatch } from './revoke.js';
import { guardedSessions } from './sessions.js';
import { createSettle } from './settle.js';

/** The connections must lead to the database `hallpass`. */
export const createGuardedTarget = targetsBy(() => ({
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
}));
