/**
 * What goes wrong before a session stands: each cause has a sentence of its own, with what mends it. Messages are read
 * only where the code says too little, or where `pg` gives none.
 */
import pg from 'pg';
import type { Connect } from '../../config/config.js';
import { coerceError } from '../../errors.js';
import { TargetError, targetError } from '../errors.js';
import { LOGIN_RULES } from './login-errors.js';
import { NETWORK_RULES } from './network-errors.js';
import { POOLER_RULES } from './pooler-errors.js';
import { type Asked, type Rule, refused, tellBy } from './rules.js';
import { TLS_RULES } from './tls-errors.js';

const PASSWORD_RULES: readonly Rule<Asked>[] = [
  [
    /client password must be/,
    ({ connect, server }) =>
      refused(
        `${server} asks for a password, and the configuration has none for ${connect.user}.`,
        'Set password, password_file or iam for the connection.',
      ),
  ],
  [
    /^SASL|^SCRAM/,
    ({ server }) =>
      refused(
        `${server} and Hallpass don’t agree on how to check the password.`,
        'Set the login’s password anew with password_encryption = scram-sha-256.',
      ),
  ],
];

const BY_SERVER = [...LOGIN_RULES, ...POOLER_RULES];
const BY_CLIENT = [...PASSWORD_RULES, ...TLS_RULES, ...NETWORK_RULES];

/**
 * Nothing was done on the server: none of these is ambiguous.
 * @param certificateName for whom our client certificate is (its CN); null without one.
 */
export function connectError(
  thrown: unknown,
  connect: Connect,
  certificateName: string | null = null,
): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const error = coerceError(thrown);
  const rules = error instanceof pg.DatabaseError ? BY_SERVER : BY_CLIENT;
  const asked = { ...askedOf(connect), certificateName };
  return tellBy(rules, error, asked) ?? targetError(error, 'connect');
}

export function askedOf(connect: Connect): Asked {
  const { host, port, ssh } = connect;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const through = ssh === null ? '' : ` (through the bastion ${ssh.name})`;
  return { connect, host, server: `${address}${through}`, certificateName: null };
}
