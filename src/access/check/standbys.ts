import type { StandbyReport } from '../../target/diagnosis/diagnosis.js';
import type { Behind } from '../../target/diagnosis/standby.js';
import { type Finding, failed, failure, note, ok } from './finding.js';

/** @param server the primary's system_identifier; null when it could not be read. */
export function describeStandbys(
  reports: readonly StandbyReport[],
  server: string | null,
): readonly Finding[] {
  return reports.map((report) => describeStandby(report, server));
}

function describeStandby({ name, seen }: StandbyReport, server: string | null): Finding {
  if (seen instanceof Error) {
    const finding = failed('standby', seen);
    return { ...finding, says: `${name}: ${finding.says}` };
  }
  if (server !== null && seen.server !== server) {
    return failure(
      'standby',
      `${name} belongs to another primary: its system identifier is ${seen.server}, not ${server}.`,
      'Correct replicas: of this target.',
    );
  }
  if (!seen.inRecovery) {
    return failure(
      'standby',
      `${name} is no standby: it takes writes by itself.`,
      'Likely causes, in order: it was promoted, the address is the primary’s. Correct replicas: of this target.',
    );
  }
  if (seen.behind === null) return ok('standby', `${name} follows, and has replayed everything.`);
  return describeBehind(name, seen.behind);
}

function describeBehind(name: string, behind: Behind): Finding {
  if (behind.what === 'unknown') return ok('standby', `${name} is one; how far it lags it does not tell.`);
  const since =
    behind.since === null
      ? 'it has replayed no transaction yet'
      : `it replayed what was committed at ${behind.since}`;
  return note(
    'standby',
    `${name} lags by ${Math.ceil(behind.bytes / 1024)} kB of WAL (${since}): until it follows, a role that was taken back can be used there.`,
    'Likely causes, in order: the replication stopped, a long query on it holds up the replay, the network is slow.',
  );
}
