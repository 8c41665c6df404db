import { z } from 'zod';
import { pairKey } from '../../domain/postgres/memberships.js';
import type { TargetConnection } from '../connect.js';
import { targetError } from '../errors.js';
import { oidsOf } from '../reading/fragments.js';
import { INSTALLED_VERSION } from '../reading/server.js';
import type { OidPair } from '../target.js';
import { INSTALLED } from './names.js';

const versionRow = z.object({ functions: z.number().nullable() });
const VERSION = `SELECT ${INSTALLED_VERSION} AS functions`;

const settledRow = z.object({ roleOid: z.number(), memberOid: z.number(), closed: z.number().nullable() });
const SETTLED = `
SELECT role_oid AS "roleOid", member_oid AS "memberOid", closed FROM hallpass.settled($1::oid[], $2::oid[])`;

/**
 * Tells a guarded server that what it revoked is committed: it ends what began before, and the pause of the limit
 * begins. Answers, by pair, how many sessions the server has ended by itself.
 * @throws TargetError when the target as a whole fails; what is locked now is settled by a later call.
 */
export function createSettle(): (
  connection: TargetConnection,
  pairs: readonly OidPair[],
) => Promise<ReadonlyMap<string, number>> {
  let isInstalled = false;
  return async (connection, pairs) => {
    if (!isInstalled) {
      const [row] = await connection.read((send) => send(versionRow, VERSION));
      isInstalled = (row?.functions ?? 0) >= INSTALLED;
      // Functions of an older release end no sessions by themselves.
      if (!isInstalled) return new Map();
    }
    const rows = await connection
      .read((send) => send(settledRow, SETTLED, oidsOf(pairs)))
      .catch((thrown: unknown) => {
        const error = targetError(thrown, 'call');
        if (error.scope === 'target') throw error;
        return [];
      });
    return new Map(rows.map((row) => [pairKey(row), row.closed ?? 0]));
  };
}
