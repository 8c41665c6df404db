import { z } from 'zod';
import type { Batch } from '../build.js';
import { oidsOf } from '../reading/fragments.js';
import { readHolders } from '../reading/holders.js';
import { assertPrimary, readServer } from '../reading/server.js';
import { readUsers } from '../reading/users.js';
import { mayCommit, proved } from '../revoking.js';
import type { OidPair, Revoked } from '../target.js';
import { answerFor, errorOf, failure, throwIfBlocked } from './answer.js';

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
 * Revokes one role from up to some hundred logins, in three round trips: read, revoke and proof, COMMIT. Answers what
 * was read afterwards. The functions take turns, so a membership that is not there then won't come any more.
 * @throws TargetError; then nothing of the batch was revoked, unless it is `ambiguous`.
 */
export const revokeBatch: Batch<OidPair, Revoked> = async (connection, server, batch) => {
  const [one] = batch;
  if (one === undefined) return [];
  const [roles, members] = oidsOf(batch);
  return connection.transaction(
    (send) => Promise.all([readServer(send, 'guarded'), readUsers(send, members)]),
    async ([seen, usersOf], { send, commit }) => {
      assertPrimary(seen, server);
      const [rows, after] = await Promise.all([
        send(row, seen.isOutdated ? OLD_REVOKE : REVOKE, [roles, members]),
        readHolders(send, one.roleOid, members, { held: true, mode: 'guarded' }),
      ]);
      throwIfBlocked(rows);
      const said = new Map(rows.map((each) => [each.member_oid, each]));
      const revoked = batch.map(({ roleOid, memberOid }, i): Revoked => {
        const pair = { roleOid, memberOid };
        const own = answerFor(said.get(memberOid));
        if (own.state === 'failed') return { ...pair, outcome: 'failed', error: errorOf(own) };
        return proved(pair, after, i, own.state === 'revoked' ? 'gone' : 'absent', usersOf);
      });
      // The function's own failures are already rolled back; but it must not claim what the catalog doesn't show.
      const claims = ({ memberOid, outcome }: Revoked) =>
        outcome === 'failed' && said.get(memberOid)?.state !== 'failed';
      if (!mayCommit(revoked, claims)) return revoked;
      // crash point: inside-guarded-revoke-commit
      await commit();
      return revoked;
    },
  );
};
