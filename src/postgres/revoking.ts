/** What direct and guarded mode share in revoking: what counts as proved, and when a batch may be committed. */
import { conflictError } from './errors.js';
import type { Holders } from './reading/holders.js';
import type { UsersOf } from './reading/users.js';
import type { OidPair, Revoked } from './target.js';

/**
 * The answer for one pair, by what was read after the REVOKE.
 * @param i its place in `after`.
 * @param outcome what it is if the membership is no longer there.
 */
export function proved(
  { roleOid, memberOid }: OidPair,
  after: Holders,
  i: number,
  outcome: 'gone' | 'absent',
  usersOf: UsersOf,
): Revoked {
  const pair = { roleOid, memberOid };
  const member = after.members[i];
  if (after.role === null || member === undefined || member.login === null) {
    return { ...pair, outcome: 'dropped' };
  }
  if (member.ours) {
    const error = conflictError('The membership was still there after the REVOKE.');
    return { ...pair, outcome: 'failed', error };
  }
  return { ...pair, outcome, stillHeld: member.held, users: usersOf(memberOid) };
}

/**
 * Whether these answers may be committed.
 * @param refutes the catalog shows that this answer's REVOKE did nothing.
 * @throws TargetError in a batch of several: nothing of it is committed, and it is halved until that pair stands alone.
 */
export function mayCommit(answers: readonly Revoked[], refutes: (answer: Revoked) => boolean): boolean {
  const refuted = answers.find(refutes);
  if (refuted?.outcome !== 'failed') return true;
  if (answers.length > 1) throw refuted.error;
  return false;
}
