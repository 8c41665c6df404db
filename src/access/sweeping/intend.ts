import { isSame, pairKey } from '../../domain/postgres/memberships.js';
import { isPlaced, type Placed } from '../../domain/request/due.js';
import { DEFAULT_TERMS, type GrantTerms } from '../../domain/request/grant-terms.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import type { PairFacts, Server } from '../../postgres/target.js';
import { whyNotGrantable } from '../asking/grantable.js';
import { type ChangeDeps, changeEach } from '../change.js';
import type { Deps } from '../deps.js';
import { readLastByPair } from './last-requests.js';

type IntendDeps = ChangeDeps & Pick<Deps, 'roles'>;

/**
 * Writes down where each GRANT will be run, before any is; what cannot be granted there fails here.
 * @param facts of these requests, in their order.
 */
export async function intend(
  deps: IntendDeps,
  server: Server,
  requests: readonly AccessRequest[],
  facts: readonly PairFacts[],
): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  const refused = new Map<number, RequestEvent>();
  const news = new Map<number, RequestEvent>();
  for (const [i, request] of requests.entries()) {
    const { id, durationMs } = request;
    const refuse = (trouble: string) => refused.set(id, { type: 'grant_failed', trouble });
    const fact = facts[i];
    const terms = termsFor(deps, request);
    const wished = { durationMs, setRole: terms.setRole };
    const why = fact ? whyNotGrantable(server, fact, wished) : 'the server did not answer for it';
    if (why !== null || fact?.roleOid == null || fact.memberOid == null) {
      refuse(why ?? 'it is not on the server');
      continue;
    }
    const { roleOid, memberOid } = fact;
    const place = { server: server.id, grantorOid: server.grantorOid, roleOid, memberOid };
    if (!isPlaced(request)) news.set(id, { type: 'intend', place, terms });
    else if (isSame(request.place, place) && pairKey(request.place) === pairKey(place)) placed.push(request);
    // A GRANT may stand at the first place: it stays written down, to be proved gone.
    else refuse('the role or the login was replaced by another of the same name');
  }
  await changeEach(deps, refused);
  const written = await changeEach(deps, news);
  for (const id of news.keys()) {
    const outcome = written.get(id);
    if (outcome?.ok && isPlaced(outcome.request)) placed.push(outcome.request);
  }
  return placed;
}

/** A membership by our own login that no request here explains is not ours to grant, and then to revoke. */
export async function withoutStrangers(
  { db }: IntendDeps,
  server: Server,
  facts: readonly PairFacts[],
): Promise<readonly PairFacts[]> {
  const pairs = facts.flatMap(({ ours, roleOid, memberOid }) =>
    ours && roleOid !== null && memberOid !== null ? [{ roleOid, memberOid }] : [],
  );
  const explained = await readLastByPair(db, server.id, pairs);
  const held = { how: 'direct' as const, via: `${server.login}, but not by this Hallpass` };
  return facts.map((fact) =>
    fact.ours && !explained.has(factKey(fact)) ? { ...fact, ours: false, held } : fact,
  );
}

/** How the configuration has this role granted; one that it no longer has is granted with the least. */
function termsFor({ roles }: IntendDeps, request: AccessRequest): GrantTerms {
  return roles.role(request.target, request.role)?.terms ?? DEFAULT_TERMS;
}

/** As `pairKey`, also for names that the server doesn't have. */
export function factKey({ roleOid, memberOid }: PairFacts): string {
  return `${roleOid}/${memberOid}`;
}
