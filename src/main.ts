/** The process: configuration -> context -> start; signals; health; the only place that exits. */
import { createAgain } from './again.js';
import type { Config } from './config/config.js';
import {
  type Databases,
  readEnv,
  readWorkerEnv,
  type WorkerEnv,
  whatDiffers,
} from './config/environment/env.js';
import { loadConfig } from './config/load.js';
import { type Context, createContext } from './context.js';
import { coerceError } from './errors.js';
import { startHealth } from './health.js';
import { type MigratedLedger, migrateLedger } from './ledger/schema/migrate.js';
import { assertMigrated } from './ledger/schema/migrated.js';
import { createLogger, type Logger } from './logger.js';
import { migrateQueue } from './queue/migrate.js';
import type { SlackApp } from './slack/app.js';

/** Whatever still runs this long after a signal is cut off, milliseconds. */
export const STOP_MS = 9_500;

/** Brings the ledger's schema, and BullMQ's beside it, up to date. @throws HallpassError */
export async function migrate(databases: Databases, logger: Logger): Promise<MigratedLedger> {
  const done = await migrateLedger(databases.databaseOwnerUrl, databases.databaseUrl, logger);
  await migrateQueue(databases.databaseOwnerUrl, { grantTo: done.login });
  return done;
}

interface Start {
  /** Bring the ledger's schema up to date first. */
  readonly migrate: boolean;
}

/** Runs Hallpass with a Slack listener. As `run`. */
export async function serve(options: Start): Promise<void> {
  const env = readEnv(process.env);
  // Loaded while the ledger answers.
  const loading = import('./slack/app.js');
  await run(
    env,
    options,
    () => readEnv(process.env),
    async (config, { access, messenger, slackTokens }, logger) => {
      const { createSlackApp } = await loading;
      return createSlackApp({
        transport: env.transport,
        apiUrl: env.slack.apiUrl,
        command: config.slack.command,
        access,
        messenger,
        formSecret: env.slack.botToken,
        logger,
        onRefusal: (refusal) => slackTokens.heard(refusal),
      });
    },
  );
}

/** Runs Hallpass without a Slack listener: it sweeps, takes alarms and delivers messages. As `run`. */
export async function work(options: Start): Promise<void> {
  const read = () => readWorkerEnv(process.env);
  await run(read(), options, read, async () => null);
}

/**
 * Starts the process; a signal or a fatal error ends it. Resolves when it is ready, or ending.
 * @param readAgain the environment, as a restart would find it.
 * @param createListener answers null when the process doesn't listen to Slack.
 * @throws HallpassError when it cannot start
 */
async function run(
  env: WorkerEnv,
  options: Start,
  readAgain: () => WorkerEnv,
  createListener: (config: Config, context: Context, logger: Logger) => Promise<SlackApp | null>,
): Promise<void> {
  const logger = createLogger(env.logLevel);
  const again = createAgain();
  process.on('SIGHUP', again.ask);
  const config = loadConfig(env.configPath, process.env);
  if (options.migrate) await migrate(env, logger);
  else await assertMigrated(env.databaseUrl);

  const context = await createContext(config, env, logger);
  const slack = await createListener(config, context, logger);
  if (slack !== null) context.hears(() => slack.ready());
  let stopping = false;
  const missing = async () => {
    if (stopping) return ['it is ending'];
    return [
      ...(slack === null || slack.ready() ? [] : ['a connection to Slack']),
      ...context.slackTokens.refusals(),
      ...(await context.ledgerLacks()),
    ];
  };
  const health = await startHealth(env.opsPort, { missing, warnings: context.warnings }, context.metrics);

  function stop(code: number, error: Error | null): void {
    if (error !== null) logger.fatal({ err: error }, 'Hallpass ends');
    if (stopping) return;
    stopping = true;
    // A promise that hangs may not keep the process alive: that must not look like a clean exit.
    process.exitCode = 1;
    setTimeout(() => {
      logger.fatal('shutdown timed out; exiting');
      process.exit(1);
    }, STOP_MS);
    void (async () => {
      await slack?.stop();
      await context.stop();
      await health.close();
      logger.info('Hallpass has ended');
      process.exit(code);
    })().catch((thrown: unknown) => {
      logger.fatal({ err: thrown }, 'Hallpass could not end in order');
      process.exit(1);
    });
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(0, null));
  // An unhandled error leaves an unknown state: exit, and let the supervisor restart the process.
  process.on('uncaughtException', (error) => stop(1, coerceError(error)));
  process.on('unhandledRejection', (reason) => stop(1, coerceError(reason)));

  try {
    await context.start();
    logger.info({ targets: config.targets.size, slack: slack !== null }, 'Hallpass has started');
    await slack?.start();
    logger.info('Hallpass is ready');
    again.begin(async () => {
      if (stopping) return;
      try {
        const next = loadConfig(env.configPath, process.env);
        await context.takeIn(next, whatDiffers(env, readAgain()));
      } catch (thrown) {
        await context.sayRefused(thrown);
      }
    });
  } catch (thrown) {
    // Told to end while it started, it has closed what it was about to use: that is no fault.
    if (!stopping) stop(1, coerceError(thrown));
  }
}
