/**
 * Direct mode: Hallpass's own login on the target holds ADMIN OPTION on the roles that it grants, and nothing else.
 * The target needs no objects of ours.
 */
import { targetsBy } from '../build.js';
import { plainSessions } from '../sessions/queries.js';
import { extendBatch } from './extend.js';
import { grantPair } from './grant.js';
import { revokeBatch } from './revoke.js';

export const createDirectTarget = targetsBy(() => ({
  mode: 'direct',
  grantMost: 1,
  grant: (connection, server, batch) => Promise.all(batch.map((pair) => grantPair(connection, server, pair))),
  extend: extendBatch,
  revokeMost: 500,
  revoke: revokeBatch,
  sessions: plainSessions,
}));
