import type { StandbyReport } from '../../../postgres/diagnosis/diagnosis.js';
import type { Server } from '../../../postgres/target.js';
import { type Finding, failed, failure, note, ok } from '../finding.js';

/** @param primary what answers as the target's own server; null when it could not be read. */
export function describeStandby(
  { name, seen }: StandbyReport,
  primary: Pick<Server, 'id' | 'startedAt'> | null,
): Finding {
  if (seen instanceof Error) return failed('standby', seen, `${name}: `);
  if (primary !== null && seen.server !== primary.id) {
    return failure(
      'standby',
      `${name} belongs to another primary: its system identifier is ${seen.server}, not ${primary.id}.`,
      'Correct replicas: of this target.',
    );
  }
  // Each server that may become the primary is to be listed, and one of them is it.
  if (primary !== null && !seen.inRecovery && seen.startedAt === primary.startedAt) {
    return ok('standby', `${name} is the primary at present, and may become a standby.`);
  }
  if (!seen.inRecovery) {
    return failure(
      'standby',
      `${name} is no standby: it takes writes by itself.`,
      'It was promoted, or is a copy: people who reach it use their roles there. Correct replicas: or connect: of this target.',
    );
  }
  const { behind } = seen;
  if (behind === null) return ok('standby', `${name} follows, and has replayed everything.`);
  if (behind.what === 'unknown') return ok('standby', `${name} is one; how far it lags it does not tell.`);
  const since =
    behind.since === null
      ? 'it has replayed no transaction yet'
      : `it replayed what was committed at ${behind.since}`;
  return note(
    'standby',
    `${name} lags by ${Math.ceil(behind.bytes / 1024)} kB of WAL (${since}): until it follows, a revoked role can be used there.`,
    'Likely causes, in order: the replication stopped, a long query on it holds up the replay, the network is slow.',
  );
}
