import type { Command } from 'commander';
import { requestName } from '../domain/request.js';
import { HallpassError } from '../errors.js';
import { reapTarget } from '../postgres/guarded/reap.js';
import { inside } from '../postgres/open.js';
import { findTarget, load } from './shared/configuration.js';
import { print, table } from './shared/output.js';

/** `hallpass reap`: for cron, and for the day on which Hallpass or its ledger is gone. */
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
    throw new HallpassError(`the target ${key} is not guarded, and remembers nothing itself`, {
      passing: false,
      nextStep: 'There, Hallpass revokes what its ledger says: start it.',
    });
  }
  const reaped = await reapTarget(inside(connect));
  if (reaped.length === 0) print('Nothing was due.');
  else
    print(
      table([['REQUEST', 'STATE'], ...reaped.map(({ requestId, state }) => [requestName(requestId), state])]),
    );
  if (reaped.some(({ state }) => state.startsWith('failed'))) process.exitCode = 1;
}
