import { byPair, pairKey } from '../../domain/postgres/memberships.js';
import type { Placed } from '../../domain/request/due.js';
import { type AccessRequest, termsOf } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { asHallpassError, HallpassError } from '../../errors.js';
import { readOpenRequest, readRequests } from '../../ledger/requests/read-requests.js';
import { readHold } from '../../ledger/targets/pauses.js';
import { forgetChecked } from '../../ledger/targets/targets.js';
import { TargetError } from '../../postgres/errors.js';
import { needsSetRole } from '../../postgres/reading/problems.js';
import type { Granted, Target } from '../../postgres/target.js';
import { alreadyHolds } from '../asking/grantable.js';
import { change, changeEach, type TellDeps } from '../change.js';
import type { Deps } from '../deps.js';
import { factKey, intend, withoutStrangers } from './intend.js';
import { type Blocked, recordBlocked } from './record-blocked.js';
import { revokeStrays } from './record-strays.js';
import { assertMayGrant } from './server-for-grants.js';
import { stillDue } from './still-due.js';

export type GrantDeps = TellDeps & Pick<Deps, 'roles' | 'clearAgain'>;

/**
 * Grants what was approved: looks the names up, writes the membership id into the ledger, runs the GRANT, records what
 * was read back. A passing error, and a refused login, leave the request `granting`; any other error makes it `ending`,
 * because a GRANT that erred may still have happened.
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
  // If nothing turns out to be wanted, nothing awaits it.
  looking.catch(() => undefined);
  const hold = await readHold(deps.db, name);
  // Not retried each second: it becomes due when granting resumes.
  if (hold.isPaused) return [];
  const undone: number[] = [];
  const wanted: AccessRequest[] = [];
  for (const request of requests) {
    const verdict = stillDue(deps, request, hold, now);
    if (verdict === 'yes') wanted.push(request);
    else if (verdict === 'not cleared') {
      deps.clearAgain(request.id);
      undone.push(request.id);
    } else await fail(deps, [request], verdict.fail);
  }
  if (wanted.length === 0) return undone;
  // crash point: after-ledger-before-grant
  let tried: readonly AccessRequest[] = wanted;
  try {
    const { server, surroundings, facts: all } = await looking;
    const facts = all.filter((_, i) => wanted.some(({ id }) => id === requests[i]?.id));
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
      intend(deps, server, wanted, await withoutStrangers(deps, server, facts)),
      // Read again, because the server took its time to answer: an operator's pause counts at once.
      readHold(deps.db, name),
    ]);
    tried = placed;
    // crash point: after-intend-before-grant
    if (isPaused) return undone;
    const answers = await target.grant(
      server.id,
      placed.map((request) => ({
        roleOid: request.place.roleOid,
        memberOid: request.place.memberOid,
        requestId: request.id,
        durationMs: request.durationMs,
        setRole: termsOf(request).setRole,
      })),
    );
    // crash point: after-grant-before-active
    const noInherit = new Set(facts.filter((fact) => needsSetRole(server, fact)).map(factKey));
    undone.push(...(await record(deps, placed, answers, noInherit)));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    if (error.passing || isTurnedAway(error)) {
      const blocked = tried.map((request) => ({ request, error }));
      await recordBlocked(deps, blocked);
      undone.push(...tried.map(({ id }) => id));
    } else await fail(deps, tried, error.message);
  }
  return undone;
}

/** The server didn't let Hallpass in, whatever it asks for: that has to be fixed there, and asking again won't help. */
function isTurnedAway(error: HallpassError): boolean {
  return error instanceof TargetError && error.kind === 'login_refused';
}

/** Two installations that share a login take each other's memberships for orphans: the one that came second grants nothing. */
export function sharedLogin(login: string): HallpassError {
  return new HallpassError(`another installation of Hallpass uses the login ${login} there`, {
    passing: false,
    nextStep: 'Give each installation a login of its own on every server (hallpass setup-sql).',
  });
}

/**
 * Records the outcome of each GRANT.
 * @param noInherit the pairs whose login has nothing of the role before SET ROLE, by `pairKey`.
 * @returns the ids to be tried again.
 */
async function record(
  deps: GrantDeps,
  placed: readonly Placed[],
  answers: readonly Granted[],
  noInherit: ReadonlySet<string>,
): Promise<readonly number[]> {
  const byKey = byPair(answers);
  const granted = new Map<number, RequestEvent>();
  const failed = new Map<number, RequestEvent>();
  const blocked: Blocked[] = [];
  for (const request of placed) {
    const { id } = request;
    const pair = pairKey(request.place);
    const answer = byKey.get(pair);
    const failWith = (trouble: string) => failed.set(id, { type: 'grant_failed', trouble });
    if (answer?.outcome === 'granted') {
      const { mark, users } = answer;
      granted.set(id, { type: 'granted', mark, users, setRoleFirst: noInherit.has(pair) });
    } else if (answer?.outcome === 'held') failWith(alreadyHolds(request, answer.via));
    else if (answer?.outcome === 'failed' && !answer.error.passing) failWith(answer.error.message);
    else {
      const error = answer?.error ?? asHallpassError('the target did not answer for it');
      blocked.push({ request, error });
    }
  }
  await changeEach(deps, failed);
  await recordBlocked(deps, blocked);
  const outcomes = await changeEach(deps, granted);
  for (const request of placed) {
    if (granted.has(request.id) && outcomes.get(request.id)?.ok !== true) await undo(deps, request);
  }
  return blocked.map(({ request }) => request.id);
}

/** The request has ended, or is ending, while its GRANT was under way: no request wants this membership, so it has to go. */
async function undo(deps: GrantDeps, request: Placed): Promise<void> {
  const { requests } = await readOpenRequest(deps.db, request);
  // A new request may want it by now. One that is still ending doesn't, and the proof of another process, which looked
  // before this GRANT was committed, may be about to end it.
  if (requests.some(({ state }) => state === 'granting' || state === 'active')) return;
  const { target, role, login, place } = request;
  const [latest = request] = (await readRequests(deps.db, [request.id])).requests;
  await revokeStrays(deps, [
    { kind: 'late', target, role, login, request: latest, place, terms: termsOf(latest) },
  ]);
  // crash point: after-late-grant-before-taken-back
}

async function fail(deps: GrantDeps, requests: readonly AccessRequest[], trouble: string): Promise<void> {
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'grant_failed', trouble } }),
  );
}
