/**
 * The configuration, read again while Hallpass runs. All of it is taken in, or none: who is asking, deciding or being
 * swept meanwhile goes on, and finds the new one with the next question.
 */

import { createHash } from 'node:crypto';
import type { Deps } from './access/deps.js';
import { refuseLostTargets } from './access/recovery/lost-targets.js';
import { tellOperators } from './access/telling/operators.js';
import { describeChanges } from './config/changes.js';
import type { Config } from './config/config.js';
import { coerceError, HallpassError } from './errors.js';
import type { Fleet } from './fleet.js';
import { insertEvent } from './ledger/insert-event.js';
import { forgetChecked, registerTargets } from './ledger/targets.js';
import { neededScopes } from './slack/manifest.js';
import { configurationRead, configurationRefused } from './surfaces/configuration.js';
import type { Message } from './surfaces/message.js';

/** One object for as long as the process runs: what stands in it is today's configuration. */
export type LiveConfig = { -readonly [K in keyof Config]: Config[K] };

type ReloadDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'logger' | 'roles' | 'background'> & {
  readonly config: LiveConfig;
};

/**
 * Goes by `next` from now on, and tells the operators.
 * @param later what has changed outside the file, and holds only after a restart.
 * @param forget what was known of a target that is reached otherwise now.
 * @throws HallpassError when it can't be taken in: then nothing has changed. Or what the ledger says.
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
  // From here on it holds, and nothing below can be a reason to say otherwise.
  const reached = fleet.adopt(next);
  // The command is heard as it was when Slack was connected.
  Object.assign(config, next, { slack: { ...next.slack, command: before.slack.command } });
  for (const name of reached) forget(name);
  logger.info(
    { hash: next.hash, before: before.hash, changes, later: alsoLater },
    'the configuration was read again',
  );
  deps.background('discover roles', deps.roles.refresh(null));
  deps.background('compare what is reached otherwise', compareAll(deps, reached));
  if (!isNews) return;
  const message = configurationRead({ hash: next.hash, changes, later: alsoLater });
  deps.background('tell of the configuration', tell(deps, `${before.hash}/${next.hash}`, message));
}

/** Another server may answer there. */
async function compareAll({ db, sweeps }: ReloadDeps, targets: readonly string[]): Promise<void> {
  for (const name of targets) await forgetChecked(db, name);
  for (const name of targets) sweeps.wake(name);
}

/** Says that the configuration of before stays. Never throws. */
export async function sayRefused(deps: ReloadDeps, thrown: unknown): Promise<void> {
  const error = coerceError(thrown);
  const next = error instanceof HallpassError && error.nextStep !== null ? `\n${error.nextStep}` : '';
  deps.logger.error({ err: error }, 'the new configuration was refused; the one of before stays');
  const why = `${error.message}${next}`;
  await tell(deps, hash(why), configurationRefused(why)).catch((failed: unknown) =>
    deps.logger.warn({ err: coerceError(failed) }, 'the operators could not be told'),
  );
}

/** Replicas that are told to read at the same time say it once. */
async function tell(deps: ReloadDeps, what: string, message: Message): Promise<void> {
  const minute = new Date().toISOString().slice(0, 16);
  const key = `configuration:${hash(what)}:${minute}`;
  await tellOperators(deps, key, message);
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
