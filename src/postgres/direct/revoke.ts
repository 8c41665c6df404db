import { z } from 'zod';
import type { Send, TargetConnection } from '../connect.js';
import { TargetError } from '../errors.js';
import { GRANTORS_SINCE, revokeSql } from '../quote.js';
import { type Holders, readHolders } from '../reading/holders.js';
import { assertPrimary, readServer } from '../reading/server.js';
import { readUsers, type UsersOf } from '../reading/users.js';
import type { OidPair, Revoked } from '../target.js';

/**
 * Takes one role back from up to some hundred logins, in three round trips: read, REVOKE and proof, COMMIT. Only what
 * our own login granted is touched, and only what was read afterwards is answered: a REVOKE that did nothing
 * succeeds with a warning. Before 16, a membership that somebody else makes between the first read and the REVOKE, in
 * place of ours, would go with it.
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
  const read = (send: Send, held: boolean) => readHolders(send, one.roleOid, members, { held });
  return connection.transaction(
    (send) => Promise.all([readServer(send), read(send, false), readUsers(send, members)]),
    async ([seen, before, usersOf], { send, commit }) => {
      assertPrimary(seen, server);
      const logins = loginsToRevoke(seen.version, before);
      if (before.role === null || logins.length === 0)
        return answers(batch, before, await read(send, true), usersOf);
      const [, after] = await Promise.all([
        send(z.unknown(), revokeSql(seen.version, before.role, logins)),
        read(send, true),
      ]);
      const taken = answers(batch, before, after, usersOf);
      // What did nothing for one is done for nobody yet: the batch is halved until that one stands alone.
      const failed = taken.find(({ outcome }) => outcome === 'failed');
      if (failed?.outcome === 'failed') {
        if (batch.length > 1) throw failed.error;
        return taken;
      }
      // crash point: before-revoke-commit
      // crash point: inside-revoke-commit
      await commit();
      return taken;
    },
  );
}

/**
 * A GRANT of ours whose COMMIT is still under way can't be seen, but from 16 on it holds a lock that this REVOKE
 * waits for: so absence is proved only when no such GRANT is left. The REVOKE of nothing takes nothing from anybody,
 * because it names our own login as the grantor.
 */
function loginsToRevoke(version: number, { mayGrant, members }: Holders): string[] {
  const mayComeYet = version >= GRANTORS_SINCE && mayGrant;
  return members.flatMap(({ login, ours }) => (login !== null && (ours || mayComeYet) ? [login] : []));
}

function answers(batch: readonly OidPair[], before: Holders, after: Holders, usersOf: UsersOf): Revoked[] {
  return batch.map(({ roleOid, memberOid }, i) => {
    const pair = { roleOid, memberOid };
    const member = after.members[i];
    if (after.role === null || member === undefined || member.login === null) {
      return { ...pair, outcome: 'dropped' };
    }
    if (member.ours) return { ...pair, outcome: 'failed', error: stillThere() };
    const outcome = before.members[i]?.ours === true ? 'gone' : 'absent';
    return { ...pair, outcome, stillHeld: member.held, users: usersOf(memberOid) };
  });
}

function stillThere(): TargetError {
  return new TargetError({
    kind: 'conflict',
    scope: 'pair',
    passing: true,
    sentence: 'The membership was still there after the REVOKE.',
    nextStep: null,
  });
}
