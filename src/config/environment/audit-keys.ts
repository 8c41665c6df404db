/** The keys that sign and verify what replaces pruned audit events. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { HallpassError } from '../../errors.js';
import type { Variables } from '../yaml/text.js';
import { readAuditKeys } from './env.js';

const MAKE = 'openssl genpkey -algorithm ed25519 -out audit-key.pem';

/** AUDIT_KEY. @throws HallpassError when it isn't set, or isn't an Ed25519 private key. */
export function auditPrivateKey(variables: Variables): KeyObject {
  const { privateKey } = readAuditKeys(variables);
  if (privateKey === null) {
    throw new HallpassError('AUDIT_KEY_FILE is not set: what is pruned must be signed for', {
      passing: false,
      nextStep: `Make a key with \`${MAKE}\`, keep it where the ledger's administrators can't read it, and set AUDIT_KEY_FILE.`,
    });
  }
  return parse('AUDIT_KEY', privateKey, createPrivateKey);
}

/** AUDIT_PUBLIC_KEY, or the public half of AUDIT_KEY; null when neither is set. @throws HallpassError */
export function auditPublicKey(variables: Variables): KeyObject | null {
  const { privateKey, publicKey } = readAuditKeys(variables);
  if (publicKey !== null) return parse('AUDIT_PUBLIC_KEY', publicKey, createPublicKey);
  return privateKey === null ? null : createPublicKey(auditPrivateKey(variables));
}

function parse(name: string, pem: string, read: (pem: string) => KeyObject): KeyObject {
  const key = attempt(() => read(pem));
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new HallpassError(`${name} holds no Ed25519 key in PEM, or one with a passphrase`, {
    passing: false,
    nextStep: `Make one with \`${MAKE}\`; its public half with \`openssl pkey -in audit-key.pem -pubout\`.`,
  });
}

/** The parser's own error doesn't help, and may quote the key. */
function attempt(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}
