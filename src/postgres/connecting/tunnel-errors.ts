/** What can go wrong on the way through a bastion, by the words of ssh2. */
import type { Bastion } from '../../config/config.js';
import { NETWORK_RULES } from '../../connections/refused/network.js';
import {
  type RefusedAt,
  type Rule,
  refused,
  refusedIf,
  type Told,
  tellBy,
  unreachable,
  withWords,
} from '../../connections/refused/rules.js';
import { loginRefusedError, type TargetError, unreachableError } from '../errors.js';
import { toError } from './errors.js';

/** What lies behind a bastion. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

interface Via extends RefusedAt {
  readonly bastion: Bastion;
}

const RULES: readonly Rule<Via>[] = [
  refusedIf(/no passphrase given/, ({ bastion }) => [
    `The SSH key ${loginBy(bastion)} needs a passphrase.`,
    'Set passphrase: for it.',
  ]),
  refusedIf(/bad passphrase|integrity check failed|bad decrypt/i, ({ bastion }) => [
    `The passphrase of the SSH key ${loginBy(bastion)} is wrong.`,
    tryKey(bastion),
  ]),
  refusedIf(/^Cannot parse privateKey|valid\) private key$/, ({ bastion }) => [
    `${loginBy(bastion)} is no private SSH key that can be used.`,
    tryKey(bastion),
  ]),
  refusedIf(
    /^(?:All configured authentication methods failed|Too many authentication failures)/,
    ({ bastion, server }) => [`The login ${bastion.user} is refused by ${server}.`, fixLogin(bastion)],
  ),
  ...NETWORK_RULES,
];

/** Before the tunnel was open. */
export function bastionError(error: Error, bastion: Bastion): TargetError {
  if ('level' in error && error.level === 'agent') {
    return errorOf(
      refused(
        `The SSH agent at ${loginBy(bastion)} can’t be asked.`,
        'Check that the agent runs, and that Hallpass may use its socket.',
      ),
      error,
    );
  }
  const via = { bastion, host: bastion.host, server: nameOf(bastion) };
  const told = tellBy(RULES, error, via);
  if (told !== null) return toError(told, error);
  return errorOf(
    unreachable(
      `No SSH connection to ${via.server} could be made.`,
      'Check that an SSH server listens there, and that it knows algorithms of today: sshd -T shows its own.',
    ),
    error,
  );
}

/** The error's own words follow the sentence, in brackets. */
function errorOf(told: Told, error: Error): TargetError {
  return toError(withWords(told, error), error);
}

/** Somebody else than the configured bastion answers. Nothing secret was sent. */
export function hostKeyError(bastion: Bastion, type: string, found: string): TargetError {
  return loginRefusedError(
    `The host key is not the one in the configuration: found ${found} (${type}), expected ${bastion.hostKey}, at ` +
      `${nameOf(bastion)}.`,
    'Either the bastion was set up again, or has keys of several types, or somebody stands in between. Compare with ' +
      'ssh-keygen -l -f on the bastion itself, and change host_key only if it says the same.',
  );
}

/** The reasons of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, section 5.1). */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** The bastion let us in, but not through. */
export function forwardError(error: Error, bastion: Bastion, to: Destination): TargetError {
  const reason = 'reason' in error ? error.reason : null;
  const place = `${to.host}:${to.port}`;
  const server = nameOf(bastion);
  if (reason === PROHIBITED) {
    return errorOf(
      refused(
        `The way to ${place} is refused by ${server}: ${bastion.user} may not forward there.`,
        `In sshd_config there, set AllowTcpForwarding local and PermitOpen ${place}; authorized_keys must not restrict it.`,
      ),
      error,
    );
  }
  const sentence =
    reason === CONNECT_FAILED
      ? `The way to ${place} ends at ${server}: from there it can’t be reached.`
      : `The way to ${place} was not opened by ${server}.`;
  return errorOf(
    unreachable(
      sentence,
      'Check host and port as seen from the bastion, that the server runs, and that it lets the bastion’s address in.',
    ),
    error,
  );
}

/** @param isReady the bastion let us in, and what lies behind it didn't answer. */
export function lateError(bastion: Bastion, { host, port }: Destination, isReady: boolean): TargetError {
  return unreachableError(
    `No answer came from ${isReady ? `${host}:${port} through ` : ''}${nameOf(bastion)} in time.`,
    isReady
      ? 'Check host and port as seen from the bastion, and the firewall between the two.'
      : 'Check its host and port, and that its firewall lets Hallpass’s address in.',
  );
}

function nameOf({ name, host, port }: Bastion): string {
  return `the bastion ${name} (${host}:${port})`;
}

/** The file or the socket with the login's secret; a password has none. */
function loginBy({ login }: Bastion): string {
  switch (login.how) {
    case 'key':
      return login.file;
    case 'agent':
      return login.socket;
    case 'password':
      return '';
  }
}

function tryKey(bastion: Bastion): string {
  return `ssh-keygen -y -f ${loginBy(bastion)}, with the same passphrase, must print its public half.`;
}

function fixLogin(bastion: Bastion): string {
  switch (bastion.login.how) {
    case 'key':
      return `Add what ssh-keygen -y -f ${loginBy(bastion)} prints to the authorized_keys of ${bastion.user} there.`;
    case 'agent':
      return `Add one of the agent’s keys (ssh-add -L) to the authorized_keys of ${bastion.user} there.`;
    case 'password':
      return 'Check user and password, and that sshd there has PasswordAuthentication yes.';
  }
}
