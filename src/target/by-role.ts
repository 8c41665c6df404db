/**
 * Goes through pairs role by role, in batches. One role that somebody has locked, or one login that fails, delays
 * nobody else: the role goes last from then on, and the login's batch is halved until it stands alone.
 */
import { type TargetError, targetError } from './errors.js';
import type { OidPair } from './target.js';

export type Failed = OidPair & { readonly outcome: 'failed'; readonly error: TargetError };

/**
 * @param blocked the roles that were locked when last tried; kept from call to call by the caller, changed here.
 * @param work does one batch of pairs of one role, wholly or not at all.
 * @throws TargetError when the target as a whole fails; what was done before stays done.
 */
export async function byRole<Pair extends OidPair, Answer>(
  pairs: readonly Pair[],
  blocked: Set<number>,
  batchSize: number,
  work: (batch: readonly Pair[]) => Promise<readonly Answer[]>,
): Promise<(Answer | Failed)[]> {
  const answers: (Answer | Failed)[] = [];
  for (const [roleOid, ofRole] of inOrder(pairs, blocked)) {
    const todo = chunks(ofRole, batchSize);
    for (let batch = todo.shift(); batch !== undefined; batch = todo.shift()) {
      try {
        answers.push(...(await work(batch)));
        blocked.delete(roleOid);
      } catch (thrown) {
        const error = targetError(thrown, 'call');
        if (error.scope === 'target') throw error;
        if (error.scope === 'role') {
          blocked.add(roleOid);
          answers.push(...[batch, ...todo.splice(0)].flat().map(failed(error)));
        } else if (batch.length === 1) answers.push(...batch.map(failed(error)));
        else todo.unshift(...chunks(batch, Math.ceil(batch.length / 2)));
      }
    }
  }
  return answers;
}

function inOrder<Pair extends OidPair>(
  pairs: readonly Pair[],
  blocked: ReadonlySet<number>,
): [number, Pair[]][] {
  const roles = new Map<number, Pair[]>();
  for (const pair of pairs) {
    const ofRole = roles.get(pair.roleOid);
    if (ofRole) ofRole.push(pair);
    else roles.set(pair.roleOid, [pair]);
  }
  return [...roles].sort(([a], [b]) => Number(blocked.has(a)) - Number(blocked.has(b)));
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

function failed(error: TargetError): (pair: OidPair) => Failed {
  return ({ roleOid, memberOid }) => ({ roleOid, memberOid, outcome: 'failed', error });
}
