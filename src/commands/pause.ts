/** `hallpass pause` and `hallpass resume`: nothing new is granted, while revocations go on. */
import type { Command } from 'commander';
import { pauseGranting, resumeGranting } from '../access/operating/pause.js';
import type { Config } from '../config/config.js';
import { readDatabases } from '../config/environment/env.js';
import type { Pause } from '../domain/request/pause.js';
import { ring } from '../queue/ring.js';
import { plainName } from '../surfaces/kit/text.js';
import { findTarget, load } from './shared/configuration.js';
import { withLedger } from './shared/ledger.js';
import { operator, reason } from './shared/operator.js';
import { print } from './shared/output.js';

export function addPause(program: Command): void {
  program
    .command('pause')
    .description('grant and extend nothing new until `hallpass resume`; what is due is revoked as always')
    .argument('[target]', 'only there; default: on every target')
    .requiredOption(
      '--because <reason>',
      'shown in the form, on cards that wait, and kept in the audit trail',
    )
    .action((target: string | undefined, options: { readonly because: string }) =>
      pause(target ?? null, reason(options.because)),
    );
  program
    .command('resume')
    .description('go on granting: also what was approved meanwhile, if it is still wanted')
    .argument('[target]', 'lift the pause of this target; default: the pause of every target')
    .option('--because <reason>', 'for the operators’ channel and the audit trail')
    .action((target: string | undefined, options: { readonly because?: string }) =>
      resume(target ?? null, options.because === undefined ? null : reason(options.because)),
    );
}

async function pause(target: string | null, because: string): Promise<void> {
  const config = load();
  const databases = readDatabases(process.env);
  if (target !== null) findTarget(config, target);
  await withLedger(databases.databaseUrl, async (db) => {
    const done = await pauseGranting({ db, config }, target, { by: operator(), because });
    await ring(databases, namesOf(config, target));
    if (!done.isNew) {
      print(`${whereOf(target)}: granting is paused already${done.pause === null ? '' : say(done.pause)}`);
      return;
    }
    print(`${whereOf(target)}: granting is paused. What is due is revoked as always.`);
    print(`To go on: hallpass resume${target === null ? '' : ` ${target}`}`);
  });
}

async function resume(target: string | null, because: string | null): Promise<void> {
  const config = load();
  const databases = readDatabases(process.env);
  await withLedger(databases.databaseUrl, async (db) => {
    const { wasPaused, left } = await resumeGranting({ db, config }, target, { by: operator(), because });
    // A target that left the configuration while it was paused can still be resumed.
    if (!wasPaused && target !== null) findTarget(config, target);
    await ring(databases, namesOf(config, target));
    const where = whereOf(target);
    if (target !== null && left.length > 0) {
      process.exitCode = 1;
      print(`${where}: ${wasPaused ? 'its own pause is lifted' : 'it has no pause of its own'}`);
    } else if (wasPaused) {
      print(
        `${where}: granting has resumed. What was approved meanwhile is granted by the Hallpass that runs.`,
      );
    } else print(`${where}: granting was not paused`);
    for (const each of left) {
      const lift = `hallpass resume${each.target === null ? '' : ` ${each.target}`}`;
      print(`${whereOf(each.target)}: granting stays paused${say(each)}. To go on there: ${lift}`);
    }
  });
}

function whereOf(target: string | null): string {
  return target ?? 'every target';
}

function say({ since, by, because }: Pause): string {
  return `, since ${since.toISOString()} by ${plainName(by, 150)}: ${plainName(because, 500)}`;
}

function namesOf({ targets }: Config, target: string | null): readonly string[] {
  return target === null ? [...targets.keys()] : [target];
}
