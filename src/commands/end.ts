/** `hallpass end`: the incident switch. What it has written stands, even if the command itself is killed. */
import type { Command } from 'commander';
import { type Ahead, foreseeEnd, readAll } from '../access/operating/end-now.js';
import type { Config } from '../config/config.js';
import { readDatabases } from '../config/environment/env.js';
import { parseDuration } from '../domain/duration.js';
import type { Queryable } from '../ledger/pool.js';
import { type EndScope, isKnownPerson, readOpenIn } from '../ledger/requests/open-in.js';
import { ring } from '../queue/ring.js';
import { plainName } from '../surfaces/kit/text.js';
import { plural } from '../surfaces/kit/words.js';
import { awaitProof } from './end/await-proof.js';
import { named } from './end/results.js';
import { writeIntent } from './end/write-intent.js';
import { findTarget, load } from './shared/configuration.js';
import { withLedger } from './shared/ledger.js';
import { confirm, operator, reason, requestId } from './shared/operator.js';
import { print } from './shared/output.js';
import { refused } from './shared/refused.js';

/** Requests that are listed before the question; the rest is counted. */
const MOST_LISTED = 20;

interface Options {
  readonly target?: string;
  readonly person?: string;
  readonly all?: true;
  readonly because: string;
  readonly yes?: true;
  readonly wait: string;
}

export function addEnd(program: Command): void {
  program
    .command('end')
    .description(
      'end access now, for an incident: revokes it with its sessions, cancels what waits for approval, and waits for the proof; exit code 0 only when all is proved',
    )
    .argument('[requests...]', 'R-1042, as on its card')
    .option('--target <target>', 'everything that is open on this target')
    .option('--person <person>', 'everything that is open of a Slack user id (U…), or of a login')
    .option('--all', 'everything that is open')
    .requiredOption('--because <reason>', 'for those concerned, the operators’ channel and the audit trail')
    .option('--yes', 'do not ask')
    .option('--wait <duration>', 'give up waiting when nothing more was proved for so long', '1m')
    .action(end);
}

async function end(names: readonly string[], options: Options): Promise<void> {
  const because = reason(options.because);
  const patienceMs = parseDuration(options.wait);
  if (patienceMs === null) throw refused(`--wait ${options.wait} is no duration`, 'write it like 30s or 5m');
  const scope = scopeOf(names, options);
  const config = load();
  const databases = readDatabases(process.env);
  await withLedger(databases.databaseUrl, async (db) => {
    const ids = await idsIn(db, config, scope);
    const ahead = await foreseeEnd({ db }, ids);
    if (ahead.grants.length + ahead.pending.length > 0) {
      announce(ahead);
      await confirm(
        options.yes === true,
        `End ${plural(ahead.grants.length, 'grant')} and cancel ${plural(ahead.pending.length, 'request')}?`,
        'What their sessions have open is lost. Go on?',
      );
    }
    const word = { by: operator(), because };
    // A running Hallpass revokes it at once, and shows it.
    const wake = async (of: readonly number[]) =>
      ring(databases, [...new Set((await readAll(db, of)).map(({ target }) => target))]);
    const ended = await writeIntent(db, config, scope, { ids, ahead, word, wake });
    await awaitProof(db, config, scope, ended, patienceMs);
    await wake(ended);
  });
}

function scopeOf(names: readonly string[], { target, person, all }: Options): EndScope {
  const scopes: readonly EndScope[] = [
    ...(names.length > 0 ? [{ of: 'requests' as const, ids: [...new Set(names.map(requestId))] }] : []),
    ...(target === undefined ? [] : [{ of: 'target' as const, target }]),
    ...(person === undefined ? [] : [{ of: 'person' as const, person }]),
    ...(all ? [{ of: 'everything' as const }] : []),
  ];
  const [scope, ...more] = scopes;
  if (scope !== undefined && more.length === 0) return scope;
  throw refused('say what to end, in one way', 'write R-1042, --target T, --person P, or --all');
}

/** What the scope holds now. @throws HallpassError for an unknown name: a typo must not look like "nothing is open". */
async function idsIn(db: Queryable, config: Config, scope: EndScope): Promise<readonly number[]> {
  if (scope.of === 'requests') return scope.ids;
  const ids = await readOpenIn(db, scope);
  if (ids.length > 0) return ids;
  // A target or person that has left the configuration is found above while anything of theirs is open.
  if (scope.of === 'target') findTarget(config, scope.target);
  if (scope.of === 'person' && !config.people.has(scope.person) && !(await isKnownPerson(db, scope.person))) {
    throw refused(
      `the ledger has no request of ${plainName(scope.person, 100)}`,
      'write a Slack user id (U…), or a login as it is on the target',
    );
  }
  return ids;
}

function announce({ grants, pending }: Ahead): void {
  const lines = [
    ...grants.map((request) => `${named(request)}: is ended`),
    ...pending.map((request) => `${named(request)}: waits for approval, and is canceled`),
  ];
  for (const line of lines.slice(0, MOST_LISTED)) print(line);
  if (lines.length > MOST_LISTED) print(`and ${lines.length - MOST_LISTED} more`);
}
