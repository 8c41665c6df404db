/** What goes wrong before a session stands, as errors of a target: each cause has its own sentence and next step. */
import type { Connect } from '../../config/config.js';
import { useServer } from '../../connections/refused/pooler.js';
import { whyRefused } from '../../connections/refused/refused.js';
import type { Attempt, SettingNames, Told } from '../../connections/refused/rules.js';
import { coerceError } from '../../errors.js';
import { loginRefusedError, TargetError, targetError } from '../errors.js';

/** By the keys of the configuration file. */
const SETTINGS: SettingNames = {
  point: 'Point the connection to',
  password: 'Set password, password_file or iam for the connection.',
  database: 'Set another database for the connection',
  ca: 'Set ca: to',
  cert: 'Set cert: and key: of the connection to',
  iam: 'Set iam: { region: … } for the connection',
  tlsOn: 'set tls: verify-full',
  tlsAnyName: 'tls: verify-ca',
  tlsOff: 'tls: off',
};

/** Nothing was done on the server, so none of these is ambiguous. Never throws. */
export async function connectError(thrown: unknown, connect: Connect): Promise<TargetError> {
  if (thrown instanceof TargetError) return thrown;
  const error = coerceError(thrown);
  const told = await whyRefused(error, askedOf(connect));
  return told === null ? targetError(error, 'connect') : toError(told, error);
}

/** Locks, settings and transactions belong to a session. If it changes under us, nothing that was read is certain. */
export function transactionPoolError(connect: Connect): TargetError {
  return loginRefusedError(
    `A pooler in transaction mode answers on ${askedOf(connect).server}: each transaction may get another session, which others use too.`,
    useServer(SETTINGS),
  );
}

export function toError({ kind, sentence, nextStep }: Told, error: Error): TargetError {
  return new TargetError(
    { kind, scope: 'target', passing: kind === 'unreachable', sentence, nextStep },
    error,
  );
}

function askedOf(connect: Connect): Attempt {
  const { host, port, ssh } = connect;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const through = ssh === null ? '' : ` (through the bastion ${ssh.name})`;
  return { connect, host, server: `${address}${through}`, set: SETTINGS };
}
