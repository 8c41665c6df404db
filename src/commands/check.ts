/** `hallpass check`: tries everything that Hallpass needs, and says what is wrong and what fixes it. */

import type { Command } from 'commander';
import pMap from 'p-map';
import { isFailure, ok } from '../access/check/finding.js';
import { checkLedger, checkLedgerOwner, type LedgerView, viewLedger } from '../access/check/ledger.js';
import { checkPerson } from '../access/check/person/person.js';
import { checkServices } from '../access/check/services.js';
import { checkTarget, type Instruments } from '../access/check/target/target.js';
import type { TargetConfig } from '../config/config.js';
import { configPath, readParts } from '../config/environment/env.js';
import { createPool } from '../ledger/pool.js';
import { createDiagnosis } from '../postgres/diagnosis/diagnosis.js';
import { createDiscovery } from '../postgres/discover.js';
import { createInspector } from '../postgres/inspecting/inspector.js';
import { openTarget } from '../postgres/open.js';
import { neededScopes } from '../slack/manifest.js';
import { plural } from '../surfaces/kit/words.js';
import { printFindings, printReports } from './check/print.js';
import { findTarget, load } from './shared/configuration.js';
import { printJson } from './shared/output.js';
import { refused } from './shared/refused.js';

/** Targets that are checked at a time. */
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
        pMap(
          targets,
          (target) =>
            withInstruments(target, 'db' in view ? view.installation : null, (instruments) =>
              checkTarget(config, target, instruments, view),
            ),
          { concurrency: AT_ONCE },
        ),
        checkLedger(view, config),
        parts.databaseOwnerUrl === null ? [] : checkLedgerOwner(parts.databaseOwnerUrl, view),
      ]);
      return { targets: ofTargets, ledger: [...ofLedger, ...ofOwner] };
    }),
  ]);
  const common = Object.values({ ...services, ledger }).flat();
  const good = reports.every((report) => report.ok) && !common.some(isFailure);
  if (json) {
    printJson({ ok: good, targets: reports, ...services, ledger });
  } else {
    printFindings([
      ok('configuration', `${configPath(process.env)}: ${plural(config.targets.size, 'target')}.`),
      ...common,
    ]);
    printReports(reports, only !== undefined);
  }
  return good;
}

async function viewingLedger<T>(url: string | null, work: (view: LedgerView) => Promise<T>): Promise<T> {
  if (url === null) return work({ why: 'no url' });
  // When an idle connection breaks, the next statement says so.
  const db = createPool(url, () => undefined);
  try {
    return await work(await viewLedger(db));
  } finally {
    await db.end();
  }
}

/** @param installation as `openTarget`: so that our own processes are not taken for another Hallpass. */
async function withInstruments<T>(
  target: TargetConfig,
  installation: string | null,
  work: (instruments: Instruments) => Promise<T>,
): Promise<T> {
  const instruments = {
    target: openTarget(target, installation),
    inspector: createInspector(target.connect),
    diagnosis: createDiagnosis(target),
    discovery: createDiscovery(target.connect, target.mode),
  };
  try {
    return await work(instruments);
  } finally {
    await Promise.all(Object.values(instruments).map((instrument) => instrument.close()));
  }
}

async function checkAs(login: string, place: string | undefined, { json }: Options): Promise<boolean> {
  const [key, role] = splitPlace(place);
  const target = findTarget(load(), key);
  const findings = await withInstruments(target, null, (tools) =>
    checkPerson(target, { role, login }, tools),
  );
  const good = !findings.some(isFailure);
  if (json) printJson({ login, target: key, role, ok: good, findings });
  else printFindings(findings);
  return good;
}

function splitPlace(place: string | undefined): readonly [target: string, role: string] {
  const slash = place?.indexOf('/') ?? -1;
  if (place !== undefined && slash > 0) return [place.slice(0, slash), place.slice(slash + 1)];
  throw refused('--as needs the role', 'Write hallpass check --as LOGIN TARGET/ROLE.');
}
