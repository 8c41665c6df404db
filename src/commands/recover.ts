import type { Command } from 'commander';
import { recoverFromTargets } from '../access/recover.js';
import { readDatabases, readLogLevel } from '../config/env.js';
import { HallpassError } from '../errors.js';
import { createPool } from '../ledger/pool.js';
import { createLogger } from '../logger.js';
import { migrate } from '../main.js';
import { createTargetConnection, DEFAULT_LIMITS } from '../target/connect.js';
import { readGrants } from '../target/guarded/read-grants.js';
import { inside } from '../target/open.js';
import { load } from './configuration.js';
import { print } from './output.js';

/** `hallpass recover`: for the day on which the ledger was lost, or restored from a backup. */
export function addRecover(program: Command): void {
  program
    .command('recover')
    .description(
      'write the open grants of guarded targets into a lost or restored ledger; gives nobody access',
    )
    .requiredOption('--from-targets', 'ask every guarded target of the configuration')
    .action(recover);
}

async function recover(): Promise<void> {
  const config = load();
  const guarded = [...config.targets.values()].filter(({ mode }) => mode === 'guarded');
  if (guarded.length === 0) {
    throw new HallpassError('no target of the configuration is guarded, and others remember nothing', {
      passing: false,
      nextStep: 'What direct targets have lent is reported to the operators when Hallpass runs.',
    });
  }
  const databases = readDatabases(process.env);
  await migrate(databases, createLogger(readLogLevel(process.env)));
  const db = createPool(databases.databaseOwnerUrl, () => undefined);
  const connections = guarded.map(({ key, connect }) => ({
    key,
    connection: createTargetConnection(inside(connect), DEFAULT_LIMITS),
  }));
  try {
    const reads = new Map(connections.map(({ key, connection }) => [key, () => readGrants(connection)]));
    const { lines, failed } = await recoverFromTargets(db, config, reads);
    for (const line of lines) print(line);
    if (failed) process.exitCode = 1;
  } finally {
    await Promise.all([db.end(), ...connections.map(({ connection }) => connection.close())]);
  }
}
