import { DEFAULT_TERMS, type GrantTerms } from '../../domain/grant-terms.js';
import { isSame, pairKey } from '../../domain/memberships.js';
import { type AccessRequest, type MembershipId, termsOf } from '../../domain/request.js';
import { HallpassError } from '../../errors.js';
import { readHold } from '../../ledger/pauses.js';
import { readLastOfPlaces, readOpenRequest, readRequests } from '../../ledger/read-requests.js';
import { forgetChecked } from '../../ledger/targets.js';
import { TargetError } from '../../postgres/errors.js';
import { needsSetRole } from '../../postgres/reading/problems.js';
import type { Granted, PairFacts, Server, Target } from '../../postgres/target.js';
import { alreadyHolds, whyNotGrantable } from '../asking/grantable.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import type { Placed } from './by-server.js';
import { stillDue } from './still-due.js';
import { revokeStrays } from './strays.js';
import { asHallpassError, type Blocked, recordBlocked } from './trouble.js';
import { assertMayGrant } from './which-server.js';

type GrantDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'roles' | 'clearAgain' | 'logger'>;

/**
 * Grants what was approved: looks the names up, writes the place into the ledger, runs the GRANT, records what was
 * read back. An error that passes, and a login that is refused, leave the request `granting`; any other makes it `ending`, because a GRANT
 * that erred may still have happened.
 * @param expected the server that the last comparison saw there: on another one nothing is granted before the drift
 *   check has settled what became of the grants on the first.
 * @returns the ids that a later sweep must try again.
 */
export async function grant(
  deps: GrantDeps,
  name: string,
  target: Target,
  expected: string | null,
  requests: readonly AccessRequest[],
  now: Date,
): Promise<readonly number[]> {
  if (requests.length === 0) return [];
  const looking = target.look(requests);
  // Unless something is asked for, nobody waits for it.
  looking.catch(() => undefined);
  const hold = await readHold(deps.db, name);
  // Not to be tried again each second: it is due when granting resumes.
  if (hold.isPaused) return [];
  const undone: number[] = [];
  const asked: AccessRequest[] = [];
  for (const request of requests) {
    const verdict = stillDue(deps, request, hold, now);
    if (verdict === 'yes') asked.push(request);
    else if (verdict === 'not cleared') {
      deps.clearAgain(request.id);
      undone.push(request.id);
    } else await fail(deps, [request.id], () => verdict.fail);
  }
  if (asked.length === 0) return undone;
  // crash point: after-ledger-before-grant
  let tried: readonly AccessRequest[] = asked;
  try {
    const { server, surroundings, facts: all } = await looking;
    const facts = all.filter((_, i) => asked.some(({ id }) => id === requests[i]?.id));
    if (surroundings.isShared && expected === null) throw sharedLogin(server.login);
    if (expected !== null && server.id !== expected) {
      await forgetChecked(deps.db, name);
      throw new HallpassError('another server answers at this address than before', { passing: true });
    }
    // Perhaps a failover: its primary may answer soon.
    if (server.inRecovery) {
      throw new HallpassError('a standby answers, and roles are granted on its primary', { passing: true });
    }
    await assertMayGrant(deps, name, server);
    const [placed, { isPaused }] = await Promise.all([
      intend(deps, server, asked, await withoutStrangers(deps, server, facts)),
      // The server was asked since: an operator's word of this moment counts.
      readHold(deps.db, name),
    ]);
    tried = placed.map(({ request }) => request);
    // crash point: after-intend-before-grant
    if (isPaused) return undone;
    const answers = await target.grant(
      server.id,
      placed.map(({ request, place }) => ({
        roleOid: place.roleOid,
        memberOid: place.memberOid,
        requestId: request.id,
        durationMs: request.durationMs,
        setRole: termsOf(request).setRole,
      })),
    );
    // crash point: after-grant-before-active
    const noInherit = new Set(
      facts.flatMap((fact) => (needsSetRole(server, fact) ? [`${fact.roleOid}/${fact.memberOid}`] : [])),
    );
    undone.push(...(await record(deps, placed, answers, noInherit)));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    if (error.passing || isTurnedAway(error)) {
      await recordBlocked(
        deps,
        tried.map((request) => ({ request, error })),
      );
      undone.push(...tried.map((request) => request.id));
    } else {
      await fail(
        deps,
        tried.map((request) => request.id),
        () => error.message,
      );
    }
  }
  return undone;
}

/** The server didn't let Hallpass in, whatever is asked for: that is put right there, and not by asking again. */
function isTurnedAway(error: HallpassError): boolean {
  return error instanceof TargetError && error.kind === 'login_refused';
}

/** Two that share a login take each other's memberships for orphans: who came second grants nothing. */
export function sharedLogin(login: string): HallpassError {
  return new HallpassError(`another installation of Hallpass uses the login ${login} there`, {
    passing: false,
    nextStep: 'Give each installation a login of its own on every server (hallpass setup-sql).',
  });
}

/** A membership by our own login that no request here explains is not ours to grant, and then to take away. */
async function withoutStrangers(
  { db }: GrantDeps,
  server: Server,
  facts: readonly PairFacts[],
): Promise<readonly PairFacts[]> {
  const places = facts.flatMap(({ ours, roleOid, memberOid }) =>
    ours && roleOid !== null && memberOid !== null ? [{ roleOid, memberOid }] : [],
  );
  const known = await readLastOfPlaces(db, server.id, places);
  const explained = new Set(known.flatMap(({ place }) => (place ? [pairKey(place)] : [])));
  return facts.map((fact) =>
    fact.ours && !explained.has(`${fact.roleOid}/${fact.memberOid}`)
      ? {
          ...fact,
          ours: false,
          held: { how: 'direct' as const, via: `${server.login}, but not by this Hallpass` },
        }
      : fact,
  );
}

/** Writes down where each GRANT will be run, before any is; what cannot be granted there fails here. */
async function intend(
  deps: GrantDeps,
  server: Server,
  requests: readonly AccessRequest[],
  facts: readonly PairFacts[],
): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  const refused = new Map<number, string>();
  const news = new Map<number, MembershipId>();
  for (const [i, request] of requests.entries()) {
    const fact = facts[i];
    const wished = { durationMs: request.durationMs, setRole: termsFor(deps, request).setRole };
    const why = fact ? whyNotGrantable(server, fact, wished) : 'the server did not answer for it';
    if (why !== null || fact?.roleOid == null || fact.memberOid == null) {
      refused.set(request.id, why ?? 'it is not on the server');
      continue;
    }
    const { roleOid, memberOid } = fact;
    const place = { server: server.id, grantorOid: server.grantorOid, roleOid, memberOid };
    if (request.place === null) news.set(request.id, place);
    else if (isSame(request.place, place) && pairKey(request.place) === pairKey(place)) {
      placed.push({ request, place });
    }
    // A GRANT may stand at the first place: it stays written down, to be proved gone.
    else refused.set(request.id, 'the role or the login was replaced by another of the same name');
  }
  await fail(deps, [...refused.keys()], (id) => refused.get(id) ?? '');
  const written = await change(deps, [...news.keys()], (request) => {
    const place = news.get(request.id);
    return place ? { event: { type: 'intend', place, terms: termsFor(deps, request) } } : null;
  });
  for (const [id, place] of news) {
    const outcome = written.get(id);
    if (outcome?.ok) placed.push({ request: outcome.request, place });
  }
  return placed;
}

/** How the configuration has this role granted; one that it no longer has is granted with the least. */
function termsFor({ roles }: GrantDeps, request: AccessRequest): GrantTerms {
  return roles.role(request.target, request.role)?.terms ?? DEFAULT_TERMS;
}

/**
 * Records what each GRANT came to.
 * @param noInherit the pairs whose login has nothing of the role before SET ROLE, as `pairKey` writes them.
 * @returns the ids to be tried again.
 */
async function record(
  deps: GrantDeps,
  placed: readonly Placed[],
  answers: readonly Granted[],
  noInherit: ReadonlySet<string>,
): Promise<readonly number[]> {
  const byPair = new Map(answers.map((answer) => [pairKey(answer), answer]));
  const there: Placed[] = [];
  const granted = new Map<number, Pick<Extract<Granted, { outcome: 'granted' }>, 'mark' | 'users'>>();
  const failed = new Map<number, string>();
  const blocked: Blocked[] = [];
  for (const each of placed) {
    const answer = byPair.get(pairKey(each.place));
    const { id } = each.request;
    if (answer?.outcome === 'granted') {
      there.push(each);
      granted.set(id, answer);
    } else if (answer?.outcome === 'held') {
      failed.set(id, alreadyHolds(each.request, answer.via));
    } else if (answer?.outcome === 'failed' && !answer.error.passing) failed.set(id, answer.error.message);
    else {
      const error = answer?.error ?? asHallpassError('the target did not answer for it');
      blocked.push({ request: each.request, error });
    }
  }
  await fail(deps, [...failed.keys()], (id) => failed.get(id) ?? '');
  await recordBlocked(deps, blocked);
  const outcomes = await change(
    deps,
    there.map(({ request }) => request.id),
    ({ id, place }) => {
      const { mark, users } = granted.get(id) ?? { mark: '', users: [] };
      const setRoleFirst = place !== null && noInherit.has(pairKey(place));
      return { event: { type: 'granted', mark, users, setRoleFirst } };
    },
  );
  for (const { request, place } of there) {
    if (outcomes.get(request.id)?.ok !== true) await undo(deps, request, place);
  }
  return blocked.map(({ request }) => request.id);
}

/** The request ended, or is ending, and its GRANT was under way: nobody asks for this membership now, so it has to go. */
async function undo(deps: GrantDeps, request: AccessRequest, place: MembershipId): Promise<void> {
  const { requests } = await readOpenRequest(deps.db, request);
  // A new request may want it by now. One that is still ending does not, and may be about to be ended by the proof of
  // another process, which looked before this GRANT was committed.
  if (requests.some(({ state }) => state === 'granting' || state === 'active')) return;
  const { target, role, login } = request;
  const [latest = request] = (await readRequests(deps.db, [request.id])).requests;
  await revokeStrays(deps, [
    {
      ...{ kind: 'late', target, role, login, request: latest, place, terms: termsOf(latest) },
      ...{ orphanId: null, askedBy: null, because: null, absentAt: null },
    },
  ]);
  // crash point: after-late-grant-before-taken-back
}

async function fail(
  deps: GrantDeps,
  ids: readonly number[],
  sentence: (id: number) => string,
): Promise<void> {
  await change(deps, ids, ({ id }) => ({ event: { type: 'grant_failed', trouble: sentence(id) } }));
}
