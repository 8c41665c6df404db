/**
 * What the ledger wants against what was seen on the target: the one comparison behind every sweep and every
 * drift check. Invariants kept here: nothing is taken back that our ledger does not say has ended, and a grant
 * that was not looked for is never called gone.
 */
import { type AccessRequest, isExpired } from './request.js';

/** Who was seen: a server, and our own login on it. */
export interface Standpoint {
  readonly server: string;
  readonly grantorOid: number;
}

/** A membership on the target whose grantor is our own login. */
export interface Seen {
  readonly roleOid: number;
  readonly memberOid: number;
}

/** What of a request is compared; who reads only what has ended has no extension to compare. */
type Comparable = Pick<AccessRequest, 'state' | 'place' | 'expiresAt'> &
  Partial<Pick<AccessRequest, 'extension'>>;

export interface Comparison<R, S extends Seen = Seen> {
  /** Approved, and not yet proved to be there. */
  readonly lend: readonly R[];
  /** Made longer, and its target does not know yet. */
  readonly extend: readonly R[];
  /** Its time is up, or somebody ended it: to be taken back and proved gone. */
  readonly takeBack: readonly R[];
  /** It should be there, and is not: somebody else took it away. */
  readonly missing: readonly R[];
  /** Nothing to take back: no GRANT was ever run for it. */
  readonly neverLent: readonly R[];
  /** Ours on the target, and no open request explains it. */
  readonly unexplained: readonly S[];
}

/**
 * @param wanted open requests of one target.
 * @param seen all memberships of our grantor on that server, or null when only the ledger was read: then nothing
 *   is concluded from absence.
 */
export function compare<R extends Comparable, S extends Seen>(
  wanted: readonly R[],
  seen: (Standpoint & { readonly memberships: readonly S[] }) | null,
  now: Date,
): Comparison<R, S> {
  const lend: R[] = [];
  const extend: R[] = [];
  const takeBack: R[] = [];
  const missing: R[] = [];
  const neverLent: R[] = [];
  const explained = new Set<string>();
  const there = new Set(seen?.memberships.map(pairKey));

  for (const request of wanted) {
    const { state, place } = request;
    const here = place !== null && seen !== null && isSame(place, seen);
    if (place !== null && here) explained.add(pairKey(place));
    if (state === 'granting') {
      lend.push(request);
    } else if (state === 'ending' || (state === 'active' && isExpired(request, now))) {
      // The place is written before the GRANT is run: without one there was no GRANT.
      if (place === null) neverLent.push(request);
      else takeBack.push(request);
    } else if (state === 'active') {
      if (request.extension?.state === 'asked') extend.push(request);
      if (place !== null && here && !there.has(pairKey(place))) missing.push(request);
    }
  }
  return {
    lend,
    extend,
    takeBack,
    missing,
    neverLent,
    unexplained: seen?.memberships.filter((m) => !explained.has(pairKey(m))) ?? [],
  };
}

/** What one login sees on one server says nothing of another server, nor of another login's memberships. */
export function isSame(a: Standpoint, b: Standpoint): boolean {
  return a.server === b.server && a.grantorOid === b.grantorOid;
}

/** One membership on one server, as a key. */
export function pairKey(pair: Seen): string {
  return `${pair.roleOid}/${pair.memberOid}`;
}
