/**
 * What PgBouncer says. It has one code for everything, that of a broken protocol, which Postgres itself never answers
 * a login with.
 */
import { type Asked, type Rule, refusedIf, type SettingNames, unreachableIf } from './rules.js';

/** What helps against a pooler that shares sessions. */
export function useServer({ point }: SettingNames): string {
  return (
    `${point} the server’s own port, or to a pool in session mode: poolers often listen on 6432 or 6543, or on a host ` +
    'with -pooler in its name.'
  );
}

export const POOLER_RULES: readonly Rule<Asked>[] = [
  refusedIf(/^08P01: no such database/, ({ connect, server, set }) => [
    `A pooler answers on ${server}, and it has no database ${connect.database}.`,
    useServer(set),
  ]),
  refusedIf(/^08P01: (?:no such user|.*authentication failed)/, ({ connect, server, set }) => [
    `A pooler answers on ${server}, and it or the server behind it refuses the login ${connect.user}.`,
    `${useServer(set)} Or correct the login’s line in the pooler’s auth_file.`,
  ]),
  refusedIf(/^08P01: unsupported startup parameter/, ({ server, set }) => [
    `A pooler answers on ${server}, and it refuses a setting of the connection.`,
    `${useServer(set)} Or unset PGOPTIONS in Hallpass’s environment.`,
  ]),
  unreachableIf(/^08P01: .*(?:cannot connect to server|server login|server conn)/, ({ server, set }) => [
    `A pooler answers on ${server}, and it can’t reach the server behind it.`,
    `${useServer(set)} The pooler’s log tells why.`,
  ]),
  unreachableIf(/^08P01: .*(?:max_client_conn|query_wait_timeout|max_.*connections)/, ({ server, set }) => [
    `A pooler answers on ${server}, and it has no session for us.`,
    useServer(set),
  ]),
  refusedIf(/^08P01/, ({ server, set }) => [
    `Something else than Postgres itself answers on ${server}.`,
    useServer(set),
  ]),
];
