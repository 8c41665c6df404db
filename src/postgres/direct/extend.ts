import { pairKey } from '../../domain/postgres/memberships.js';
import type { Batch } from '../build.js';
import { readOurs } from '../reading/memberships.js';
import { assertPrimary, readServer } from '../reading/server.js';
import type { Extended, ToExtend } from '../target.js';

/**
 * A direct target keeps no expiry, so this only shows which memberships are there, in one round trip. @throws
 * TargetError
 */
export const extendBatch: Batch<ToExtend, Extended> = (connection, server, batch) =>
  connection.read(async (send) => {
    const [seen, ours] = await Promise.all([readServer(send), readOurs(send, batch)]);
    assertPrimary(seen, server);
    const there = new Set(ours.map(pairKey));
    return batch.map((wish) => ({
      roleOid: wish.roleOid,
      memberOid: wish.memberOid,
      outcome: there.has(pairKey(wish)) ? 'extended' : 'missing',
    }));
  });
