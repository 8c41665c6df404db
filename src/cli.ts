#!/usr/bin/env node
/** `hallpass serve | worker | check | setup-sql | ...`. Takes access away at most, never gives it. */
import { Command } from 'commander';
import { addAudit } from './commands/audit.js';
import { addCheck } from './commands/check.js';
import { load } from './commands/configuration.js';
import { print, printJson } from './commands/output.js';
import { addReap } from './commands/reap.js';
import { addRecover } from './commands/recover.js';
import { addSetupSql } from './commands/setup-sql.js';
import { readDatabases, readLogLevel } from './config/env.js';
import { explainRole } from './config/explain.js';
import { coerceError, HallpassError } from './errors.js';
import { createLogger } from './logger.js';
import { migrate, serve, work } from './main.js';
import { withoutSecrets } from './secrets.js';
import { manifest } from './slack/manifest.js';
import { version } from './version.js';

const program = new Command('hallpass')
  .description('Lends Postgres roles just in time, asked for and approved in Slack.')
  .version(version);

for (const [name, what, start] of [
  ['serve', 'run Hallpass', serve],
  ['worker', 'run Hallpass without an ear for Slack: it takes back, and delivers messages', work],
] as const) {
  program
    .command(name)
    .description(what)
    .option('--no-migrate', 'leave the ledger as it is: `hallpass migrate` was run before')
    .action((options: { migrate: boolean }) => start(options));
}

program
  .command('migrate')
  .description("bring the ledger's schema up to date, with DATABASE_OWNER_URL")
  .action(() => migrate(readDatabases(process.env), createLogger(readLogLevel(process.env))));

addCheck(program);

program
  .command('config')
  .description('each effective value of one role, with the file and line it comes from')
  .argument('<target/role>')
  .action((role: string) => print(explainRole(load(), role)));

addSetupSql(program);
addReap(program);
addRecover(program);
addAudit(program);

program
  .command('manifest')
  .description('the Slack app manifest, with the least scopes that this configuration needs')
  .option('--url <url>', 'the public address of Hallpass, for HTTP in place of Socket Mode')
  .action(({ url }: { url?: string }) => printJson(manifest(load(), url ?? null)));

await program.parseAsync().catch((thrown: unknown) => {
  const error = coerceError(thrown);
  const said = [
    error.message,
    ...(error instanceof HallpassError && error.nextStep !== null ? [error.nextStep] : []),
    ...(error.cause === undefined ? [] : [`Because: ${coerceError(error.cause).message}`]),
  ];
  console.error(withoutSecrets(said.join('\n')));
  process.exitCode = 1;
});
