#!/usr/bin/env node
/** `hallpass serve | check | config | manifest | migrate`. Takes access away at most, never gives it. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { checkSlack, checkTarget, type Finding } from './access/check.js';
import type { Config } from './config/config.js';
import { configPath, readDatabases, readEnv, readLogLevel } from './config/env.js';
import { explainRole } from './config/explain.js';
import { loadConfig } from './config/load.js';
import { coerceError, HallpassError } from './errors.js';
import { createLogger } from './logger.js';
import { migrate, serve } from './main.js';
import { createMessenger } from './messenger/web-api.js';
import { manifest, neededScopes } from './slack/manifest.js';
import { createDirectTarget } from './target/direct.js';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

const program = new Command('hallpass')
  .description('Lends Postgres roles just in time, asked for and approved in Slack.')
  .version(version);

program
  .command('serve')
  .description('run Hallpass')
  .option('--no-migrate', 'leave the ledger as it is: `hallpass migrate` was run before')
  .action((options: { migrate: boolean }) => serve(options));

program
  .command('migrate')
  .description("bring the ledger's schema up to date, with DATABASE_OWNER_URL")
  .action(() => migrate(readDatabases(process.env), createLogger(readLogLevel(process.env))));

program
  .command('check')
  .description('try the configuration, the Slack token with its scopes, and every target')
  .argument('[target]', 'this target only')
  .action(check);

program
  .command('config')
  .description('each effective value of one role, with the file and line it comes from')
  .argument('<target/role>')
  .action((role: string) => print(explainRole(load(), role)));

program
  .command('manifest')
  .description('the Slack app manifest, with the least scopes that this configuration needs')
  .option('--url <url>', 'the public address of Hallpass, for HTTP in place of Socket Mode')
  .action(({ url }: { url?: string }) => print(JSON.stringify(manifest(load(), url ?? null), null, 2)));

await program.parseAsync().catch((thrown: unknown) => {
  const error = coerceError(thrown);
  console.error(error.message);
  if (error instanceof HallpassError && error.nextStep !== null) console.error(error.nextStep);
  if (error.cause !== undefined) console.error(`Because: ${coerceError(error.cause).message}`);
  process.exitCode = 1;
});

function load(): Config {
  return loadConfig(configPath(process.env), process.env);
}

function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

async function check(only: string | undefined): Promise<void> {
  const env = readEnv(process.env);
  const config = load();
  const { size } = config.targets;
  print(`ok       ${env.configPath}: ${size} ${size === 1 ? 'target' : 'targets'}`);
  const targets = [...config.targets.values()].filter(({ key }) => only === undefined || key === only);
  if (targets.length === 0) {
    throw new HallpassError(`there is no target ${only}`, {
      passing: false,
      nextStep: `Name one of ${[...config.targets.keys()].join(', ')}.`,
    });
  }
  const messenger = createMessenger({ ...env.slack, logger: createLogger('silent') });
  const findings = await Promise.all([
    checkSlack(messenger, neededScopes(config)),
    ...targets.map(async (target) => {
      const server = createDirectTarget(target.connect);
      return checkTarget(config, target, server).finally(() => server.close());
    }),
  ]);
  for (const finding of findings.flat()) print(line(finding));
  if (findings.flat().some(({ level }) => level === 'failure')) process.exitCode = 1;
}

function line({ about, level, says, nextStep }: Finding): string {
  return `${level.padEnd(8)} ${about}: ${says}${nextStep === null ? '' : `\n         ${nextStep}`}`;
}
