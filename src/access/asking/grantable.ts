import { describeProblems, type Wished } from '../../postgres/reading/problems.js';
import type { PairFacts, Server } from '../../postgres/target.js';

/**
 * Why this pair cannot be granted on this server, in a sentence for the person who asks; null when it can.
 * What only a server can show is said here, at the request and again at the GRANT, and stops nobody else.
 */
export function whyNotGrantable(server: Server, facts: PairFacts, wished: Wished = {}): string | null {
  const problem = describeProblems(server, facts, wished)[0];
  if (problem) return problem.sentence;
  return facts.held === null || facts.ours ? null : alreadyHolds(facts, facts.held.via);
}

/** @param via who granted it, or the role that brings it. */
export function alreadyHolds(
  { role, login }: { readonly role: string; readonly login: string },
  via: string,
): string {
  return `${login} already holds ${role}, granted by somebody else (${via}): Hallpass will not touch that.`;
}
