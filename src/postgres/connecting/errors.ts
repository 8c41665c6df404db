/**
 * What goes wrong before a session stands: each cause has a sentence of its own, with what changes it.
 */
import type { Connect } from '../../config/config.js';
import { useServer } from '../../connections/refused/pooler.js';
import { whyRefused } from '../../connections/refused/refused.js';
import type { Attempt, Settings } from '../../connections/refused/rules.js';
import { coerceError } from '../../errors.js';
import { loginRefusedError, TargetError, targetError } from '../errors.js';
import { toError } from './rules.js';

/** By the keys of the configuration file. */
const SETTINGS: Settings = {
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

/** Nothing was done on the server: none of these is ambiguous. Never throws. */
export async function connectError(thrown: unknown, connect: Connect): Promise<TargetError> {
  if (thrown instanceof TargetError) return thrown;
  const error = coerceError(thrown);
  const told = await whyRefused(error, askedOf(connect));
  return told === null ? targetError(error, 'connect') : toError(told, error);
}

/** Locks, settings and transactions belong to a session: with one that changes, nothing that was read is sure. */
export function transactionPoolError(connect: Connect): TargetError {
  return loginRefusedError(
    `A pooler in transaction mode answers on ${askedOf(connect).server}: each transaction may get another session, which others use too.`,
    useServer(SETTINGS),
  );
}

function askedOf(connect: Connect): Attempt {
  const { host, port, ssh } = connect;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const through = ssh === null ? '' : ` (through the bastion ${ssh.name})`;
  return { connect, host, server: `${address}${through}`, set: SETTINGS };
}
