/**
 * Compares what the ledger wants on a target with the memberships that were seen there, for every drift check. A grant
 * that was not looked for is never called missing.
 */
import { type AccessRequest, isExpired } from '../request/request.js';

/** Who looked, and where: a server, and our own login on it. */
export interface Standpoint {
  readonly server: string;
  readonly grantorOid: number;
}

/** A membership on the target whose grantor is our own login. */
export interface SeenMembership {
  readonly roleOid: number;
  readonly memberOid: number;
}

export interface MembershipDiff<R, S extends SeenMembership> {
  /** It should be there, and is not: somebody else revoked it. */
  readonly missing: readonly R[];
  /** Ours on the target, and no open request explains it. */
  readonly unexplained: readonly S[];
}

/**
 * @param wanted open requests of one target.
 * @param seen all memberships of our grantor on that server.
 */
export function diffMemberships<
  R extends Pick<AccessRequest, 'state' | 'place' | 'expiresAt'>,
  S extends SeenMembership,
>(
  wanted: readonly R[],
  seen: Standpoint & { readonly memberships: readonly S[] },
  now: Date,
): MembershipDiff<R, S> {
  const there = new Set(seen.memberships.map(pairKey));
  const here = wanted.flatMap((request) =>
    request.place !== null && isSame(request.place, seen) ? [{ request, pair: pairKey(request.place) }] : [],
  );
  const explained = new Set(here.map(({ pair }) => pair));
  return {
    missing: here
      .filter(
        ({ request, pair }) => request.state === 'active' && !isExpired(request, now) && !there.has(pair),
      )
      .map(({ request }) => request),
    unexplained: seen.memberships.filter((membership) => !explained.has(pairKey(membership))),
  };
}

/** What one login sees on one server says nothing about another server, or about another login's memberships. */
export function isSame(a: Standpoint, b: Standpoint): boolean {
  return a.server === b.server && a.grantorOid === b.grantorOid;
}

/** One membership on one server, as a key. */
export function pairKey(pair: SeenMembership): string {
  return `${pair.roleOid}/${pair.memberOid}`;
}

/** By `pairKey`. */
export function byPair<T extends SeenMembership>(pairs: readonly T[]): ReadonlyMap<string, T> {
  return new Map(pairs.map((pair) => [pairKey(pair), pair]));
}
