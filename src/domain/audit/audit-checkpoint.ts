/** A checkpoint stands for the events that were pruned: the rest of the chain verifies from it. Pure. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Head } from './audit-chain.js';

/** What the operator's key signs. */
export interface Checkpoint extends Head {
  /** How many events were pruned with this one. */
  readonly count: number;
  readonly at: Date;
  /** Who ran the command, and as which login. */
  readonly by: string;
}

export interface SignedCheckpoint extends Checkpoint {
  /** Ed25519, in hexadecimal digits. */
  readonly signature: string;
}

/** @param key an Ed25519 private key. */
export function signCheckpoint(checkpoint: Checkpoint, key: KeyObject): SignedCheckpoint {
  return { ...checkpoint, signature: sign(null, signedText(checkpoint), key).toString('hex') };
}

/** @param key the Ed25519 public key that should have signed it. */
export function isSignedBy(checkpoint: SignedCheckpoint, key: KeyObject): boolean {
  return verify(null, signedText(checkpoint), key, Buffer.from(checkpoint.signature, 'hex'));
}

/** Names a key without showing it: the SHA-256 of its public half (DER, SPKI), in hexadecimal digits. */
export function fingerprint(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(half.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Begins with what it is, so that the signature can't be passed off as one for something else. */
function signedText({ seq, hash, count, at, by }: Checkpoint): Buffer {
  return Buffer.from(`hallpass audit checkpoint ${JSON.stringify([seq, hash, count, at.toISOString(), by])}`);
}
