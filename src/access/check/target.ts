/** `hallpass check`: all that can be said of one target without changing anything on it. */
import type { Config, TargetConfig } from '../../config/config.js';
import type { Diagnosis } from '../../target/diagnosis/diagnosis.js';
import type { Situation } from '../../target/diagnosis/situation.js';
import type { Discovery } from '../../target/discover.js';
import { DATABASE } from '../../target/guarded/names.js';
import type { Inspector } from '../../target/inspection/inspector.js';
import type { Server, Target } from '../../target/target.js';
import { withDiscovered } from './discovered.js';
import { type Finding, failed, failure, isFailure } from './finding.js';
import { describeGranting } from './granting.js';
import type { LedgerView } from './ledger.js';
import { checkMemberships } from './memberships.js';
import { describeOthers } from './others.js';
import { checkRoles, loginsOf, pairsOf, type RolesReport, readUntil } from './roles.js';
import { describeClock, describeSituation } from './situation.js';
import { describeStandbys } from './standbys.js';

/** What a target is given, milliseconds; and of that the time in which new looks at roles are begun. */
const CHECK_MS = 40_000;
const LOOK_MS = 20_000;

/** What a target is looked at with. */
export interface Instruments {
  readonly target: Target;
  readonly inspector: Inspector;
  readonly diagnosis: Diagnosis;
  readonly discovery: Discovery;
}

export interface TargetReport {
  /** The target's key. */
  readonly name: string;
  readonly ok: boolean;
  /** null: it could not be reached. */
  readonly summary: Summary | null;
  readonly findings: readonly Finding[];
}

interface Summary {
  /** As the server prints it. */
  readonly version: string;
  readonly position: 'primary' | 'standby';
  /** null: not encrypted. */
  readonly tls: string | null;
  /** Roles of the configuration, and those that it finds, that can be lent; and all of them. */
  readonly lendable: number;
  readonly roles: number;
}

/** Never throws; what is found until the time is up is kept. */
export async function checkTarget(
  config: Config,
  configured: TargetConfig,
  instruments: Instruments,
  ledger: LedgerView,
): Promise<TargetReport> {
  const findings: Finding[] = [];
  let summary: Summary | null = null;

  async function work(): Promise<void> {
    const situation = await look();
    const server = situation === null ? null : await roles(situation);
    // A primary that is down says nothing of its standbys.
    findings.push(...describeStandbys(await instruments.diagnosis.standbys(), server?.id ?? null));
    if (server === null) return;
    await attempt('clock', async () => {
      const other =
        'db' in ledger ? { name: 'the ledger’s', aheadMs: ledger.aheadMs } : { name: 'ours', aheadMs: 0 };
      return [describeClock(await instruments.diagnosis.clock(), other)];
    });
    // A guarded target has a database of its own, and the situation says whose it is.
    if (configured.mode === 'direct') {
      await attempt('database', async () =>
        describeGranting(
          configured,
          server.login,
          await instruments.diagnosis.granting([...configured.roles.keys(), ...loginsOf(config, configured)]),
        ),
      );
    }
    await attempt('login', async () =>
      describeOthers(await instruments.diagnosis.others(loginsOf(config, configured))),
    );
    if (!server.inRecovery) {
      await attempt('memberships', () => checkMemberships(configured, server, instruments.target, ledger));
    }
  }

  async function look(): Promise<Situation | null> {
    try {
      const names = [...configured.roles.keys(), ...loginsOf(config, configured)];
      const situation = await instruments.diagnosis.situation(names);
      findings.push(...describeSituation(configured, situation));
      summary = toSummary(situation, configured, 0);
      return situation;
    } catch (error) {
      findings.push(failed('connection', error));
      return null;
    }
  }

  async function roles(situation: Situation): Promise<Server | null> {
    try {
      const { target, findings: found } = await withDiscovered(config, configured, instruments.discovery);
      findings.push(...found);
      const { server, facts } = await instruments.target.look(pairsOf(config, target));
      const until = performance.now() + LOOK_MS;
      const report: RolesReport = await checkRoles(
        target,
        server,
        facts,
        readUntil(instruments.inspector, until),
      );
      findings.push(...report.findings);
      summary = toSummary(situation, target, report.lendable);
      return server;
    } catch (error) {
      findings.push(notInstalled(configured, error) ?? failed('server', error));
      return null;
    }
  }

  async function attempt(about: Finding['about'], find: () => Promise<readonly Finding[]>): Promise<void> {
    try {
      findings.push(...(await find()));
    } catch (error) {
      findings.push(failed(about, error));
    }
  }

  if (!(await isDoneWithin(CHECK_MS, work()))) {
    const says = `Not all could be asked within ${CHECK_MS / 1000} s.`;
    findings.push(failure('connection', says, 'Ask again when the server is less busy.'));
  }
  // Whatever comes in later is not for this report.
  const found = [...findings];
  return { name: configured.key, ok: !found.some(isFailure), summary, findings: found };
}

/** Hallpass has come in, so it is not the connection that is wrong. */
function notInstalled({ mode, key }: TargetConfig, error: unknown): Finding | null {
  const cause = error instanceof Error ? error.cause : null;
  const isNoDatabase = cause instanceof Error && 'code' in cause && cause.code === '3D000';
  if (mode !== 'guarded' || !isNoDatabase) return null;
  return failure(
    'server',
    `The target is guarded, and its database ${DATABASE} is not there.`,
    `Run what \`hallpass setup-sql ${key}\` prints as an administrator of the server.`,
  );
}

function toSummary(
  { release, inRecovery, tls }: Situation,
  { roles }: TargetConfig,
  lendable: number,
): Summary {
  return {
    version: release,
    position: inRecovery ? 'standby' : 'primary',
    tls: tls?.version ?? null,
    lendable,
    roles: roles.size,
  };
}

async function isDoneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
