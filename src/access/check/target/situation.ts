/** What the answers of a server mean for Hallpass, apart from its roles. Pure. */
import type { TargetConfig } from '../../../config/config.js';
import { sayDuration, shortDuration } from '../../../domain/duration.js';
import { signOf } from '../../../postgres/diagnosis/provider-kind.js';
import type { Situation } from '../../../postgres/diagnosis/read-situation.js';
import { DATABASE, OWNER } from '../../../postgres/guarded/names.js';
import { grantRightsSql } from '../../../postgres/reading/rights.js';
import { type Finding, failure, note, ok } from '../finding.js';

/** When clocks differ by more, times in logs and on cards are hard to compare, milliseconds. */
const CLOCKS_DIFFER_MS = 5_000;
/** The releases that Hallpass is tested on. */
const OLDEST = 140_000;

export function describeSituation(target: TargetConfig, situation: Situation): readonly Finding[] {
  return [
    connection(target, situation),
    tls(target, situation),
    version(situation),
    kind(target, situation),
    ...(situation.inRecovery ? [] : [ok('server', 'It is a primary.')]),
    ...sessions(target, situation),
    ...ownDatabase(target, situation),
    ...situation.prepared.map(prepared),
  ];
}

function connection({ connect: { ssh } }: TargetConfig, { address }: Situation): Finding {
  if (address === null) return ok('connection', 'Reachable, by a socket of this machine.');
  const through = ssh === null ? '' : `, through the bastion ${ssh.name}`;
  return ok('connection', `Reachable${through}; the server sees us come from ${address}.`);
}

function tls({ connect }: TargetConfig, { tls: seen, address }: Situation): Finding {
  if (seen === null) {
    const isLocal = address === null || /^127\.|^::1$/.test(address);
    if (isLocal) return ok('TLS', 'Off: the connection does not leave the machine.');
    const says = 'Off: anyone on the way can read along.';
    return note('TLS', says, 'Leave out tls: off, so that it is verify-full.');
  }
  const how = `${seen.version} with ${seen.cipher}`;
  if (connect.tls === 'verify-full') return ok('TLS', `${how}; the certificate is checked.`);
  const unchecked = connect.tls === 'verify-ca' ? 'certificate’s host name' : 'certificate';
  return note(
    'TLS',
    `${how}, but the ${unchecked} is not checked: anyone who can redirect the connection can pose as the server.`,
    'Write tls: verify-full, with ca: where the authority is your own.',
  );
}

function version({ release, version: number }: Situation): Finding {
  if (number >= OLDEST) return ok('version', `Postgres ${release}.`);
  const says = `Postgres ${release} is older than Hallpass knows.`;
  return failure('version', says, 'Upgrade the server to 14 or later.');
}

function kind({ kind: configured }: TargetConfig, { kinds }: Situation): Finding {
  if (kinds.includes(configured)) return ok('kind', `${configured}, as far as its roles tell.`);
  const seen = kinds.join(' or ');
  const sign = signOf(kinds[0] ?? 'self-managed');
  if (sign !== null) {
    const says = `Configured as ${configured}, but the role ${sign} is there: it looks like ${seen}.`;
    return note('kind', says, `Write kind: ${seen}.`);
  }
  return note(
    'kind',
    `Configured as ${configured}, but the role ${signOf(configured)} is not there: it looks ${seen}.`,
    'Correct kind:, by which setup-sql and warnings go.',
  );
}

function sessions(
  { roles, discover }: TargetConfig,
  { holder, missingRights, version: number, inRecovery }: Situation,
): readonly Finding[] {
  const offered = [...roles.values(), ...discover.map(({ like }) => like)];
  if (missingRights === null) return [];
  if (missingRights.length === 0)
    return [ok('sessions', 'Hallpass may see and end the sessions that a REVOKE leaves.')];
  if (offered.every(({ terms }) => terms.sessions === 'leave')) return [];
  const why = {
    pg_read_all_stats: 'it can’t see when transactions of others began',
    pg_signal_backend: 'sessions that go on using a role after its REVOKE can’t be ended',
  };
  return missingRights.map((right) =>
    failure(
      'sessions',
      `${holder} is not a member of ${right}: ${why[right]}.`,
      `Run${inRecovery ? ' on the primary' : ''}, or write sessions: leave for its roles:\n${grantRightsSql(number, [right], holder)}`,
    ),
  );
}

/** The database in which a guarded target keeps its functions. */
function* ownDatabase(
  { key }: TargetConfig,
  { foreignOwner, databaseSettings }: Situation,
): Generator<Finding> {
  if (foreignOwner !== null) {
    yield failure(
      'database',
      `${foreignOwner} owns the database ${DATABASE}, and can make it read-only or drop it.`,
      `As a superuser:\nALTER DATABASE ${DATABASE} OWNER TO ${OWNER};`,
    );
  }
  if (databaseSettings.length > 0) {
    yield failure(
      'database',
      `The database ${DATABASE} has settings of its own: ${databaseSettings.join(', ')}.`,
      `Run what \`hallpass setup-sql ${key}\` prints: it takes the database over, and resets what is set for it.`,
    );
  }
}

function prepared({ gid, owner, database }: Situation['prepared'][number]): Finding {
  return note(
    'sessions',
    `The transaction ${JSON.stringify(gid)} of ${owner} in ${database} is prepared: no REVOKE undoes it.`,
    `If no one needs it, run in ${database}, as ${owner} or a superuser:\nROLLBACK PREPARED '${gid.replaceAll("'", "''")}';`,
  );
}

/** @param other what the server's clock is compared with, and how far it is ahead of this process's, milliseconds. */
export function describeClock(
  { aheadMs, orSoMs }: { readonly aheadMs: number; readonly orSoMs: number },
  other: { readonly name: string; readonly aheadMs: number },
): Finding {
  const difference = aheadMs - other.aheadMs;
  if (Math.abs(difference) <= CLOCKS_DIFFER_MS + orSoMs) {
    const within = Math.max(1_000, Math.ceil((Math.abs(difference) + orSoMs) / 1_000) * 1_000);
    return ok('clock', `The same as ${other.name}, within ${shortDuration(within)}.`);
  }
  const direction = difference > 0 ? 'ahead of' : 'behind';
  return note(
    'clock',
    `The server’s clock is ${sayDuration(Math.abs(difference))} ${direction} ${other.name}. Grants last as long as they should: only what logs say differs.`,
    'Set both by NTP.',
  );
}
