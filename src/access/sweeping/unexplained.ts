import { pairKey } from '../../domain/postgres/memberships.js';
import { termsOf } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { readReported } from '../../ledger/targets/orphans.js';
import { lastCompared } from '../../ledger/targets/strays.js';
import type { Membership, Server } from '../../postgres/target.js';
import { readLastByPair } from './last-requests.js';
import { type OrphanDeps, reportOrphans } from './orphans.js';
import { type FoundStray, revokeStrays } from './record-strays.js';

/**
 * Of memberships that no open request explains, those of an ended request are revoked, and the others reported.
 * @param known this ledger has compared the target before.
 * @param because why memberships may have come back that had been proved gone; null when Hallpass doesn't know.
 */
export async function settleUnexplained(
  deps: OrphanDeps,
  name: string,
  server: Server,
  unexplained: readonly Membership[],
  known: boolean,
  because: string | null,
): Promise<void> {
  if (unexplained.length === 0) return reportOrphans(deps, name, server, [], known);
  const last = await readLastByPair(deps.db, server.id, unexplained);
  const [reported, comparedAt] = await Promise.all([
    readReported(deps.db, name, server.id),
    lastCompared(deps.db, name),
  ]);
  const leftovers: FoundStray[] = [];
  const orphans: Membership[] = [];
  for (const membership of unexplained) {
    const { role, login, roleOid, memberOid } = membership;
    const request = last.get(pairKey(membership));
    // What a restored ledger can't know is reported, even where the same pair has ended before (accept.ts).
    if (request === undefined || reported.has(pairKey(membership))) orphans.push(membership);
    else if (isFinal(request.state)) {
      const { sessions, setRole } = termsOf(request);
      leftovers.push({
        ...{ kind: 'leftover', target: name, role, login, request, because },
        place: { server: server.id, grantorOid: server.grantorOid, roleOid, memberOid },
        absentAt: later(request.endedAt, comparedAt),
        terms: { sessions, setRole: setRole || membership.setRole },
      });
    }
  }
  // First what has to go; neither waits for a target, so trouble with one membership delays no other.
  await revokeStrays(deps, leftovers);
  // crash point: after-leftover-found-before-revoked
  await reportOrphans(deps, name, server, orphans, known);
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
