import type { Command } from 'commander';
import { requestName } from '../domain/request/request.js';
import { reapTarget } from '../postgres/guarded/reap.js';
import { inside } from '../postgres/open.js';
import { findTarget, load } from './shared/configuration.js';
import { print } from './shared/output.js';
import { refused } from './shared/refused.js';
import { table } from './shared/table.js';

/** `hallpass reap`: for cron, and for when Hallpass or its ledger is gone. */
export function addReap(program: Command): void {
  program
    .command('reap')
    .description('have a guarded target revoke everything whose time is up; needs no ledger')
    .argument('<target>')
    .action(reap);
}

async function reap(key: string): Promise<void> {
  const { mode, connect } = findTarget(load(), key);
  if (mode !== 'guarded') {
    throw refused(
      `the target ${key} is not guarded, and remembers nothing itself`,
      'There, Hallpass revokes what its ledger says: start it.',
    );
  }
  const reaped = await reapTarget(inside(connect));
  const rows = reaped.map(({ requestId, state }) => [requestName(requestId), state]);
  print(rows.length === 0 ? 'Nothing was due.' : table([['REQUEST', 'STATE'], ...rows]));
  if (reaped.some(({ state }) => state.startsWith('failed'))) process.exitCode = 1;
}
