/** `hallpass check`: tries everything that Hallpass needs, and says what is wrong and what fixes it. */
import type { Command } from 'commander';
import { isFailure, ok } from '../access/check/finding.js';
import { checkLedger, checkLedgerOwner, type LedgerView, viewLedger } from '../access/check/ledger.js';
import { mapBounded } from '../access/check/map-bounded.js';
import { checkPerson } from '../access/check/person/person.js';
import { checkServices } from '../access/check/services.js';
import { checkTarget, type Instruments, type TargetReport } from '../access/check/target/target.js';
import type { Config, TargetConfig } from '../config/config.js';
import { configPath, readParts } from '../config/env.js';
import { HallpassError } from '../errors.js';
import { createPool } from '../ledger/pool.js';
import { createDiagnosis } from '../postgres/diagnosis/diagnosis.js';
import { createDiscovery } from '../postgres/discover.js';
import { createInspector } from '../postgres/inspecting/inspector.js';
import { openTarget } from '../postgres/open.js';
import { neededScopes } from '../slack/manifest.js';
import { findTarget, load } from './shared/configuration.js';
import { print, printFindings, printJson, table } from './shared/output.js';

/** Targets that are asked at a time. */
const AT_ONCE = 8;

interface Options {
  readonly json?: true;
  readonly as?: string;
  readonly post?: true;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('try everything that Hallpass needs: the configuration, Slack, the ledger, every target')
    .argument('[target]', 'only this target, and all about it; with --as: TARGET/ROLE')
    .option('--as <login>', 'why this login can’t use the role that it was granted')
    .option('--post', 'write a word into each channel of the configuration, and delete it')
    .option('--json', 'print one JSON document')
    .action(async (place: string | undefined, options: Options) => {
      const good =
        options.as === undefined ? await check(place, options) : await checkAs(options.as, place, options);
      if (!good) process.exitCode = 1;
    });
}

async function check(only: string | undefined, { json, post }: Options): Promise<boolean> {
  const config = load();
  const targets = only === undefined ? [...config.targets.values()] : [findTarget(config, only)];
  const asked = { ...config, targets: new Map(targets.map((target) => [target.key, target])) };
  const parts = readParts(process.env);
  const [services, { ledger, targets: reports }] = await Promise.all([
    checkServices(parts, asked, { needed: neededScopes(config), post: post === true }),
    viewingLedger(parts.databaseUrl, async (view) => {
      const [ofTargets, ofLedger, ofOwner] = await Promise.all([
        mapBounded(targets, AT_ONCE, (target) => checkOne(config, target, view)),
        checkLedger(view, config),
        parts.databaseOwnerUrl === null ? [] : checkLedgerOwner(parts.databaseOwnerUrl, view),
      ]);
      return { targets: ofTargets, ledger: [...ofLedger, ...ofOwner] };
    }),
  ]);
  const { environment, slack, redis, pagerduty } = services;
  const common = [...environment, ...slack, ...redis, ...pagerduty, ...ledger];
  const good = reports.every((report) => report.ok) && !common.some(isFailure);
  if (json) {
    printJson({ ok: good, targets: reports, environment, slack, redis, pagerduty, ledger });
  } else {
    printFindings([
      ok('configuration', `${configPath(process.env)}: ${count(config.targets.size, 'target')}.`),
      ...common,
    ]);
    printReports(reports, only !== undefined);
  }
  return good;
}

async function viewingLedger<T>(url: string | null, work: (view: LedgerView) => Promise<T>): Promise<T> {
  if (url === null) return work({ why: 'no url' });
  // What breaks an idle connection is said by the next statement.
  const db = createPool(url, () => undefined);
  try {
    return await work(await viewLedger(db));
  } finally {
    await db.end();
  }
}

async function checkOne(config: Config, target: TargetConfig, ledger: LedgerView): Promise<TargetReport> {
  const instruments = open(target, 'db' in ledger ? ledger.installation : null);
  try {
    return await checkTarget(config, target, instruments, ledger);
  } finally {
    await close(instruments);
  }
}

/** @param installation as `openTarget`: so that our own processes are not taken for another Hallpass. */
function open(target: TargetConfig, installation: string | null): Instruments {
  return {
    target: openTarget(target, installation),
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
          `${summary.grantable}/${summary.roles}`,
        ]),
    notes === 0 ? '-' : `${notes} (hallpass check ${name})`,
  ];
}

async function checkAs(login: string, place: string | undefined, { json }: Options): Promise<boolean> {
  const [key, role] = splitPlace(place);
  const target = findTarget(load(), key);
  const instruments = open(target, null);
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
