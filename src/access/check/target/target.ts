/** `hallpass check`: all that can be said of one target without changing anything on it. */

import type { Config, TargetConfig } from '../../../config/config.js';
import { inTime } from '../../../in-time.js';
import type { Diagnosis } from '../../../postgres/diagnosis/diagnosis.js';
import type { Situation } from '../../../postgres/diagnosis/read-situation.js';
import type { Discovery } from '../../../postgres/discover.js';
import { DATABASE } from '../../../postgres/guarded/names.js';
import type { Inspector } from '../../../postgres/inspecting/inspector.js';
import type { Target } from '../../../postgres/target.js';
import { type Finding, failed, failure, isFailure } from '../finding.js';
import type { LedgerView } from '../ledger.js';
import { describeOwnLogin } from '../own-login.js';
import { withDiscovered } from './discovered.js';
import { describeNoConnection } from './first-install.js';
import { describeGrantingDatabase } from './granting-database.js';
import { describeMembersOfLogins } from './members-of-logins.js';
import { checkMemberships, countMemberships } from './memberships.js';
import { checkOverdue } from './overdue.js';
import { describeReadOnly } from './read-only.js';
import { findRenamed } from './renamed.js';
import { checkRoles, loginsOf, pairsOf, readUntil } from './roles.js';
import { describeClock, describeSituation } from './situation.js';
import { describeStandby } from './standbys.js';
import { type AnsweredAs, describeLastStanding, describeStanding, readStanding } from './standing.js';

/** How long one target may take, and how much of that until no new look at a role is begun, milliseconds. */
const CHECK_MS = 40_000;
const LOOK_MS = 20_000;

/** One for what is granted and revoked, one for previews, one for what `discover:` finds. */
const CONNECTIONS = { least: 2, most: 3 };

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
  /** Roles of the configuration, and those that it finds, that can be granted; and all of them. */
  readonly grantable: number;
  readonly roles: number;
}

interface Looked extends AnsweredAs {
  readonly writes: boolean;
}

/** Never throws; what is found until the time is up is kept. */
export async function checkTarget(
  config: Config,
  configured: TargetConfig,
  { target, inspector, diagnosis, discovery }: Instruments,
  ledger: LedgerView,
): Promise<TargetReport> {
  const { key } = configured;
  const logins = loginsOf(config, configured);
  const names = [...configured.roles.keys(), ...logins];
  const findings: Finding[] = [];
  let summary: Summary | null = null;

  async function work(): Promise<void> {
    const situation = await look();
    const looked = situation === null ? null : await roles(situation);
    const db = 'db' in ledger ? ledger.db : null;
    // One look at the ledger for all that is judged by it; and what it knows of a server that doesn't answer.
    const standing =
      db === null || looked === null ? null : readStanding(db, key, [...config.targets.keys()], looked);
    if (db !== null) {
      await attempt('ledger', async () => [
        ...(looked === null || standing === null
          ? await describeLastStanding(db, key)
          : await describeStanding(db, key, looked, await standing)),
        ...(await checkOverdue(db, key)),
      ]);
    }
    // A primary that is down says nothing of its standbys.
    const standbys = await diagnosis.standbys();
    findings.push(...standbys.map((standby) => describeStandby(standby, looked?.server ?? null)));
    if (looked === null) return;
    const { server, writes } = looked;
    await attempt('login', async () => describeOwnLogin('login', await diagnosis.ownLogin(), CONNECTIONS));
    if (!server.inRecovery) {
      await attempt('setting', async () =>
        describeReadOnly(await diagnosis.readOnlyDefault(), server.login, writes),
      );
    }
    await attempt('clock', async () => {
      const other =
        'db' in ledger ? { name: 'the ledger’s', aheadMs: ledger.aheadMs } : { name: 'ours', aheadMs: 0 };
      return [describeClock(await diagnosis.clock(), other)];
    });
    // A guarded target has a database of its own, and the situation says whose it is.
    if (configured.mode === 'direct') {
      await attempt('database', async () => [
        describeGrantingDatabase(configured, server.login, await diagnosis.grantingDatabase(names)),
      ]);
    }
    await attempt('login', async () => describeMembersOfLogins(await diagnosis.membersOf(logins)));
    if (!server.inRecovery) {
      await attempt('memberships', async () =>
        db === null || standing === null
          ? countMemberships(target)
          : checkMemberships(db, configured, target, await standing),
      );
    }
  }

  async function look(): Promise<Situation | null> {
    try {
      const situation = await diagnosis.situation(names);
      findings.push(...describeSituation(configured, situation));
      summary = toSummary(situation, configured, 0);
      return situation;
    } catch (error) {
      await attempt('connection', async () => [await describeNoConnection(configured, error, ledger)]);
      return null;
    }
  }

  async function roles(situation: Situation): Promise<Looked | null> {
    try {
      const { target: offered, findings: found } = await withDiscovered(config, configured, discovery);
      findings.push(...found);
      const { server, surroundings, facts } = await target.look(pairsOf(config, offered));
      const renamed = await findRenamed(ledger, key, server, target, facts);
      const until = performance.now() + LOOK_MS;
      const report = await checkRoles(offered, server, facts, renamed, readUntil(inspector, until));
      findings.push(...report.findings);
      summary = toSummary(situation, offered, report.grantable);
      return { server, surroundings, writes: report.writes };
    } catch (error) {
      findings.push(notInstalled(configured, error) ?? failed('server', error));
      return null;
    }
  }

  async function attempt(about: Finding['about'], find: () => Promise<Iterable<Finding>>): Promise<void> {
    try {
      findings.push(...(await find()));
    } catch (error) {
      findings.push(failed(about, error));
    }
  }

  const done = work().then(() => true);
  if (!(await inTime(CHECK_MS, done, () => false))) {
    const says = `Not all could be asked within ${CHECK_MS / 1000} s.`;
    findings.push(failure('connection', says, 'Ask again when the server is less busy.'));
  }
  // What comes in later is not for this report.
  const found = [...findings];
  return { name: key, ok: !found.some(isFailure), summary, findings: found };
}

/** The connection is fine: Hallpass has reached the server. */
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
  grantable: number,
): Summary {
  return {
    version: release,
    position: inRecovery ? 'standby' : 'primary',
    tls: tls?.version ?? null,
    grantable,
    roles: roles.size,
  };
}
