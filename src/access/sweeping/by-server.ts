import type { AccessRequest, MembershipId } from '../../domain/request.js';

export interface Placed<R = AccessRequest> {
  readonly request: R;
  readonly place: MembershipId;
}

/** Those that have a place, by the system_identifier of the server on which it is. */
export function byServer<R extends Pick<AccessRequest, 'place'>>(
  requests: readonly R[],
): ReadonlyMap<string, readonly Placed<R>[]> {
  const groups = new Map<string, Placed<R>[]>();
  for (const request of requests) {
    if (request.place === null) continue;
    const group = groups.get(request.place.server);
    if (group) group.push({ request, place: request.place });
    else groups.set(request.place.server, [{ request, place: request.place }]);
  }
  return groups;
}
