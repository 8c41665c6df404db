/**
 * Checks the chain over the audit events link by link, names what was changed, removed, added or moved, and goes on.
 * Pure; keeps only a few links, however long the chain is.
 */
import { createHash } from 'node:crypto';

/** A place in the chain. `hash`: 64 hexadecimal digits. */
export interface Head {
  /** 1 for the first event ever chained; 0 before it. */
  readonly seq: number;
  readonly hash: string;
}

/** One event in the chain, as it stands in the ledger now. */
export interface Link extends Head {
  readonly eventId: number;
  readonly requestId: number | null;
  /** The event's canonical text; null when the event is gone. */
  readonly text: string | null;
}

/** Something that differs from what was chained. */
export interface Fault {
  readonly seq: number | null;
  readonly eventId: number | null;
  readonly requestId: number | null;
  readonly says: string;
}

/** What the first event is chained to. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

/** How many faults are named one by one; further ones are counted. */
const MOST_NAMED = 20;

function chainHash(previous: string, text: string): string {
  return createHash('sha256').update(previous).update(text, 'utf8').digest('hex');
}

/** `12:9f86d0…`, as operators read it and as `hallpass audit verify --head` takes it. */
export function headName({ seq, hash }: Head): string {
  return `${seq}:${hash}`;
}

/** Null if the text isn't a head. */
export function parseHead(name: string): Head | null {
  const [, seq, hash] = /^(0|[1-9]\d{0,14}):([0-9a-f]{64})$/i.exec(name.trim()) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash: hash.toLowerCase() };
}

interface Misfit extends Link {
  readonly text: string;
  /** What it should have been chained to. */
  readonly previous: string;
}

/** Walks the chain from a place that is trusted. */
export class ChainWalk {
  #last: Head;
  #misfits: Misfit[] = [];
  #faults: Fault[] = [];
  #more = 0;
  #links = 0;

  constructor(from: Head) {
    this.#last = from;
  }

  /** How far it came. */
  get last(): Head {
    return this.#last;
  }

  /** How many links were met. */
  get links(): number {
    return this.#links;
  }

  /** The next link, in the order of `seq`. */
  add(link: Link): void {
    const previous = this.#last;
    this.#last = { seq: link.seq, hash: link.hash };
    this.#links += 1;
    const joined = link.seq === previous.seq + 1;
    if (!joined) this.fault(nothing(gap(previous.seq + 1, link.seq - 1)));
    const { text } = link;
    if (text === null) this.fault({ ...link, says: 'removed: the event is gone' });
    // After a gap, what the link was chained to is gone, and the link itself can't be checked.
    else if (joined && chainHash(previous.hash, text) !== link.hash) {
      if (this.#misfits.length < MOST_NAMED) this.#misfits.push({ ...link, text, previous: previous.hash });
      else this.#more += 1;
    }
  }

  /** The walk has ended, so the chain must end here too. */
  end(head: Head): void {
    const { seq, hash } = this.#last;
    if (seq < head.seq) this.fault(nothing(`${gap(seq + 1, head.seq)}: the end of the chain`));
    else if (hash !== head.hash)
      this.fault({ ...nothing('changed: the head has another hash than the last event'), seq });
  }

  fault({ seq, eventId, requestId, says }: Fault): void {
    if (this.#faults.length < MOST_NAMED) this.#faults.push({ seq, eventId, requestId, says });
    else this.#more += 1;
  }

  /** What was found, in the order of the chain, and how much more there is. */
  found(): { readonly faults: readonly Fault[]; readonly more: number } {
    const faults = [...this.#faults, ...name(this.#misfits)];
    faults.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    return { faults, more: this.#more };
  }
}

function nothing(says: string): Fault {
  return { seq: null, eventId: null, requestId: null, says };
}

function gap(from: number, to: number): string {
  return from === to ? `removed: seq ${from} is gone` : `removed: seq ${from} to ${to} are gone`;
}

/**
 * A link that doesn't fit was changed, or is in another's place, or only follows one that is. Trying the places and
 * hashes of all misfits tells which.
 */
function name(misfits: readonly Misfit[]): readonly Fault[] {
  const hashes = new Set(
    misfits.flatMap(({ previous, hash, text }) => [previous, hash, chainHash(previous, text)]),
  );
  const named = misfits.map((misfit) => ({ misfit, place: placeOf(misfit, misfits, hashes) }));
  const guilty = named.filter(({ misfit, place }) => place !== misfit.seq);
  return (guilty.length > 0 ? guilty : named).map(({ misfit: { seq, eventId, requestId }, place }) => ({
    seq,
    eventId,
    requestId,
    says:
      place === null || place === seq
        ? `changed: the event, its hash, or the hash of seq ${seq - 1}`
        : `reordered: it was chained as seq ${place}`,
  }));
}

/** The place at which this link was chained; null when it fits nowhere. */
function placeOf(link: Misfit, misfits: readonly Misfit[], hashes: ReadonlySet<string>): number | null {
  for (const { seq, hash } of [link, ...misfits]) {
    const text = atPlace(link.text, seq);
    for (const previous of hashes) {
      const made = chainHash(previous, text);
      if (made === hash || made === link.hash) return seq;
    }
  }
  return null;
}

/** The same event's text at another place: `seq` is what it begins with. */
function atPlace(text: string, seq: number): string {
  return text.replace(/^(\{"seq" : )\d+/, `$1${seq}`);
}
