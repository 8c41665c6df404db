import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import { otherServerError, TargetError } from '../errors.js';
import { grantSql } from '../quote.js';
import { readRowsOfPair } from '../reading/memberships.js';
import { readFactsByOid } from '../reading/pairs.js';
import { describeProblems } from '../reading/problems.js';
import { readServer } from '../reading/server.js';
import { readUsers } from '../reading/users.js';
import type { Granted, ToGrant } from '../target.js';

/**
 * Grants one role to one login, in three round trips: read, GRANT and proof, COMMIT. Whose the membership is, is
 * decided by the grantor of the row after the GRANT: before 16, a GRANT of what somebody else granted does nothing
 * and says nothing; and whoever grants at the same moment is seen only then.
 * @throws TargetError
 */
export function grantPair(connection: TargetConnection, server: string, pair: ToGrant): Promise<Granted> {
  const { roleOid, memberOid } = pair;
  return connection.transaction(
    (send) => Promise.all([readServer(send), readFactsByOid(send, [pair])]),
    async ([seen, [facts]], { send, commit }) => {
      if (seen.id !== server) throw otherServerError(server, seen.id);
      if (facts === undefined) throw new Error('the catalog did not answer for the pair');
      const [problem] = describeProblems(seen, facts);
      if (problem !== undefined) {
        throw new TargetError({ kind: 'unfit', scope: 'pair', passing: false, ...problem });
      }
      if (facts.held !== null && !facts.ours) {
        return { roleOid, memberOid, outcome: 'held', via: facts.held.via };
      }
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
      if (ours === undefined) {
        throw new TargetError({
          kind: 'conflict',
          scope: 'pair',
          passing: true,
          sentence: 'The membership was not there after the GRANT.',
          nextStep: null,
        });
      }
      // crash point: before-grant-commit
      // crash point: inside-grant-commit
      await commit();
      return {
        roleOid,
        memberOid,
        outcome: 'granted',
        grantorOid: ours.grantorOid,
        mark: ours.mark,
        users: usersOf(memberOid),
      };
    },
  );
}
