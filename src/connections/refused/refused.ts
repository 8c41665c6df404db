/**
 * The one table of what goes wrong before a session stands. Messages are read only where the code says too little.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { LOGIN_RULES } from './login.js';
import { NETWORK_RULES } from './network.js';
import { POOLER_RULES } from './pooler.js';
import { type Asked, type Attempt, type Rule, refusedIf, type Told, tellBy } from './rules.js';
import { TLS_RULES } from './tls.js';

const PASSWORD_RULES: readonly Rule<Asked>[] = [
  refusedIf(/client password must be/, ({ connect, server, set }) => [
    `${server} asks for a password, and the configuration has none for ${connect.user}.`,
    set.password,
  ]),
  refusedIf(/^SASL|^SCRAM/, ({ server }) => [
    `${server} and Hallpass don’t agree on how to check the password.`,
    'Set the login’s password again with password_encryption = scram-sha-256.',
  ]),
];

const BY_SERVER = [...LOGIN_RULES, ...POOLER_RULES];
const BY_CLIENT = [...PASSWORD_RULES, ...TLS_RULES, ...NETWORK_RULES];

/** Why the connection could not be made, in sentences; null when no rule fits. Never throws. */
export async function whyRefused(error: Error, attempt: Attempt): Promise<Told | null> {
  const { cert } = attempt.connect;
  const asked = { ...attempt, certificateName: cert === null ? null : await nameIn(cert) };
  return tellBy(error instanceof pg.DatabaseError ? BY_SERVER : BY_CLIENT, error, asked);
}

/** The CN of the client certificate in this file; null when it can't be read. */
async function nameIn(file: string): Promise<string | null> {
  try {
    const { subject } = new X509Certificate(await readFile(file));
    return /^CN=(.*)$/m.exec(subject)?.[1] ?? null;
  } catch {
    return null;
  }
}
