import { z } from 'zod';
import type { TargetConnection } from './connect.js';
import { otherServerError, standbyError, TargetError } from './errors.js';
import { readFactsByOid, readServer } from './facts.js';
import { GRANTORS_SINCE, revokeSql } from './quote.js';
import type { OidPair, PairFacts, TakenBack } from './target.js';

/**
 * Takes one role back from up to some hundred logins, in three round trips: read, REVOKE and proof, COMMIT. Only what
 * our own login granted is touched, and only what was read afterwards is answered: a REVOKE that did nothing
 * succeeds with a warning. Before 16, a membership that somebody else makes between the first read and the REVOKE, in
 * place of ours, would go with it.
 * @throws TargetError; then nothing of the batch was taken back, unless it is `ambiguous`.
 */
export function takeBackBatch(
  connection: TargetConnection,
  server: string,
  batch: readonly OidPair[],
): Promise<readonly TakenBack[]> {
  return connection.transaction(
    (send) => Promise.all([readServer(send), readFactsByOid(send, batch)]),
    async ([seen, before], { send, commit }) => {
      if (seen.id !== server) throw otherServerError(server, seen.id);
      if (seen.inRecovery) throw standbyError();
      const revoked = before.filter((facts) => facts.ours || mayComeYet(seen.version, facts));
      const [first] = revoked;
      if (first === undefined) return batch.map((pair, i) => answer(pair, before[i], before[i]));
      const logins = revoked.map((facts) => facts.login);
      const [, after] = await Promise.all([
        send(z.unknown(), revokeSql(seen.version, first.role, logins)),
        readFactsByOid(send, batch),
      ]);
      await commit();
      return batch.map((pair, i) => answer(pair, before[i], after[i]));
    },
  );
}

/**
 * A GRANT of ours whose COMMIT is still under way can't be seen, but from 16 on it holds a lock that this REVOKE
 * waits for: so absence is proved only when no such GRANT is left. The REVOKE of nothing takes nothing from anybody,
 * because it names our own login as the grantor.
 */
function mayComeYet(version: number, { roleOid, memberOid, mayLend }: PairFacts): boolean {
  return version >= GRANTORS_SINCE && roleOid !== null && memberOid !== null && mayLend;
}

function answer(
  { roleOid, memberOid }: OidPair,
  before: PairFacts | undefined,
  after: PairFacts | undefined,
): TakenBack {
  const pair = { roleOid, memberOid };
  if (before === undefined || after === undefined)
    throw new Error('the catalog did not answer for every pair');
  if (after.roleOid === null || after.memberOid === null) return { ...pair, outcome: 'dropped' };
  if (!after.ours) {
    return { ...pair, outcome: before.ours ? 'gone' : 'absent', stillHeld: after.held !== null };
  }
  const error = new TargetError({
    kind: 'conflict',
    scope: 'pair',
    passing: true,
    sentence: 'The membership was still there after the REVOKE.',
    nextStep: null,
  });
  return { ...pair, outcome: 'failed', error };
}
