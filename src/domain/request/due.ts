/** What a sweep has to do, by the ledger alone. */
import { type AccessRequest, isExpired, type MembershipId } from './request.js';

/** What decides it. Callers that read only what has ended have no extension. */
type Open = Pick<AccessRequest, 'state' | 'place' | 'expiresAt'> & Partial<Pick<AccessRequest, 'extension'>>;

/** A request of which it is known where its membership stands. */
export type Placed<R = AccessRequest> = R & { readonly place: MembershipId };

export interface DueWork<R> {
  /** Approved, and not yet proved to be there. */
  readonly grant: readonly R[];
  /** Extended, and its target doesn't know yet. */
  readonly extend: readonly R[];
  /** Its time is up, or someone ended it: to be revoked and proved gone. */
  readonly revoke: readonly Placed<R>[];
  /** Nothing to revoke: no GRANT was ever run for it. */
  readonly neverGranted: readonly R[];
}

/** @param requests open ones of one target. */
export function sortDue<R extends Open>(requests: readonly R[], now: Date): DueWork<R> {
  const due = { grant: [] as R[], extend: [] as R[], revoke: [] as Placed<R>[], neverGranted: [] as R[] };
  for (const request of requests) {
    const { state } = request;
    if (state === 'granting') due.grant.push(request);
    else if (state === 'ending' || (state === 'active' && isExpired(request, now))) {
      // The place is written before the GRANT is run: without one there was no GRANT.
      if (isPlaced(request)) due.revoke.push(request);
      else due.neverGranted.push(request);
    } else if (state === 'active' && request.extension?.state === 'asked') due.extend.push(request);
  }
  return due;
}

export function isPlaced<R extends Pick<AccessRequest, 'place'>>(request: R): request is Placed<R> {
  return request.place !== null;
}
