/**
 * Taking back: by server identity and OIDs, and recorded only from what the target showed afterwards. A target
 * that cannot be asked proves nothing, and the intent to take back stands. Gone needs both proofs: of the membership,
 * and of the sessions that could still use it.
 */
import { pairKey } from '../domain/compare.js';
import { addUsers, lendingOf, type OtherUser, type Proof } from '../domain/request.js';
import type { Ending } from '../ledger/read-due.js';
import { forgetChecked } from '../ledger/targets.js';
import { TargetError } from '../target/errors.js';
import type { SessionsEnded, TakenBack, Target } from '../target/target.js';
import { byServer, type Placed } from './by-server.js';
import { change } from './change.js';
import type { Deps } from './deps.js';
import { askFormer, type FormerGrant, whyNotGone } from './former-login.js';
import { asHallpassError, type Hindered, recordHindered } from './hindered.js';

interface Gone extends Placed<Ending> {
  readonly found: boolean;
  /** Everybody who could use it through the login, known from before or seen just before it went. */
  readonly users: readonly OtherUser[];
}

/** What the target showed of some requests after the REVOKE; nothing of it is recorded yet. */
export interface Revoked {
  readonly server: string;
  /** Gone, with sessions that may still use it; and gone for good. */
  readonly gone: readonly Gone[];
  readonly settled: readonly Gone[];
  readonly failed: readonly Hindered[];
}

/** Takes the memberships away. Until `settle` has recorded it, the intent to take them back stands. */
export async function revoke(
  deps: Pick<Deps, 'db'>,
  target: Target,
  requests: readonly Ending[],
): Promise<readonly Revoked[]> {
  const revoked: Revoked[] = [];
  for (const [server, placed] of byServer(requests)) {
    // crash point: before-revoke
    const answers = await takeBack(deps, target, server, placed);
    // crash point: after-revoke-before-sessions
    const former = await formerGrants(target, server, placed, answers);
    const gone: Gone[] = [];
    const settled: Gone[] = [];
    const failed: Hindered[] = [];
    for (const { request, place } of placed) {
      const answer = answers.get(pairKey(place));
      const grant = former.get(pairKey(place));
      const notGone = grant === undefined ? null : whyNotGone(grant);
      if (answer === undefined) {
        failed.push({ request, error: asHallpassError('the target did not answer for it') });
      } else if (answer.outcome === 'failed') failed.push({ request, error: answer.error });
      else if (notGone !== null) failed.push({ request, error: notGone });
      else {
        const users = addUsers(request.users, answer.outcome === 'dropped' ? [] : answer.users);
        const one = { request, place, found: answer.outcome === 'absent', users };
        (leavesSessions(request, answer) ? gone : settled).push(one);
      }
    }
    revoked.push({ server, gone, settled, failed });
  }
  return revoked;
}

/**
 * Ends the sessions that are left, of all of these before anything is recorded, and records what was proved.
 * @returns the ids that could not be settled now.
 */
export async function settle(
  deps: Pick<Deps, 'db' | 'changed' | 'logger'>,
  target: Target,
  revoked: readonly Revoked[],
): Promise<readonly number[]> {
  const sessions: Ended[] = [];
  for (const { server, gone } of revoked) sessions.push(await endSessions(target, server, gone));
  const undone: number[] = [];
  for (const [i, { gone, settled, failed }] of revoked.entries()) {
    const { byPair, hindered } = sessions[i] ?? NOBODY;
    const ended = gone.filter(({ place }) => byPair.get(pairKey(place))?.outcome === 'ended');
    await recordGone(deps, [...settled, ...ended], byPair);
    await recordOpen(deps, gone, byPair);
    await recordHindered(deps, [...failed, ...hindered]);
    undone.push(...[...failed, ...hindered].map(({ request }) => request.id));
  }
  return undone;
}

/** May a session still use what was taken back? Not where it never was, nor where somebody else lends it as well. */
function leavesSessions(request: Ending, answer: TakenBack): boolean {
  if (lendingOf(request).sessions === 'leave') return false;
  if (answer.outcome === 'absent' && request.why === 'failed') return false;
  if (answer.outcome === 'dropped') return true;
  // Who is still a member by somebody else may have members of its own that can't use the role in that way.
  return answer.outcome !== 'failed' && (!answer.stillHeld || request.users.length + answer.users.length > 0);
}

/** What became of the sessions, and the requests that they hinder. */
interface Ended {
  readonly byPair: ReadonlyMap<string, SessionsEnded>;
  readonly hindered: readonly Hindered[];
}

const NOBODY: Ended = { byPair: new Map(), hindered: [] };

/** Ends what these grants left. */
async function endSessions(target: Target, server: string, gone: readonly Gone[]): Promise<Ended> {
  if (gone.length === 0) return NOBODY;
  let answers: readonly SessionsEnded[];
  try {
    answers = await target.endSessions(
      server,
      gone.map(({ request, place, users }) => {
        const { sessions, setRole } = lendingOf(request);
        return {
          roleOid: place.roleOid,
          memberOid: place.memberOid,
          sessions: sessions === 'all' ? 'all' : 'auto',
          setRole,
          users: users.map(({ oid }) => oid),
          before: request.sessionsBefore,
        };
      }),
    );
  } catch (thrown) {
    const error = asHallpassError(thrown);
    return { byPair: new Map(), hindered: gone.map(({ request }) => ({ request, error })) };
  }
  // crash point: after-sessions-before-ended
  const byPair = new Map(answers.map((answer) => [pairKey(answer), answer]));
  const hindered = gone.flatMap(({ request, place }) => {
    const answer = byPair.get(pairKey(place));
    if (answer?.outcome === 'ended') return [];
    return [
      { request, error: answer?.error ?? asHallpassError('the target did not answer for its sessions') },
    ];
  });
  return { byPair, hindered };
}

/** Keeps the moment before which sessions count, so that a later try ends no session that never had the role. */
async function recordOpen(
  deps: Pick<Deps, 'db' | 'changed'>,
  gone: readonly Gone[],
  byPair: ReadonlyMap<string, SessionsEnded>,
): Promise<void> {
  const open = new Map(
    gone.flatMap(({ request, place, users }) => {
      const answer = byPair.get(pairKey(place));
      return answer?.outcome === 'open' ? [[request.id, { ...answer, users }] as const] : [];
    }),
  );
  await change(deps, [...open.keys()], ({ id }) => {
    const answer = open.get(id);
    if (answer === undefined) return null;
    const { before, error, users } = answer;
    return { event: { type: 'sessions_open', before, trouble: error.message, users } };
  });
}

async function recordGone(
  deps: Pick<Deps, 'db' | 'changed'>,
  gone: readonly Gone[],
  sessions: ReadonlyMap<string, SessionsEnded>,
): Promise<void> {
  const proofs = new Map(
    gone.map(({ request, place, found }): [number, Proof] => {
      const ended = sessions.get(pairKey(place));
      return ended?.outcome === 'ended'
        ? [request.id, { found, closed: ended.closed, prepared: ended.prepared }]
        : [request.id, { found, closed: 0, prepared: [] }];
    }),
  );
  await change(deps, [...proofs.keys()], ({ id }) => {
    const proof = proofs.get(id);
    return proof ? { event: { type: 'proved_gone', proof } } : null;
  });
}

/** Records that no GRANT was ever run for these. */
export async function recordNeverLent(
  deps: Pick<Deps, 'db' | 'changed'>,
  requests: readonly Pick<Ending, 'id'>[],
): Promise<void> {
  const proof = { found: false, closed: 0, prepared: [] };
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'proved_gone', proof } }),
  );
}

/** Of what was absent: it may only be absent for the login that we are today. By `pairKey`. */
async function formerGrants(
  target: Target,
  server: string,
  placed: readonly Placed<Ending>[],
  answers: ReadonlyMap<string, TakenBack>,
): Promise<ReadonlyMap<string, FormerGrant>> {
  const absent = placed.filter(({ place }) => answers.get(pairKey(place))?.outcome === 'absent');
  if (absent.length === 0) return new Map();
  const { grantorOid } = (await target.look([])).server;
  const places = absent.map(({ place }) => place).filter((place) => place.grantorOid !== grantorOid);
  return askFormer(target, server, places);
}

async function takeBack(
  { db }: Pick<Deps, 'db'>,
  target: Target,
  server: string,
  placed: readonly Placed<Ending>[],
): Promise<ReadonlyMap<string, TakenBack>> {
  const places = placed.map(({ place }) => place);
  try {
    const answers = await target.takeBack(server, places);
    return new Map(answers.map((answer) => [pairKey(answer), answer]));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    // The operators must hear of it: the comparison of all our memberships tells them.
    if (error instanceof TargetError && error.kind === 'other_server') {
      for (const name of new Set(placed.map(({ request }) => request.target))) await forgetChecked(db, name);
    }
    return new Map(places.map((place) => [pairKey(place), { ...place, outcome: 'failed', error }]));
  }
}
