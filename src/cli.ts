#!/usr/bin/env node
/** `hallpass serve | worker | check | setup-sql | ...`. Takes access away at most, never gives it. */
import { Command } from 'commander';
import { readDatabases, readLogLevel } from './config/env.js';
import { coerceError, HallpassError } from './errors.js';
import { createLogger } from './logger.js';
import { migrate, serve, work } from './main.js';
import { withoutSecrets } from './secrets.js';
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

// What serves starts again in the middle of a working day: it loads nothing that only these need.
if (!['serve', 'worker', 'migrate'].includes(process.argv[2] ?? '')) {
  const { addOthers } = await import('./commands/others.js');
  addOthers(program);
}

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
