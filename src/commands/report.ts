/** `hallpass report`: one line for each grant, which is what an auditor asks for. */
import type { Command } from 'commander';
import { readNow } from '../ledger/audit/audit-chain.js';
import type { Queryable } from '../ledger/pool.js';
import { type GrantsWanted, readGrants, readPrunedBefore } from '../ledger/requests/read-grants.js';
import { time } from '../surfaces/terminal/plain.js';
import { FORMATS } from './report/formats.js';
import { assertTarget } from './shared/known-target.js';
import { withPatientLedger } from './shared/ledger.js';
import { MOMENT, parseMoment } from './shared/moment.js';
import { refused } from './shared/refused.js';
import { printStream } from './shared/stream.js';

/** Grants in memory at a time. */
const PAGE = 500;

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly target?: string;
  readonly format: keyof typeof FORMATS;
}

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('one line for each grant of a time; needs DATABASE_URL alone')
    .option('--since <time>', `what was granted then or later: ${MOMENT}`)
    .option('--until <time>', 'what was granted before then')
    .option('--target <target>', 'only on this target');
  command
    .addOption(command.createOption('--format <format>').choices(Object.keys(FORMATS)).default('table'))
    .action(report);
}

async function report({ since, until, target, format }: Options): Promise<void> {
  await withPatientLedger(async (db) => {
    if (target !== undefined) await assertTarget(db, target);
    const now = await readNow(db);
    const wanted: GrantsWanted = {
      since: since === undefined ? null : parseMoment(since, now, '--since'),
      until: until === undefined ? null : parseMoment(until, now, '--until'),
      target: target ?? null,
    };
    if (wanted.since !== null && wanted.until !== null && wanted.since >= wanted.until) {
      throw refused(
        '--since is not before --until',
        '--since is the first moment that counts, --until the first that does not count any more.',
      );
    }
    await printStream(lines(db, wanted, format));
    await warnOfPruned(db, wanted);
  });
}

async function* lines(
  db: Queryable,
  wanted: GrantsWanted,
  format: Options['format'],
): AsyncGenerator<string> {
  const { head, lines: show } = FORMATS[format]();
  yield head();
  let after = 0;
  for (;;) {
    const page = await readGrants(db, wanted, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    yield show(page);
    if (page.length < PAGE) return;
    after = last.id;
  }
  if (after === 0 && format === 'table') yield 'Nothing was granted in that time.\n';
}

/** An incomplete report says so, on standard error because a program may read its output. */
async function warnOfPruned(db: Queryable, { since }: GrantsWanted): Promise<void> {
  const before = await readPrunedBefore(db);
  if (before === null || (since !== null && since >= before)) return;
  console.error(
    `Requests that were over before ${time(before)} may have been deleted by hallpass audit prune, and are not in this report.`,
  );
}
