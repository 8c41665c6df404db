/**
 * What keeps us from reaching a server or a bastion, by Node's names of the errors, and by what `pg` and ssh2 say
 * without one. All of it may pass: networks come back.
 */
import { type RefusedAt, type Rule, type Told, unreachable, unreachableIf } from './rules.js';

export const NETWORK_RULES: readonly Rule<RefusedAt>[] = [
  unreachableIf(/^ENOTFOUND/, ({ host }) => [
    `There is no host ${host} in the DNS.`,
    'Correct the host in the configuration, or the DNS that Hallpass’s machine asks.',
  ]),
  unreachableIf(/^EAI_AGAIN/, ({ host }) => [
    `The DNS did not answer when asked for ${host}.`,
    'Check the DNS servers of Hallpass’s machine.',
  ]),
  unreachableIf(/^ECONNREFUSED/, ({ server }) => [
    `The connection to ${server} is refused: nothing listens there.`,
    'Likely causes, in order: the server is down, the port is another, the server listens on other addresses ' +
      'only (for Postgres: listen_addresses), a firewall rejects us.',
  ]),
  [/^(?:ETIMEDOUT|timeout expired$)/, silent],
  unreachableIf(/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)/, ({ server }) => [
    `No way leads to ${server}.`,
    'Check the host, and the routes and the VPN of Hallpass’s machine.',
  ]),
  unreachableIf(/^(?:ECONNRESET|EPIPE|Connection (?:terminated|lost))/, ({ server }) => [
    `The connection to ${server} was closed before Hallpass was logged in.`,
    'Likely causes, in order: the server restarts, a proxy has no server behind it, something else listens there.',
  ]),
  unreachableIf(/^ENOENT/, ({ server }) => [
    `There is no socket ${server}.`,
    'Check the folder (unix_socket_directories), the port, and that the server runs.',
  ]),
  unreachableIf(/^(?:EACCES|EPERM)/, ({ server }) => [
    `The system does not let Hallpass connect to ${server}.`,
    'Check the rights on the socket, or the system’s rules for outgoing connections.',
  ]),
];

/** No answer in time. */
function silent({ server }: RefusedAt): Told {
  return unreachable(
    `No answer came from ${server} in time.`,
    'Likely causes, in order: a firewall or security group drops what comes from Hallpass’s address, the host is ' +
      'another, the server hangs.',
  );
}
