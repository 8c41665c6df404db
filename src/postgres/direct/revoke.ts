import { z } from 'zod';
import type { Batch } from '../build.js';
import type { Send } from '../connect.js';
import { GRANTORS_SINCE, revokeSql } from '../quote.js';
import { type Holders, readHolders } from '../reading/holders.js';
import { assertPrimary, readServer } from '../reading/server.js';
import { readUsers } from '../reading/users.js';
import { mayCommit, proved } from '../revoking.js';
import type { OidPair, Revoked } from '../target.js';

/**
 * Revokes one role from up to some hundred logins, in three round trips: read, REVOKE and proof, COMMIT. It touches only
 * what our own login granted, and answers only what was read afterwards: a REVOKE that did nothing succeeds with a
 * warning. Before 16, if somebody replaces our membership by one of theirs between the first read and the REVOKE, theirs
 * goes with it.
 * @throws TargetError; then nothing of the batch was revoked, unless it is `ambiguous`.
 */
export const revokeBatch: Batch<OidPair, Revoked> = async (connection, server, batch) => {
  const [one] = batch;
  if (one === undefined) return [];
  const members = batch.map(({ memberOid }) => memberOid);
  const read = (send: Send, held: boolean) => readHolders(send, one.roleOid, members, { held });
  return connection.transaction(
    (send) => Promise.all([readServer(send), read(send, false), readUsers(send, members)]),
    async ([seen, before, usersOf], { send, commit }) => {
      assertPrimary(seen, server);
      const answers = (after: Holders) =>
        batch.map((pair, i) =>
          proved(pair, after, i, before.members[i]?.ours === true ? 'gone' : 'absent', usersOf),
        );
      const logins = loginsToRevoke(seen.version, before);
      if (before.role === null || logins.length === 0) return answers(await read(send, true));
      const [, after] = await Promise.all([
        send(z.unknown(), revokeSql(seen.version, before.role, logins)),
        read(send, true),
      ]);
      const revoked = answers(after);
      if (!mayCommit(revoked, ({ outcome }) => outcome === 'failed')) return revoked;
      // crash point: before-revoke-commit
      // crash point: inside-revoke-commit
      await commit();
      return revoked;
    },
  );
};

/**
 * A GRANT of ours whose COMMIT is still under way can't be seen, but from 16 on it holds a lock that this REVOKE waits
 * for. So the REVOKE also names logins that hold nothing: only then is absence proved. It takes nothing from anybody
 * else, because it names our own login as the grantor.
 */
function loginsToRevoke(version: number, { mayGrant, members }: Holders): string[] {
  const mayComeYet = version >= GRANTORS_SINCE && mayGrant;
  return members.flatMap(({ login, ours }) => (login !== null && (ours || mayComeYet) ? [login] : []));
}
