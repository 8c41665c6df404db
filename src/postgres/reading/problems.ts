/**
 * What only a server can show to be wrong, each in a sentence with the SQL that fixes it: for `hallpass check`, and
 * for the GRANT that is refused because of it. Pure.
 */

import { sayDuration } from '../../domain/duration.js';
import { allowSetSql } from '../guarded/allow-set.js';
import { GRANTORS_SINCE, grantAdminSql, isRoleName, roleSql } from '../quote.js';
import type { PairFacts, Server, ToGrant } from '../target.js';

interface Problem {
  /** What it concerns: every pair on the server, every pair with this role, or with this login. */
  readonly about: 'server' | 'role' | 'login';
  readonly sentence: string;
  /** What fixes it; null when nothing can. */
  readonly nextStep: string | null;
}

/** Why Hallpass's own login may not grant anything there, or null: its rows could not be told from a superuser's. */
export function describeUnfit(login: string, superuser: boolean, createRole: boolean): string | null {
  if (!superuser && !createRole) return null;
  const what = superuser ? 'is a superuser' : 'has CREATEROLE';
  const attributes = [superuser ? 'NOSUPERUSER' : '', createRole ? 'NOCREATEROLE' : ''].filter(Boolean);
  return `Hallpass’s login ${what} and must not be: ${roleSql('ALTER', login, attributes.join(' '))}`;
}

/** What is requested, as far as it is known yet. */
export type Wished = Partial<Pick<ToGrant, 'durationMs' | 'setRole'>>;

/** Everything that keeps this pair from being granted, except that somebody else has granted it already. */
export function describeProblems(server: Server, facts: PairFacts, wished: Wished = {}): readonly Problem[] {
  return [
    serverProblem(server),
    roleProblem(server, facts),
    loginProblem(server, facts),
    ...ruleProblems(facts, wished),
  ].filter((problem) => problem !== null);
}

/** Why the login could not connect to use a role; null when nothing is known to prevent it. */
export function describeEntry({ login, memberValidUntil, memberConnectionLimit }: PairFacts): Problem | null {
  if (memberValidUntil !== null) return passwordExpired(login, memberValidUntil);
  return memberConnectionLimit === 0 ? noConnections(login, 0, 0) : null;
}

export function passwordExpired(login: string, validUntil: string): Problem {
  return {
    about: 'login',
    sentence: `The password of ${login} was valid until ${validUntil}, and no longer is.`,
    nextStep: roleSql('ALTER', login, "VALID UNTIL 'infinity'"),
  };
}

/** @param sessions how many it has now. */
export function noConnections(login: string, limit: number, sessions: number): Problem {
  return {
    about: 'login',
    sentence: `${login} may have ${limit} connections at most (CONNECTION LIMIT), and has ${sessions}.`,
    nextStep: roleSql('ALTER', login, 'CONNECTION LIMIT -1'),
  };
}

/** Up to 15, a NOINHERIT member has nothing of a role before SET ROLE. */
export function needsSetRole({ version }: Pick<Server, 'version'>, { memberInherits }: PairFacts): boolean {
  return version < GRANTORS_SINCE && !memberInherits;
}

/** What a guarded server refuses by the rules that its DBA sets. */
function ruleProblems(
  { role, ours, rules }: PairFacts,
  { durationMs, setRole }: Wished,
): readonly (Problem | null)[] {
  if (!rules) return [];
  const { maySetRole, longestMs } = rules;
  // A membership that is there already was within the limit when it was granted.
  const tooLong = !ours && durationMs !== undefined && longestMs !== null && durationMs > longestMs;
  return [
    setRole === true && !maySetRole
      ? {
          about: 'role',
          sentence: `This server does not allow SET ROLE to ${role}.`,
          nextStep: allowSetSql(role),
        }
      : null,
    tooLong
      ? {
          about: 'login',
          sentence: `This server grants it for at most ${sayDuration(Math.max(0, longestMs))} now.`,
          nextStep:
            'Grant it for less, wait until it was revoked for a while, or change hallpass.config on the server.',
        }
      : null,
  ];
}

/** A reason of the server's own, as `ServerRules` holds it. */
function said(about: Problem['about'], reason: string): Problem {
  const [sentence = '', nextStep = null] = reason.split('\n');
  return { about, sentence: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, nextStep };
}

function serverProblem(server: Server): Problem | null {
  if (server.unfit !== null) return { about: 'server', sentence: server.unfit, nextStep: null };
  if (!server.inRecovery) return null;
  return {
    about: 'server',
    sentence: 'The server is a standby: roles are granted on its primary.',
    nextStep: 'Point the connection of this target to its primary.',
  };
}

function roleProblem(server: Server, facts: PairFacts): Problem | null {
  const { role, roleOid, roleIsSuperuser, rolePower, mayGrant, rules } = facts;
  if (roleOid === null) return missing('role', role, 'NOLOGIN');
  if (roleIsSuperuser) {
    return {
      about: 'role',
      sentence: `The role ${role} is a superuser, and no superuser is granted.`,
      nextStep: 'Grant a role that has just the privileges that are needed.',
    };
  }
  if (rolePower) {
    return {
      about: 'role',
      sentence: `The role ${role} has the powers of ${rolePower}, and those are never granted.`,
      nextStep: `Make a role that has just the privileges that are needed.`,
    };
  }
  if (mayGrant) return rules?.role ? said('role', rules.role) : null;
  return {
    about: 'role',
    sentence:
      server.grantor === server.login
        ? `Hallpass’s login has no ADMIN OPTION on the role ${role}.`
        : `${server.grantor} has no ADMIN OPTION on the role ${role}.`,
    nextStep: grantAdminSql(server.version, role, server.grantor),
  };
}

function loginProblem(
  server: Server,
  { login, memberOid, memberCanLogin, memberIsSuperuser, rules }: PairFacts,
): Problem | null {
  if (memberOid === null) return missing('login', login, 'LOGIN');
  const about = 'login';
  const refuse = (sentence: string, nextStep: string | null): Problem => ({ about, sentence, nextStep });
  if (login === server.login) {
    return refuse(`The login ${login} is Hallpass’s own.`, 'Give the person another login.');
  }
  if (memberIsSuperuser) return refuse(`The login ${login} is a superuser and may do everything.`, null);
  if (memberCanLogin) return rules?.login ? said('login', rules.login) : null;
  return refuse(`The login ${login} can’t log in (NOLOGIN).`, roleSql('ALTER', login, 'LOGIN'));
}

function missing(about: 'role' | 'login', name: string, attributes: string): Problem {
  return {
    about,
    sentence: `There is no ${about} ${name} on the server.`,
    nextStep: isRoleName(name)
      ? `Correct the name in the configuration, or: ${roleSql('CREATE', name, attributes)}`
      : 'Correct the name in the configuration: Postgres allows 1 to 63 bytes.',
  };
}
