/** The one table of what goes wrong before a session stands. Messages are read only where the code says too little. */
import { certificateName } from './certificate.js';
import { LOGIN_RULES } from './login.js';
import { NETWORK_RULES } from './network.js';
import { POOLER_RULES } from './pooler.js';
import { type Asked, type Attempt, isByServer, type Rule, refused, type Told, tellBy } from './rules.js';
import { TLS_RULES } from './tls.js';

const PASSWORD_RULES: readonly Rule<Asked>[] = [
  [
    /client password must be/,
    ({ connect, server, set }) =>
      refused(
        `${server} asks for a password, and the configuration has none for ${connect.user}.`,
        set.password,
      ),
  ],
  [
    /^SASL|^SCRAM/,
    ({ server }) =>
      refused(
        `${server} and Hallpass don’t agree on how to check the password.`,
        'Set the login’s password again with password_encryption = scram-sha-256.',
      ),
  ],
];

const BY_SERVER = [...LOGIN_RULES, ...POOLER_RULES];
const BY_CLIENT = [...PASSWORD_RULES, ...TLS_RULES, ...NETWORK_RULES];

/** Why the connection could not be made, in sentences; null when nothing is known of it. Never throws. */
export async function whyRefused(error: Error, attempt: Attempt): Promise<Told | null> {
  const { cert } = attempt.connect;
  const asked = { ...attempt, certificateName: cert === null ? null : await certificateName(cert) };
  return tellBy(isByServer(error) ? BY_SERVER : BY_CLIENT, error, asked);
}
