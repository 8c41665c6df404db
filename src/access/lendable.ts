import type { PairFacts, Server } from '../target/target.js';

/**
 * Why this pair cannot be lent on this server, in a sentence for the person who asks; null when it can.
 * What only a server can show is said here, at the request and again at the GRANT, and stops nobody else.
 */
export function whyNotLendable(server: Server, facts: PairFacts): string | null {
  const { role, login } = facts;
  if (server.unfit !== null) return `Hallpass may not lend here: ${server.unfit}`;
  if (server.inRecovery) return 'the server is a standby: roles are lent on its primary';
  if (facts.roleOid === null) return `there is no role ${role} on the server`;
  if (facts.memberOid === null) return `there is no login ${login} on the server`;
  if (facts.memberIsSuperuser) return `${login} is a superuser and can do everything already`;
  if (!facts.memberCanLogin) return `${login} may not log in (NOLOGIN): it is a group, not a person`;
  if (facts.roleIsSuperuser) return `${role} is a superuser: Hallpass does not lend it`;
  if (!facts.mayLend) return `Hallpass has no ADMIN OPTION on ${role} there; an operator can grant it`;
  return whyHeld(facts);
}

/** That this login holds the role through somebody else: for good, and none of our business. */
export function whyHeld({ role, login, held, ours }: PairFacts): string | null {
  if (held === null || ours) return null;
  const through = held.how === 'through' ? ` through ${held.via}` : '';
  return `${login} already holds ${role}${through}: somebody else granted it, and Hallpass will not touch that`;
}
