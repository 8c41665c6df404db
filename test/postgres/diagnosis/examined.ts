/** A target as `hallpass check` sees it, on a server of the tests. */
import { onTestFinished } from 'vitest';
import type { Finding } from '../../../src/access/check/finding.js';
import type { LedgerView } from '../../../src/access/check/ledger.js';
import { checkPerson } from '../../../src/access/check/person/person.js';
import { checkTarget, type Instruments, type TargetReport } from '../../../src/access/check/target/target.js';
import type { Config, RoleConfig, TargetConfig } from '../../../src/config/config.js';
import { DEFAULT_TERMS } from '../../../src/domain/request/grant-terms.js';
import { createDiagnosis } from '../../../src/postgres/diagnosis/diagnosis.js';
import { createDiscovery } from '../../../src/postgres/discover.js';
import { createInspector } from '../../../src/postgres/inspecting/inspector.js';
import { openTarget } from '../../../src/postgres/open.js';
import { aPolicy } from '../../domain/a-policy.js';
import type { TestServer } from '../server.js';

const NO_LEDGER: LedgerView = { why: 'no url' };

export interface Examined {
  readonly config: Config;
  readonly target: TargetConfig;
}

/** What the policy says otherwise does not matter here. */
export function aRole(role: string, maxDanger: RoleConfig['policy']['maxDanger'] = null): RoleConfig {
  const policy = aPolicy({ maxDanger });
  return { role, about: null, channel: 'C0CARDS', policy, terms: DEFAULT_TERMS, origins: [] };
}

/** A target with these roles, for whose people `logins` are configured. */
export function configured(
  { connect, mode }: Pick<TestServer, 'connect' | 'mode'>,
  roles: readonly (string | RoleConfig)[],
  logins: readonly string[] = [],
  change: Partial<TargetConfig> = {},
): Examined {
  const listed = roles.map((role) => (typeof role === 'string' ? aRole(role) : role));
  const target: TargetConfig = {
    key: 'shop',
    name: 'Shop',
    environment: null,
    grant: true,
    mode,
    kind: 'self-managed',
    connect,
    replicas: [],
    orphans: 'report',
    discover: [],
    people: new Map(),
    emailRule: null,
    roles: new Map(listed.map((role) => [role.role, role])),
    ...change,
  };
  const config: Config = {
    hash: '',
    slack: { command: '/request', channel: 'C0CARDS', operatorsChannel: 'C0OPS' },
    limits: { pendingPerPerson: 10, requestsPerMinute: 10, origins: [] },
    operators: [],
    people: new Map(logins.map((login, i) => [`U${i}`, { login, pagerduty: null }])),
    targets: new Map([[target.key, target]]),
  };
  return { config, target };
}

export function check({ config, target }: Examined, ledger: LedgerView = NO_LEDGER): Promise<TargetReport> {
  return checkTarget(config, target, open(target), ledger);
}

export function checkAs({ target }: Examined, login: string, role: string): Promise<readonly Finding[]> {
  return checkPerson(target, { role, login }, open(target));
}

function open(target: TargetConfig): Instruments {
  const instruments = {
    target: openTarget(target),
    inspector: createInspector(target.connect),
    diagnosis: createDiagnosis(target),
    discovery: createDiscovery(target.connect, target.mode),
  };
  onTestFinished(async () => {
    await Promise.all(Object.values(instruments).map((instrument) => instrument.close()));
  });
  return instruments;
}

/** One line for each finding that is not all right. */
export function troubles(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ level, about, says }) => (level === 'ok' ? [] : [`${level} ${about}: ${says}`]));
}

/** The SQL that a finding tells people to run. */
export function sqlOf({ says, nextStep }: Finding): string {
  const [sql] =
    /(?:CREATE ROLE|CREATE POLICY|ALTER|GRANT|REVOKE|ROLLBACK) .*;$/m.exec(`${says}\n${nextStep ?? ''}`) ??
    [];
  if (sql === undefined) throw new Error(`there is no SQL in: ${says}\n${nextStep}`);
  return sql;
}
