/**
 * An anchor: how far a ledger's audit chain went, noted on a target, outside the ledger. A ledger whose chain doesn't
 * contain it was restored from a backup, or is another one. Anyone who may change Hallpass's login there can write an
 * anchor, so it carries a code that only the ledger can make. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { MAX_ID } from '../request/request.js';

/** How far a ledger went. */
export interface LedgerReach {
  /** The newest link of the chain, and the beginning of its hash in hex. */
  readonly seq: number;
  readonly hash: string;
  /** The newest request. */
  readonly lastId: number;
}

export interface Anchor extends LedgerReach {
  /** Shows that the ledger itself wrote it; null on an anchor of the release before. */
  readonly code: string | null;
}

/** What was read. `garbled`: it begins like an anchor and isn't one. */
export type NotedAnchor = Anchor | 'garbled' | null;

/** Where an anchor belongs: one that was copied from elsewhere is invalid. */
export interface AnchorPlace {
  /** The target's key in the configuration. */
  readonly target: string;
  /** system_identifier. */
  readonly server: string;
}

/** How many hex digits of a hash are noted: 64 bits tell two histories apart. */
const HASH_DIGITS = 16;
/** 120 bits. The whole anchor fits the 63 bytes that Postgres keeps of a name. */
const CODE_LENGTH = 20;

const OURS = /^hp2:([0-9a-z]{1,11}):([0-9a-f]{16}):([0-9a-z]{1,8}):([\w-]{20})$/;
const OF_THE_RELEASE_BEFORE = /^hallpass-ledger:(\d{1,15}):([0-9a-f]{16}):(\d{1,15})$/;
const BEGINS_LIKE_ONE = /^(hp2|hallpass-ledger):/;

export function signAnchor({ seq, hash, lastId }: LedgerReach, key: Uint8Array, place: AnchorPlace): Anchor {
  const short = { seq, hash: hash.slice(0, HASH_DIGITS), lastId };
  return { ...short, code: codeOf(short, key, place) };
}

/** Did the ledger with this key write it for this place? */
export function isSigned(anchor: Anchor, key: Uint8Array, place: AnchorPlace): boolean {
  if (anchor.code === null) return false;
  return timingSafeEqual(Buffer.from(anchor.code), Buffer.from(codeOf(anchor, key, place)));
}

function codeOf(
  { seq, hash, lastId }: LedgerReach,
  key: Uint8Array,
  { target, server }: AnchorPlace,
): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([target, server, seq, hash, lastId]))
    .digest('base64url')
    .slice(0, CODE_LENGTH);
}

export function formatAnchor({ seq, hash, lastId, code }: Anchor): string {
  if (code === null) return `hallpass-ledger:${seq}:${hash}:${lastId}`;
  return `hp2:${seq.toString(36)}:${hash}:${lastId.toString(36)}:${code}`;
}

/** Null if the text isn't an anchor Hallpass wrote; garbled if it has numbers that no ledger reaches. */
export function parseAnchor(text: string): NotedAnchor {
  const [, seq36, hash, id36, code] = OURS.exec(text) ?? [];
  if (seq36 !== undefined && hash !== undefined && id36 !== undefined && code !== undefined) {
    return bounded({ seq: Number.parseInt(seq36, 36), hash, lastId: Number.parseInt(id36, 36), code });
  }
  const [, seq, oldHash, lastId] = OF_THE_RELEASE_BEFORE.exec(text) ?? [];
  if (seq !== undefined && oldHash !== undefined && lastId !== undefined) {
    return bounded({ seq: Number(seq), hash: oldHash, lastId: Number(lastId), code: null });
  }
  return BEGINS_LIKE_ONE.test(text) ? 'garbled' : null;
}

function bounded(anchor: Anchor): Anchor | 'garbled' {
  return Number.isSafeInteger(anchor.seq) && anchor.lastId <= MAX_ID ? anchor : 'garbled';
}
