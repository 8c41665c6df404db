/**
 * An anchor: how far a ledger's audit chain went, noted on a target, outside the ledger. A ledger whose chain doesn't
 * hold it is not the one that wrote it as it stood then: it was restored from a backup, or it is another. Pure.
 */
export interface Anchor {
  /** The newest link of the chain, and the beginning of its hash in hex. */
  readonly seq: number;
  readonly hash: string;
  /** The newest request. */
  readonly lastId: number;
}

/** Of a hash so many hex digits are noted: 64 bits tell two histories apart. */
const HASH_DIGITS = 16;

const ANCHOR = /^hallpass-ledger:(\d{1,15}):([0-9a-f]{16}):(\d{1,15})$/;

export function formatAnchor({ seq, hash, lastId }: Anchor): string {
  return `hallpass-ledger:${seq}:${hash.slice(0, HASH_DIGITS)}:${lastId}`;
}

/** null for what is none: it was not written by Hallpass. */
export function parseAnchor(text: string): Anchor | null {
  const [, seq, hash, lastId] = ANCHOR.exec(text) ?? [];
  return seq === undefined || hash === undefined || lastId === undefined
    ? null
    : { seq: Number(seq), hash, lastId: Number(lastId) };
}
