/**
 * The configuration, read again while Hallpass runs. All of it is adopted, or none: requests, decisions and sweeps that are
 * under way go on, and find the new one with their next question.
 */
import { createHash } from 'node:crypto';
import type { ChangeDeps } from './access/change.js';
import type { Deps } from './access/deps.js';
import { refuseLostTargets } from './access/recovery/lost-targets.js';
import { tellOperators } from './access/telling/operators.js';
import { describeChanges } from './config/changes/describe-changes.js';
import type { Config } from './config/config.js';
import { coerceError, HallpassError } from './errors.js';
import type { Fleet } from './fleet.js';
import { insertEvent } from './ledger/audit/insert-event.js';
import { everyHomeChanged } from './ledger/messages/homes.js';
import { forgetChecked, registerTargets } from './ledger/targets/targets.js';
import { neededScopes } from './slack/manifest.js';
import type { Message } from './surfaces/kit/message.js';
import { configurationRead, configurationRefused } from './surfaces/operators/configuration.js';

/** One object for as long as the process runs, which holds the configuration of the moment. */
export type LiveConfig = { -readonly [K in keyof Config]: Config[K] };

type ReloadDeps = ChangeDeps &
  Pick<Deps, 'logger' | 'roles' | 'background'> & { readonly config: LiveConfig };

/**
 * Uses `next` from now on, and tells the operators.
 * @param later what has changed outside the file, and takes effect only after a restart.
 * @param forget forgets what was known of a target that is reached in another way now.
 * @throws HallpassError when it can't be adopted: then nothing has changed. Or what the ledger says.
 */
export async function takeIn(
  deps: ReloadDeps,
  fleet: Fleet,
  next: Config,
  later: readonly string[],
  forget: (target: string) => void,
): Promise<void> {
  const { db, config, logger } = deps;
  await refuseLostTargets(db, next);
  await registerTargets(db, [...next.targets.keys()]);
  const before = { ...config };
  const changes = describeChanges(before, next);
  const alsoLater = [...later, ...onlyAfterRestart(before, next)];
  const isNews = changes.length + alsoLater.length > 0;
  if (isNews) {
    await insertEvent(db, null, {
      kind: 'configuration_read',
      actor: null,
      data: { hash: next.hash, before: before.hash, changes: changes.slice(0, 100) },
    });
  }
  // From here on it is in effect, and nothing below may report otherwise.
  const reached = fleet.adopt(next);
  // Slack was connected with the command of the start, and knows no other.
  Object.assign(config, next, { slack: { ...next.slack, command: before.slack.command } });
  for (const name of reached) forget(name);
  const facts = { hash: next.hash, before: before.hash, changes, later: alsoLater };
  logger.info(facts, 'the configuration was read again');
  deps.background('discover roles', deps.roles.refresh(null));
  deps.background('draw Homes again', drawHomes(deps));
  deps.background('compare what is reached otherwise', compareAll(deps, reached));
  if (!isNews) return;
  const message = configurationRead({ hash: next.hash, changes, later: alsoLater });
  deps.background('tell of the configuration', tell(deps, `${before.hash}/${next.hash}`, message));
}

/** Roles, policies and operators may be others. */
async function drawHomes({ db, outbox }: ReloadDeps): Promise<void> {
  await everyHomeChanged(db);
  outbox.kick();
}

/** Another server may answer there. */
async function compareAll({ db, sweeps }: ReloadDeps, targets: readonly string[]): Promise<void> {
  for (const name of targets) await forgetChecked(db, name);
  for (const name of targets) sweeps.wake(name);
}

/** Tells the operators that the previous configuration stays. Never throws. */
export async function sayRefused(deps: ReloadDeps, thrown: unknown): Promise<void> {
  const error = coerceError(thrown);
  const next = error instanceof HallpassError && error.nextStep !== null ? `\n${error.nextStep}` : '';
  deps.logger.error({ err: error }, 'the new configuration was refused; the previous one stays');
  const why = `${error.message}${next}`;
  await tell(deps, hash(why), configurationRefused(why)).catch((failed: unknown) =>
    deps.logger.warn({ err: coerceError(failed) }, 'the operators could not be told'),
  );
}

/** Replicas that read it at the same time tell it once. */
function tell(deps: ReloadDeps, what: string, message: Message): Promise<boolean> {
  const minute = new Date().toISOString().slice(0, 16);
  return tellOperators(deps, `configuration:${hash(what)}:${minute}`, message);
}

function onlyAfterRestart(before: Config, next: Config): readonly string[] {
  const had = neededScopes(before);
  const scopes = [...neededScopes(next).keys()].filter((scope) => !had.has(scope));
  return [
    ...(before.slack.command === next.slack.command
      ? []
      : [`slack.command: ${next.slack.command}, and the app’s manifest must have it`]),
    ...scopes.map((scope) => `the Slack app needs the scope ${scope}: add it, and install the app again`),
  ];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
