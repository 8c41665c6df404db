import { pairKey, type SeenMembership } from '../../domain/postgres/memberships.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { readLastOfPlaces } from '../../ledger/requests/read-requests.js';
import type { Deps } from '../deps.js';

/** The latest request of each of these memberships on this server, by `pairKey`; those of which the ledger knows none are left out. */
export async function readLastByPair(
  db: Deps['db'],
  server: string,
  memberships: readonly SeenMembership[],
): Promise<ReadonlyMap<string, AccessRequest>> {
  const last = await readLastOfPlaces(db, server, memberships);
  return new Map(last.flatMap((request) => (request.place ? [[pairKey(request.place), request]] : [])));
}
