import { type Command, Option } from 'commander';
import { OTHERS_LOOK } from '../access/deps.js';
import { accept, foresee } from '../access/recovery/accept.js';
import { recognize } from '../access/recovery/anchors.js';
import { recoverFromTarget } from '../access/recovery/recover.js';
import type { Config, TargetConfig } from '../config/config.js';
import { readDatabases, readLogLevel } from '../config/environment/env.js';
import { coerceError } from '../errors.js';
import type { Queryable } from '../ledger/pool.js';
import { createLogger } from '../logger.js';
import { migrate } from '../main.js';
import { createTargetConnection, DEFAULT_LIMITS } from '../postgres/connect.js';
import { readGrants } from '../postgres/guarded/read-grants.js';
import { inside, openTarget } from '../postgres/open.js';
import type { Target } from '../postgres/target.js';
import { FORGED } from '../surfaces/request/doubt.js';
import { sayReplaced, sayWrittenOff } from './recover/last-word.js';
import { findTarget, load } from './shared/configuration.js';
import { withLedger } from './shared/ledger.js';
import { print } from './shared/output.js';
import { refused } from './shared/refused.js';

/** `hallpass recover`: for when the ledger was lost, or restored from a backup. */
export function addRecover(program: Command): void {
  const fromTargets = new Option(
    '--from-targets',
    'write the open grants of guarded targets into the ledger, and go on there',
  );
  const replaced = new Option(
    '--replaced',
    'the server of the targets that are named was replaced for good by the one that answers',
  );
  const writeOff = new Option(
    '--write-off',
    'close the requests that are named (R-1042) without proof that the access is gone',
  );
  program
    .command('recover')
    .description(
      'after the ledger was lost or restored, or a server was replaced: show what each target remembers otherwise, and go on; gives nobody access',
    )
    .argument('[targets...]', 'default: all of the configuration')
    .addOption(fromTargets.conflicts('accept'))
    .option('--accept', 'go on with the ledger as it stands, on the targets that are named')
    .addOption(replaced.conflicts(['accept', 'fromTargets']))
    .addOption(writeOff.conflicts(['accept', 'fromTargets', 'replaced']))
    .option('--target <target>', 'with --write-off: everything that is open there')
    .option('--because <reason>', 'with --write-off and --replaced: for the audit, and for those concerned')
    .option('--yes', 'with --write-off and --replaced: do not ask again')
    .action(recover);
}

interface Options {
  readonly fromTargets?: true;
  readonly accept?: true;
  readonly replaced?: true;
  readonly writeOff?: true;
  readonly target?: string;
  readonly because?: string;
  readonly yes?: true;
}

async function recover(keys: readonly string[], options: Options): Promise<void> {
  const config = load();
  const word = { because: options.because, yes: options.yes === true };
  if (options.writeOff) {
    await withOwnedLedger((db) => sayWrittenOff(db, config, keys, { ...word, target: options.target }));
    return;
  }
  const named = keys.length > 0 ? keys.map((key) => findTarget(config, key)) : [...config.targets.values()];
  if ((options.accept || options.replaced) && keys.length === 0) {
    throw refused(
      `${options.accept ? '--accept' : '--replaced'} needs the names of targets`,
      'See what would come of it first: `hallpass recover TARGET`.',
    );
  }
  await withOwnedLedger(async (db) => {
    if (options.replaced) {
      await sayReplaced(db, config, named, word);
      return;
    }
    const from = options.fromTargets ? await remember(db, config, named) : new Set<string>();
    for (const target of named) {
      await settle(db, config, target, options.accept === true || from.has(target.key));
    }
  });
}

async function withOwnedLedger(work: (db: Queryable) => Promise<void>): Promise<void> {
  const databases = readDatabases(process.env);
  await migrate(databases, createLogger(readLogLevel(process.env), 'stderr'));
  await withLedger(databases.databaseOwnerUrl, work);
}

/** @returns the guarded targets whose grants are all in the ledger now. */
async function remember(
  db: Queryable,
  config: Config,
  named: readonly TargetConfig[],
): Promise<ReadonlySet<string>> {
  const guarded = named.filter(({ mode }) => mode === 'guarded');
  if (guarded.length === 0) {
    throw refused(
      'none of these targets is guarded, and others remember no grants',
      'Run `hallpass recover` without --from-targets to see what is granted there.',
    );
  }
  const whole = new Set<string>();
  for (const target of guarded) {
    const connection = createTargetConnection(inside(target.connect), DEFAULT_LIMITS);
    try {
      const { lines, failed } = await recoverFromTarget(db, config, target, () => readGrants(connection));
      for (const line of lines) print(line);
      if (failed) process.exitCode = 1;
      else whole.add(target.key);
    } finally {
      await connection.close();
    }
  }
  return whole;
}

/** Says whether a target remembers this ledger, and with `goOn` goes on there. */
async function settle(db: Queryable, config: Config, { key, ...how }: TargetConfig, goOn: boolean) {
  const logger = createLogger('silent');
  const deps = { db, config, logger, ...OTHERS_LOOK };
  const target: Target = openTarget(how);
  try {
    const { server, surroundings } = await target.list();
    const doubt = await recognize(deps, key, surroundings.anchor, server.id).then(
      (says) => (says === 'ours' ? null : FORGED),
      (thrown: unknown) => coerceError(thrown).message,
    );
    if (doubt === null) {
      print(`${key}: remembers this ledger`);
      return;
    }
    for (const line of await foresee(deps, key, target)) print(`${key}: ${line}`);
    if (goOn) {
      await accept(deps, key, target);
      print(`${key}: Hallpass goes on there with this ledger`);
    } else {
      process.exitCode = 1;
      print(`${key}: ${doubt} To go on with this ledger: hallpass recover --accept ${key}`);
    }
  } catch (thrown) {
    process.exitCode = 1;
    print(`${key}: could not be asked: ${coerceError(thrown).message}`);
  } finally {
    await target.close();
  }
}
