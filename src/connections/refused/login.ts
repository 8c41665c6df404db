/**
 * Why a server doesn't let us in, by the SQLSTATE and the words of its FATAL message. The words are the English ones
 * of PostgreSQL 14 to 18; with another `lc_messages`, the general sentence of the code applies.
 */
import pg from 'pg';
import {
  type Asked,
  type Login,
  type Rule,
  refused,
  refusedIf,
  type Told,
  unreachable,
  unreachableIf,
} from './rules.js';

const quoted = pg.escapeIdentifier;

/** The first that fits counts. */
export const LOGIN_RULES: readonly Rule<Asked>[] = [
  [/^28P01/, wrongPassword],
  [/^28000: PAM authentication failed/, pamRefused],
  [/^28000: no pg_hba\.conf entry for host "([^"]+)".*?(no encryption)?$/, noHbaLine],
  refusedIf(
    /^28000: pg_hba\.conf rejects connection for host "([^"]+)"/,
    ({ connect, server }, [address]) => [
      `A reject line in pg_hba.conf of ${server} keeps ${connect.user} at ${address} out of ${connect.database}.`,
      `Put before that line: ${hbaLine(connect, address)}, then SELECT pg_reload_conf();`,
    ],
  ),
  refusedIf(/^28000: role .* does not exist$/, ({ connect, server }) => [
    `There is no login ${connect.user} on ${server}.`,
    `CREATE ROLE ${quoted(connect.user)} LOGIN PASSWORD '…';`,
  ]),
  refusedIf(/^28000: .* is not permitted to log in$/, ({ connect, server }) => [
    `${connect.user} on ${server} is a role that can’t log in (NOLOGIN).`,
    `ALTER ROLE ${quoted(connect.user)} LOGIN;`,
  ]),
  refusedIf(/^28000: .*valid client certificate/, ({ server, set }) => [
    `${server} wants a client certificate, and got none that it accepts.`,
    `${set.cert} one that is signed by the authority in the server’s ssl_ca_file.`,
  ]),
  refusedIf(/^28000: certificate authentication failed/, ({ connect, server }) => [
    `The client certificate is not for the login ${connect.user} on ${server}.`,
    `Use one whose common name (CN) is ${connect.user}, or map the name in pg_ident.conf.`,
  ]),
  refusedIf(/^28/, ({ connect, server }) => [
    `${server} refuses the login ${connect.user}.`,
    'Check how pg_hba.conf there wants it to prove itself.',
  ]),
  refusedIf(/^3D000/, ({ connect, server, set }) => [
    `There is no database ${connect.database} on ${server}.`,
    `${set.database}; any that the login may CONNECT to will do.`,
  ]),
  refusedIf(/^55000: .* accepting connections/, ({ connect, server, set }) => [
    `The database ${connect.database} on ${server} takes no connections.`,
    `${set.database}, or: ALTER DATABASE ${quoted(connect.database)} ALLOW_CONNECTIONS true;`,
  ]),
  refusedIf(/^42501/, ({ connect, server }) => [
    `The login ${connect.user} has no CONNECT on the database ${connect.database} on ${server}.`,
    `GRANT CONNECT ON DATABASE ${quoted(connect.database)} TO ${quoted(connect.user)};`,
  ]),
  unreachableIf(/^53300: too many connections for role/, ({ connect, server }) => [
    `The login ${connect.user} has no connection left on ${server}: its CONNECTION LIMIT is reached.`,
    `ALTER ROLE ${quoted(connect.user)} CONNECTION LIMIT 10; each process of Hallpass holds one or two.`,
  ]),
  unreachableIf(/^53300: too many connections for database/, ({ connect, server, set }) => [
    `The database ${connect.database} on ${server} has no connection left: its CONNECTION LIMIT is reached.`,
    `${set.database}, or: ALTER DATABASE ${quoted(connect.database)} CONNECTION LIMIT -1;`,
  ]),
  unreachableIf(/^53300/, ({ connect, server }) => [
    `${server} has no connection left (max_connections).`,
    'End idle sessions (pg_stat_activity shows them), or raise max_connections. From 16 on, set ' +
      `reserved_connections and GRANT pg_use_reserved_connections TO ${quoted(connect.user)} WITH INHERIT TRUE;`,
  ]),
  [/^57P03: .* not accepting connections$/, notAccepting],
  unreachableIf(/^57P03/, ({ server }) => [
    `${server} is starting, stopping or recovering.`,
    'Wait: Hallpass tries again. If it stays so, its log tells what it waits for.',
  ]),
  unreachableIf(/^57/, ({ server }) => [
    `${server} ended the connection while Hallpass was logging in.`,
    'Look into the server’s log: it was stopped or restarted, or the login took too long for it.',
  ]),
];

/** What may be wrong with the token itself: it is signed, and carries a time. */
const BAD_TOKEN =
  'Hallpass’s clock is wrong by more than 15 minutes (a token bears the time: set it by NTP), the AWS secret key is not ' +
  'the one that belongs to its access key';

function wrongPassword({ connect, server, certificateName }: Asked): Told {
  const user = quoted(connect.user);
  if (certificateName !== null && certificateName !== connect.user) {
    return refused(
      `${server} refuses the login ${connect.user}: the client certificate is for ${JSON.stringify(certificateName)} (its CN).`,
      `Likely causes, in order: pg_hba.conf there has clientcert=verify-full, and the CN must be ${connect.user} (use another certificate, or map the ` +
        'name in pg_ident.conf); the password is another one.',
    );
  }
  if (connect.iam !== null) {
    return refused(
      `${server} does not take an IAM token from the login ${connect.user}.`,
      `Likely causes, in order: it is not in rds_iam (GRANT rds_iam TO ${user};), IAM authentication is not enabled ` +
        `on the instance, there is no such login, ${BAD_TOKEN}.`,
    );
  }
  return refused(
    `${server} refuses the password of the login ${connect.user}.`,
    'Likely causes, in order: it is another password, the login has none or its VALID UNTIL has passed, there is no ' +
      `such login. ALTER ROLE ${user} PASSWORD '…' VALID UNTIL 'infinity'; sets a new one.`,
  );
}

/**
 * RDS and Aurora check the token of any member of rds_iam in this way, whatever else the login could authenticate
 * with.
 */
function pamRefused({ connect, server, set }: Asked): Told {
  const { iam, user } = connect;
  if (iam !== null) {
    return refused(
      `${server} refuses the IAM token for the login ${user}.`,
      `Likely causes, in order: no policy of Hallpass’s IAM role allows rds-db:connect on arn:aws:rds-db:${iam.region}:` +
        `…:dbuser:…/${user}, the instance is in another region, host: is an alias instead of the endpoint, ${BAD_TOKEN}.`,
    );
  }
  return refused(
    `${server} takes no password from the login ${user}: it asks PAM, as RDS does for members of rds_iam.`,
    `${set.iam}, or REVOKE rds_iam FROM ${quoted(user)}; (also from roles that it is a member of).`,
  );
}

function noHbaLine(
  { connect, server, set }: Asked,
  [address, unencrypted]: readonly (string | undefined)[],
): Told {
  const line = `add to pg_hba.conf: ${hbaLine(connect, address)}, then SELECT pg_reload_conf();`;
  const managed = 'On a managed server, allow the address in its network rules.';
  if (unencrypted) {
    return refused(
      `${server} does not let ${connect.user} at ${address} into ${connect.database} without TLS.`,
      `Likely causes, in order: the server wants TLS (${set.tlsOn}), or it has no line for us: ${line} ${managed}`,
    );
  }
  return refused(
    `pg_hba.conf of ${server} has no line that lets ${connect.user} at ${address} into ${connect.database}.`,
    `On the server, ${line} ${managed}`,
  );
}

/** A quoted name is never taken for a keyword such as `all` (PostgreSQL documentation, "The pg_hba.conf File"). */
function hbaLine({ database, user, tls }: Login, address = ''): string {
  if (address === '[local]') return `local "${database}" "${user}" scram-sha-256`;
  const range = `${address}/${address.includes(':') ? 128 : 32}`;
  return `${tls === 'off' ? 'host' : 'hostssl'} "${database}" "${user}" ${range} scram-sha-256`;
}

function notAccepting({ server, set }: Asked, _: unknown, error: Error): Told {
  const isStandby = 'detail' in error && error.detail === 'Hot standby mode is disabled.';
  return isStandby
    ? {
        kind: 'standby',
        sentence: `${server} is a standby that nobody can log in to (hot_standby is off).`,
        nextStep: `${set.point} its primary.`,
      }
    : unreachable(
        `${server} takes no connections.`,
        'Wait: Hallpass tries again. If it stays so, its log tells what it waits for.',
      );
}
