#!/usr/bin/env node
/** `hallpass serve | worker | check | setup-sql | ...`. Its commands can revoke access but never grant it. */
import { Command } from 'commander';
import { readDatabases, readLogLevel } from './config/environment/env.js';
import { coerceError, HallpassError } from './errors.js';
import type { MigratedLedger } from './ledger/schema/migrate.js';
import { createLogger } from './logger.js';
import { migrate, serve, work } from './main.js';
import { withoutSecrets } from './secrets.js';
import { asTyped, knowCommands, programName, watchOutput, writeNow } from './terminal.js';
import { version } from './version.js';

watchOutput();
const program = new Command(programName())
  .description('Grants Postgres roles just in time, requested and approved in Slack.')
  .version(version)
  .configureOutput({ writeOut: (text) => writeNow(asTyped(text)) });

for (const [name, what, start] of [
  ['serve', 'run Hallpass', serve],
  ['worker', 'run Hallpass without the Slack listener: it revokes access and sends messages', work],
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
  .action(async () => {
    const logger = createLogger(readLogLevel(process.env), 'stderr');
    console.log(sayMigrated(await migrate(readDatabases(process.env), logger)));
  });

// `serve` may restart in the middle of a working day: it doesn't load what only the other commands need.
const isServing = ['serve', 'worker', 'migrate'].includes(process.argv[2] ?? '');
const knowAll = () => knowCommands(program.commands.map((command) => command.name()));
const addOthers = async () => {
  const { addCommands } = await import('./commands/register.js');
  addCommands(program);
  knowAll();
};
knowAll();
if (!isServing) await addOthers();

await program.parseAsync().catch(async (thrown: unknown) => {
  // The next step may name one of the other commands.
  if (isServing) await addOthers();
  const error = coerceError(thrown);
  const said = [
    error.message,
    ...(error instanceof HallpassError && error.nextStep !== null ? [error.nextStep] : []),
    ...(error.cause === undefined ? [] : [`Because: ${coerceError(error.cause).message}`]),
  ];
  console.error(withoutSecrets(asTyped(said.join('\n'))));
  // A command may have said how it ends on an error.
  process.exitCode ||= 1;
});

function sayMigrated({ login, steps }: MigratedLedger): string {
  const ran = `${steps.length === 1 ? '1 step was' : `${steps.length} steps were`} run (${steps.join(', ')})`;
  const did =
    steps.length === 0
      ? "The ledger's schema was up to date: nothing was changed."
      : `The ledger's schema is up to date: ${ran}.`;
  return `${did}\nThe login ${JSON.stringify(login)} has the rights that Hallpass needs there.`;
}
