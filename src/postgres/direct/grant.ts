import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import { conflictError } from '../errors.js';
import { refuse } from '../granting.js';
import { grantSql } from '../quote.js';
import { readRowsOfPair } from '../reading/memberships.js';
import { readFactsByOid } from '../reading/pairs.js';
import { readServer } from '../reading/server.js';
import { readUsers } from '../reading/users.js';
import type { Granted, ToGrant } from '../target.js';

/**
 * Grants one role to one login, in three round trips: read, GRANT and proof, COMMIT. Only the grantor of the row after
 * the GRANT tells whose membership it is: before 16, a GRANT of what somebody else granted does nothing and says nothing,
 * and somebody who grants at the same moment is seen only then.
 * @throws TargetError
 */
export function grantPair(connection: TargetConnection, server: string, pair: ToGrant): Promise<Granted> {
  const { roleOid, memberOid } = pair;
  return connection.transaction(
    (send) => Promise.all([readServer(send), readFactsByOid(send, [pair])]),
    async ([seen, [facts]], { send, commit }) => {
      if (facts === undefined) throw new Error('the catalog did not answer for the pair');
      const refusal = refuse(seen, server, pair, facts);
      if (refusal?.outcome === 'failed') throw refusal.error;
      if (refusal !== null) return refusal;
      const [, rows, usersOf] = await Promise.all([
        send(z.unknown(), grantSql(seen.version, facts.role, facts.login, pair.setRole)),
        readRowsOfPair(send, pair),
        readUsers(send, [memberOid]),
      ]);
      const ours = rows.find((row) => row.ours);
      const theirs = rows.find((row) => !row.ours);
      if (theirs !== undefined && !facts.ours) {
        return { roleOid, memberOid, outcome: 'held', via: theirs.grantor };
      }
      if (ours === undefined) throw conflictError('The membership was not there after the GRANT.');
      // crash point: before-grant-commit
      // crash point: inside-grant-commit
      await commit();
      const { grantorOid, mark } = ours;
      return { roleOid, memberOid, outcome: 'granted', grantorOid, mark, users: usersOf(memberOid) };
    },
  );
}
