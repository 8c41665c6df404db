/**
 * What only a server can show wrong, each in a sentence with the SQL that mends it: for `hallpass check`, and for the
 * GRANT that is refused because of it. Pure.
 */
import { grantAdminSql, isRoleName, roleSql } from './quote.js';
import type { PairFacts, Server } from './target.js';

interface Problem {
  /** What it concerns: every pair on the server, every pair with this role, or with this login. */
  readonly about: 'server' | 'role' | 'login';
  readonly sentence: string;
  /** What mends it; null when nothing can. */
  readonly nextStep: string | null;
}

/** Why Hallpass's own login may not lend anything there, or null. Its rows must be told from a superuser's. */
export function describeUnfit(login: string, superuser: boolean, createRole: boolean): string | null {
  if (!superuser && !createRole) return null;
  const what = superuser ? 'is a superuser' : 'has CREATEROLE';
  const attributes = [superuser ? 'NOSUPERUSER' : '', createRole ? 'NOCREATEROLE' : ''].filter(Boolean);
  return `Hallpass’s login ${what} and must not be: ${roleSql('ALTER', login, attributes.join(' '))}`;
}

/** Everything that keeps this pair from being lent, except that somebody else lent it already. */
export function describeProblems(server: Server, facts: PairFacts): readonly Problem[] {
  return [serverProblem(server), roleProblem(server, facts), loginProblem(server, facts)].filter(
    (problem) => problem !== null,
  );
}

function serverProblem(server: Server): Problem | null {
  if (server.unfit !== null) return { about: 'server', sentence: server.unfit, nextStep: null };
  if (!server.inRecovery) return null;
  return {
    about: 'server',
    sentence: 'The server is a standby: roles are lent on its primary.',
    nextStep: 'Point the connection of this target to its primary.',
  };
}

function roleProblem(server: Server, { role, roleOid, roleIsSuperuser, mayLend }: PairFacts): Problem | null {
  if (roleOid === null) return missing('role', role, 'NOLOGIN');
  if (roleIsSuperuser) {
    return {
      about: 'role',
      sentence: `The role ${role} is a superuser, and no superuser is lent.`,
      nextStep: 'Lend a role that has just the privileges that are needed.',
    };
  }
  if (mayLend) return null;
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
  { login, memberOid, memberCanLogin, memberIsSuperuser }: PairFacts,
): Problem | null {
  if (memberOid === null) return missing('login', login, 'LOGIN');
  const refuse = (sentence: string, nextStep: string | null): Problem => ({
    about: 'login',
    sentence,
    nextStep,
  });
  if (login === server.login) {
    return refuse(`The login ${login} is Hallpass’s own.`, 'Give the person another login.');
  }
  if (memberIsSuperuser) return refuse(`The login ${login} is a superuser and may do everything.`, null);
  if (memberCanLogin) return null;
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
