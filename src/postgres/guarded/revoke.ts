import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import { type Holders, readHolders } from '../reading/holders.js';
import { assertPrimary, readServer } from '../reading/server.js';
import { readUsers, type UsersOf } from '../reading/users.js';
import type { OidPair, Revoked } from '../target.js';
import { errorOf, failure, throwIfBlocked } from './answer.js';

const row = failure.extend({
  member_oid: z.number(),
  state: z.enum(['revoked', 'absent', 'dropped', 'failed']),
});

const revokeBy = (name: string) => `
SELECT member_oid, state, code, message FROM hallpass.${name}($1::oid[], $2::oid[])`;
const REVOKE = revokeBy('revoke');
/** As earlier releases called it. */
const OLD_REVOKE = revokeBy('take_back');

/**
 * Revokes one role from up to some hundred logins, in three round trips: read, revoke and proof, COMMIT. Answers
 * what was read afterwards. The functions take turns, so a membership that is not there then will not come any more.
 * @throws TargetError; then nothing of the batch was revoked, unless it is `ambiguous`.
 */
export function revokeBatch(
  connection: TargetConnection,
  server: string,
  batch: readonly OidPair[],
): Promise<readonly Revoked[]> {
  const [one] = batch;
  if (one === undefined) return Promise.resolve([]);
  const members = batch.map(({ memberOid }) => memberOid);
  return connection.transaction(
    (send) => Promise.all([readServer(send, 'guarded'), readUsers(send, members)]),
    async ([seen, usersOf], { send, commit }) => {
      assertPrimary(seen, server);
      const [rows, after] = await Promise.all([
        send(row, seen.isOutdated ? OLD_REVOKE : REVOKE, [batch.map(({ roleOid }) => roleOid), members]),
        readHolders(send, one.roleOid, members, { held: true, mode: 'guarded' }),
      ]);
      throwIfBlocked(rows.map((each) => (each.state === 'failed' ? errorOf(each) : null)));
      const said = new Map(rows.map((each) => [each.member_oid, each]));
      const taken = batch.map((pair, i) => answer(pair, said.get(pair.memberOid), after, i, usersOf));
      // What the function says is done and the catalog doesn't show is not committed, nor is the rest of its batch.
      const doubt = taken.find(
        (one) => one.outcome === 'failed' && said.get(one.memberOid)?.state !== 'failed',
      );
      if (doubt?.outcome === 'failed') {
        if (batch.length > 1) throw doubt.error;
        return taken;
      }
      // crash point: inside-guarded-revoke-commit
      await commit();
      return taken;
    },
  );
}

function answer(
  { roleOid, memberOid }: OidPair,
  said: z.infer<typeof row> | undefined,
  after: Holders,
  i: number,
  usersOf: UsersOf,
): Revoked {
  const pair = { roleOid, memberOid };
  const member = after.members[i];
  if (said === undefined || member === undefined) throw new Error('the server did not answer for every pair');
  if (said.state === 'failed') return { ...pair, outcome: 'failed', error: errorOf(said) };
  if (after.role === null || member.login === null) return { ...pair, outcome: 'dropped' };
  if (member.ours) {
    const error = errorOf({ code: '40001', message: 'the membership was still there after the REVOKE' });
    return { ...pair, outcome: 'failed', error };
  }
  const outcome = said.state === 'revoked' ? 'gone' : 'absent';
  return { ...pair, outcome, stillHeld: member.held, users: usersOf(memberOid) };
}
