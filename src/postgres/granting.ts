import { otherServerError, TargetError } from './errors.js';
import { describeProblems } from './reading/problems.js';
import type { Granted, OidPair, PairFacts, Server } from './target.js';

/**
 * Why this pair is not to be granted, by what was read before the GRANT; null when nothing is against it.
 * @throws TargetError when it is another server.
 */
export function refuse(
  seen: Server,
  server: string,
  { roleOid, memberOid }: OidPair,
  facts: PairFacts,
): Exclude<Granted, { readonly outcome: 'granted' }> | null {
  if (seen.id !== server) throw otherServerError(server, seen.id);
  const [problem] = describeProblems(seen, facts);
  if (problem !== undefined) {
    const error = new TargetError({ kind: 'unfit', scope: 'pair', passing: false, ...problem });
    return { roleOid, memberOid, outcome: 'failed', error };
  }
  if (facts.held === null || facts.ours) return null;
  return { roleOid, memberOid, outcome: 'held', via: facts.held.via };
}
