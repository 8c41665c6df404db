/** `hallpass config`: what the configuration says of one role, or who gains and loses what between two of them. */
import type { Command } from 'commander';
import { accessDiff, sayAccessChange } from '../config/changes/access-diff.js';
import { explainRole } from '../config/explain.js';
import { loadConfig } from '../config/load.js';
import { load, loadWithoutConnections } from './shared/configuration.js';
import { print, printJson } from './shared/output.js';
import { refused } from './shared/refused.js';

interface Options {
  readonly diff?: string;
  readonly json?: true;
}

export function addConfig(program: Command): void {
  program
    .command('config')
    .description('each effective value of one role, with the file and line it comes from')
    .argument('[target/role]')
    .option(
      '--diff <old.yaml>',
      'instead: who gains and loses what since that file; exit code 0 when both mean the same, 1 when they differ',
    )
    .option('--json', 'with --diff: print one JSON document')
    .action((role: string | undefined, { diff, json }: Options) => {
      if (diff !== undefined && role === undefined) return printDiff(diff, json === true);
      if (diff === undefined && role !== undefined && !json) return print(explainRole(load(), role));
      throw refused(
        'config takes a role, or --diff alone',
        'Write hallpass config TARGET/ROLE, or hallpass config --diff OLD.yaml, with --json if you like.',
      );
    });
}

function printDiff(old: string, json: boolean): void {
  const changes = accessDiff(loadConfig(old, process.env, { connections: false }), loadWithoutConnections());
  if (json) printJson({ changes });
  else
    print(changes.map(sayAccessChange).join('\n') || 'Both mean the same: no one gains or loses anything.');
  if (changes.length > 0) process.exitCode = 1;
}
