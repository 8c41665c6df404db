/**
 * What PgBouncer says in the place of a server. It has one code for all, that of a broken protocol, which Postgres
 * itself never answers a login with.
 */
import { loginRefusedError, type TargetError } from '../errors.js';
import { type Asked, type Rule, refused, unreachable } from './rules.js';

const USE_SERVER =
  'Point the connection to the server’s own port, or to a pool in session mode: poolers often listen on 6432 or ' +
  '6543, or on a host with -pooler in its name.';

export const POOLER_RULES: readonly Rule<Asked>[] = [
  [
    /^08P01: no such database/,
    ({ connect, server }) =>
      refused(`A pooler answers on ${server}, and it has no database ${connect.database}.`, USE_SERVER),
  ],
  [
    /^08P01: (?:no such user|.*authentication failed)/,
    ({ connect, server }) =>
      refused(
        `A pooler answers on ${server}, and it or the server behind it refuses the login ${connect.user}.`,
        `${USE_SERVER} Or correct the login’s line in the pooler’s auth_file.`,
      ),
  ],
  [
    /^08P01: unsupported startup parameter/,
    ({ server }) =>
      refused(
        `A pooler answers on ${server}, and it refuses a setting of the connection.`,
        `${USE_SERVER} Or unset PGOPTIONS in Hallpass’s environment.`,
      ),
  ],
  [
    /^08P01: .*(?:cannot connect to server|server login|server conn)/,
    ({ server }) =>
      unreachable(
        `A pooler answers on ${server}, and it can’t reach the server behind it.`,
        `${USE_SERVER} The pooler’s log tells why.`,
      ),
  ],
  [
    /^08P01: .*(?:max_client_conn|query_wait_timeout|max_.*connections)/,
    ({ server }) => unreachable(`A pooler answers on ${server}, and it has no session for us.`, USE_SERVER),
  ],
  [
    /^08P01/,
    ({ server }) => refused(`Something else than Postgres itself answers on ${server}.`, USE_SERVER),
  ],
];

/** Locks, settings and transactions belong to a session: with one that changes, nothing that was read is sure. */
export function transactionPoolError({ server }: Asked): TargetError {
  return loginRefusedError(
    `A pooler in transaction mode answers on ${server}: each transaction may get another session, which others use too.`,
    USE_SERVER,
  );
}
