/** `hallpass check`: tries everything that Hallpass needs, and says what is wrong and what mends it. */
import type { Command } from 'commander';
import { mapBounded } from '../access/check/bounded.js';
import { type Finding, failed, isFailure, ok } from '../access/check/finding.js';
import { describeLedger, type LedgerView, viewLedger } from '../access/check/ledger.js';
import { checkPerson } from '../access/check/person.js';
import { checkSlack } from '../access/check/slack.js';
import { checkTarget, type Instruments, type TargetReport } from '../access/check/target.js';
import type { Config, TargetConfig } from '../config/config.js';
import { configPath, readEnv, readLedgerUrl } from '../config/env.js';
import { coerceError, HallpassError } from '../errors.js';
import { createPool } from '../ledger/pool.js';
import { createLogger } from '../logger.js';
import { createMessenger } from '../messenger/web-api.js';
import { neededScopes } from '../slack/manifest.js';
import { createDiagnosis } from '../target/diagnosis/diagnosis.js';
import { createDiscovery } from '../target/discover.js';
import { createInspector } from '../target/inspection/inspector.js';
import { openTarget } from '../target/open.js';
import { findTarget, load } from './configuration.js';
import { print, printFindings, printJson, table } from './output.js';

/** Targets that are asked at a time. */
const AT_ONCE = 8;

interface Options {
  readonly json?: true;
  readonly as?: string;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('try the configuration, the Slack token with its scopes, and every target')
    .argument('[target]', 'only this target, and all about it; with --as: TARGET/ROLE')
    .option('--as <login>', 'why this login can’t use the role that it was lent')
    .option('--json', 'print one JSON document')
    .action(async (place: string | undefined, options: Options) => {
      const good =
        options.as === undefined ? await check(place, options) : await checkAs(options.as, place, options);
      if (!good) process.exitCode = 1;
    });
}

async function check(only: string | undefined, { json }: Options): Promise<boolean> {
  const config = load();
  const targets = only === undefined ? [...config.targets.values()] : [findTarget(config, only)];
  const surroundings = readSurroundings(config);
  const [slack, { ledger, targets: reports }] = await Promise.all([
    surroundings.slack(),
    withLedger(surroundings.ledger, async (view) => ({
      ledger: describeLedger(view),
      targets: await mapBounded(targets, AT_ONCE, (target) => checkOne(config, target, view)),
    })),
  ]);
  const common = [...surroundings.findings, ...slack, ledger];
  if (json) {
    printJson({ targets: reports, environment: surroundings.findings, slack, ledger });
  } else {
    printFindings([
      ok('configuration', `${configPath(process.env)}: ${count(config.targets.size, 'target')}.`),
      ...common,
    ]);
    printReports(reports, only !== undefined);
  }
  return reports.every((report) => report.ok) && !common.some(isFailure);
}

type LedgerAddress = { readonly url: string } | { readonly why: string };

/** What the environment is missing doesn’t keep the targets from being tried. */
function readSurroundings(config: Config): {
  readonly findings: readonly Finding[];
  readonly slack: () => Promise<readonly Finding[]>;
  readonly ledger: LedgerAddress;
} {
  try {
    const { slack, databaseUrl } = readEnv(process.env);
    const messenger = createMessenger({ ...slack, logger: createLogger('silent') });
    return {
      findings: [],
      slack: () => checkSlack(messenger, neededScopes(config)),
      ledger: { url: databaseUrl },
    };
  } catch (error) {
    return { findings: [failed('environment', error)], slack: async () => [], ledger: ledgerAddress() };
  }
}

/** Why not, when it can't be used: another variable may be wrong, and this one right. */
function ledgerAddress(): LedgerAddress {
  try {
    return { url: readLedgerUrl(process.env) };
  } catch (error) {
    return { why: coerceError(error).message.replace(': ', ' ') };
  }
}

async function withLedger<T>(address: LedgerAddress, work: (view: LedgerView) => Promise<T>): Promise<T> {
  if ('why' in address) return work(address);
  const { url } = address;
  // What breaks an idle connection is said by the next statement.
  const db = createPool(url, () => undefined);
  try {
    return await work(await viewLedger(db));
  } finally {
    await db.end();
  }
}

async function checkOne(config: Config, target: TargetConfig, ledger: LedgerView): Promise<TargetReport> {
  const instruments = open(target);
  try {
    return await checkTarget(config, target, instruments, ledger);
  } finally {
    await close(instruments);
  }
}

function open(target: TargetConfig): Instruments {
  return {
    target: openTarget(target),
    inspector: createInspector(target.connect),
    diagnosis: createDiagnosis(target),
    discovery: createDiscovery(target.connect, target.mode),
  };
}

async function close({ target, inspector, diagnosis, discovery }: Instruments): Promise<void> {
  await Promise.all([target.close(), inspector.close(), diagnosis.close(), discovery.close()]);
}

function printReports(reports: readonly TargetReport[], all: boolean): void {
  if (reports.length === 0) return;
  print('');
  print(table([['TARGET', 'STATE', 'POSTGRES', 'SERVER', 'TLS', 'ROLES', 'NOTES'], ...reports.map(toRow)]));
  for (const { name, findings } of reports) {
    const shown = all ? findings : findings.filter(isFailure);
    if (shown.length === 0) continue;
    print(`\n${name}`);
    printFindings(shown);
  }
}

function toRow({ name, summary, findings }: TargetReport): readonly string[] {
  const failures = findings.filter(isFailure).length;
  const notes = findings.filter(({ level }) => level === 'note').length;
  return [
    name,
    failures === 0 ? 'ok' : count(failures, 'failure'),
    ...(summary === null
      ? ['-', '-', '-', '-']
      : [
          summary.version.split(' ', 1)[0] ?? summary.version,
          summary.position,
          summary.tls ?? 'off',
          `${summary.lendable}/${summary.roles}`,
        ]),
    notes === 0 ? '-' : `${notes} (hallpass check ${name})`,
  ];
}

async function checkAs(login: string, place: string | undefined, { json }: Options): Promise<boolean> {
  const [key, role] = splitPlace(place);
  const target = findTarget(load(), key);
  const instruments = open(target);
  try {
    const findings = await checkPerson(target, { role, login }, instruments);
    const good = !findings.some(isFailure);
    if (json) printJson({ login, target: key, role, ok: good, findings });
    else printFindings(findings);
    return good;
  } finally {
    await close(instruments);
  }
}

function splitPlace(place: string | undefined): readonly [target: string, role: string] {
  const slash = place?.indexOf('/') ?? -1;
  if (place !== undefined && slash > 0) return [place.slice(0, slash), place.slice(slash + 1)];
  throw new HallpassError('--as needs the role', {
    passing: false,
    nextStep: 'Write hallpass check --as LOGIN TARGET/ROLE.',
  });
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
