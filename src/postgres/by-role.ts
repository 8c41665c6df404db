/**
 * Goes through pairs role by role, in batches. A role that somebody has locked, or a login that fails, delays no
 * other: the role goes last from then on, and the login's batch is halved until that login stands alone.
 */
import { type TargetError, targetError } from './errors.js';
import type { OidPair } from './target.js';

export type Failed = OidPair & { readonly outcome: 'failed'; readonly error: TargetError };

/**
 * @param blocked the roles that were locked when last tried; the caller keeps it, this function changes it.
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

/**
 * Does all of these at once; when that fails, halves them until what can't be done stands alone.
 * @param work does its items wholly or not at all, or is harmless when repeated.
 * @param refused is called with each item that failed alone.
 * @throws TargetError when the target as a whole fails.
 */
export async function halving<Item>(
  items: readonly Item[],
  work: (batch: readonly Item[]) => Promise<void>,
  refused: (item: Item, error: TargetError) => void,
): Promise<void> {
  const todo = items.length === 0 ? [] : [items];
  for (let batch = todo.pop(); batch !== undefined; batch = todo.pop()) {
    try {
      await work(batch);
    } catch (thrown) {
      const error = targetError(thrown, 'call');
      if (error.scope === 'target') throw error;
      const [first] = batch;
      if (batch.length > 1) todo.push(...chunks(batch, Math.ceil(batch.length / 2)));
      else if (first !== undefined) refused(first, error);
    }
  }
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

function failed(error: TargetError): (pair: OidPair) => Failed {
  return ({ roleOid, memberOid }) => ({ roleOid, memberOid, outcome: 'failed', error });
}
