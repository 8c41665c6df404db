import type { Config, TargetConfig } from '../config/config.js';
import { coerceError, HallpassError } from '../errors.js';
import { describeProblems } from '../target/inspect.js';
import type { NamePair, Target } from '../target/target.js';

/** One line of `hallpass check`. */
export interface Finding {
  readonly about: string;
  /** `note`: stops one person, not the target. */
  readonly level: 'ok' | 'note' | 'failure';
  readonly says: string;
  /** What mends it. */
  readonly nextStep: string | null;
}

/** Does the bot token work, and has it the scopes that this configuration needs? */
export async function checkSlack(
  slack: { whoAmI(): Promise<{ readonly teamId: string }>; scopes(): Promise<readonly string[]> },
  needed: ReadonlyMap<string, string>,
): Promise<readonly Finding[]> {
  try {
    const granted = new Set(await slack.scopes());
    const missing = [...needed].filter(([scope]) => !granted.has(scope));
    if (granted.size === 0) {
      const says = 'Slack does not say which scopes the bot token has';
      return [{ about: 'Slack', level: 'note', says, nextStep: 'Compare them with `hallpass manifest`.' }];
    }
    if (missing.length > 0) {
      return missing.map(([scope, why]) => ({
        about: 'Slack',
        level: 'failure',
        says: `the scope ${scope} is missing: ${why}`,
        nextStep:
          'Add it under "OAuth & Permissions" and install the app again (`hallpass manifest` lists all).',
      }));
    }
    const { teamId } = await slack.whoAmI();
    const says = `the bot token works in team ${teamId}, with every scope that is needed`;
    return [{ about: 'Slack', level: 'ok', says, nextStep: null }];
  } catch (error) {
    return [failure('Slack', error)];
  }
}

/** Is the server reachable, and can every role be lent there to every login that the file names? */
export async function checkTarget(
  config: Config,
  target: TargetConfig,
  server: Target,
): Promise<readonly Finding[]> {
  try {
    const { server: seen, facts } = await server.look(pairsOf(config, target));
    const problems = new Map(
      facts.flatMap((fact) =>
        describeProblems(seen, fact).flatMap((problem) =>
          fact.login === target.connect.user && problem.about === 'login'
            ? []
            : [[problem.sentence, problem]],
        ),
      ),
    );
    const says = `reachable: Postgres ${Math.floor(seen.version / 10_000)}, system ${seen.id}`;
    return [
      { about: target.key, level: 'ok', says, nextStep: null },
      ...[...problems.values()].map(
        ({ about, sentence, nextStep }): Finding => ({
          about: target.key,
          level: about === 'login' ? 'note' : 'failure',
          says: sentence,
          nextStep,
        }),
      ),
    ];
  } catch (error) {
    return [failure(target.key, error)];
  }
}

/** Each role with one login, and each login with one role: problems concern the one or the other. */
function pairsOf(config: Config, target: TargetConfig): readonly NamePair[] {
  const roles = [...target.roles.keys()];
  const exceptions = [...target.people.values()];
  const everybody = [...config.people].flatMap(([id, { login }]) => (target.people.has(id) ? [] : [login]));
  const logins = [...new Set([...exceptions, ...everybody].filter((login) => login !== null))];
  const [firstRole, firstLogin] = [roles[0], logins[0]];
  if (firstRole === undefined) return [];
  return [
    // Without a login to name, Hallpass's own stands in: it is on every server that answers.
    ...roles.map((role) => ({ role, login: firstLogin ?? target.connect.user })),
    ...logins.slice(1).map((login) => ({ role: firstRole, login })),
  ];
}

function failure(about: string, thrown: unknown): Finding {
  const error = coerceError(thrown);
  const nextStep = error instanceof HallpassError ? error.nextStep : null;
  return { about, level: 'failure', says: error.message, nextStep };
}
