/** `hallpass status`: who holds what until when, what waits, what is overdue, and what is blocked. */
import type { Command } from 'commander';
import { readStatus, type StatusFilter } from '../access/operating/status.js';
import { readNow } from '../ledger/audit/audit-chain.js';
import { name } from '../surfaces/terminal/plain.js';
import { assertTarget } from './shared/known-target.js';
import { withPatientLedger } from './shared/ledger.js';
import { printStream } from './shared/stream.js';
import { statusJson } from './status/json.js';
import { statusText } from './status/text.js';

interface Options {
  readonly person?: string;
  readonly overdue?: true;
  readonly json?: true;
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description(
      'who holds what until when, what waits, what is overdue, and what is blocked; needs DATABASE_URL alone',
    )
    .argument('[target]', 'only this target')
    .option('--person <id or login>', 'only what this person has open: a Slack user id, or a login')
    .option('--overdue', 'only what should have been revoked more than a minute ago')
    .option('--json', 'print one JSON document')
    .action(status);
}

async function status(target: string | undefined, { person, overdue, json }: Options): Promise<void> {
  const filter = { target: target ?? null, person: person ?? null, overdue: overdue === true };
  await withPatientLedger(async (db) => {
    if (target !== undefined) await assertTarget(db, target);
    const pieces = readStatus(db, filter);
    await printStream(json ? statusJson(await readNow(db), pieces) : statusText(pieces, nothing(filter)));
  });
}

function nothing({ person, overdue }: StatusFilter): string {
  if (overdue) return 'Nothing is overdue.';
  return person === null ? 'The ledger knows no targets yet.' : `${name(person)} has nothing open.`;
}
