/**
 * The one way out. However a membership leaves, it is revoked here, by server identity and OIDs; the sessions that could
 * still use it are ended; and it is recorded as gone only when the target showed both. A target that can't be asked
 * proves nothing, and the intent stands: in the request's state, or in a row of `strays`.
 */

import { byPair, pairKey } from '../../domain/postgres/memberships.js';
import { addUsers, type OtherUser } from '../../domain/request/other-users.js';
import { asHallpassError, HallpassError } from '../../errors.js';
import type { Ending } from '../../ledger/requests/read-due.js';
import { forgetChecked } from '../../ledger/targets/targets.js';
import { TargetError } from '../../postgres/errors.js';
import type { Revoked, SessionsEnded, Target } from '../../postgres/target.js';
import { type ChangeDeps, change, type TellDeps } from '../change.js';
import type { Deps } from '../deps.js';
import { askFormer, type FormerGrant, whyNotGone } from './former-login.js';
import { recordOutcomes } from './record-outcomes.js';
import { askable, type Outcome, type Revocation, type Settled } from './revocation.js';
import { sayingWhenLate } from './slow-server.js';

/** What one server showed after the REVOKE; none of it is recorded yet. */
export interface AfterRevoke {
  readonly server: string;
  /**
   * The membership is gone, and sessions may be left. `found` as in Outcome; `users`: everyone who could use it through
   * the login, known from before or seen just before it went.
   */
  readonly gone: readonly {
    readonly revocation: Revocation;
    readonly found: boolean;
    readonly users: readonly OtherUser[];
  }[];
  /** These need nothing more. */
  readonly done: readonly Settled[];
}

/** Revokes the memberships. Until `settle` has recorded it, the intent to revoke them stands. */
export async function revoke(
  deps: ChangeDeps & Pick<Deps, 'logger'>,
  name: string,
  target: Target,
  all: readonly Revocation[],
): Promise<readonly AfterRevoke[]> {
  const revoked: AfterRevoke[] = [];
  for (const { server, revocations } of askable(all)) {
    // crash point: before-revoke
    const answers = await sayingWhenLate(
      deps,
      revocations,
      'Hallpass is revoking it, and the server has not answered yet.',
      ask(deps, name, target, server, revocations),
    );
    // crash point: after-revoke-before-sessions
    const former = await formerGrants(target, server, revocations, answers);
    const gone: AfterRevoke['gone'][number][] = [];
    const done: Settled[] = [];
    for (const revocation of revocations) {
      const answer = answers.get(pairKey(revocation.place));
      const found = answer?.outcome === 'absent';
      const error = whyUnproved(answer, revocation, former);
      const users = answer && 'users' in answer ? addUsers(revocation.users, answer.users) : revocation.users;
      if (error !== null) done.push({ revocation, outcome: { is: 'failed', error } });
      else if (leavesSessions(revocation, answer, users)) gone.push({ revocation, found, users });
      else done.push({ revocation, outcome: { is: 'gone', found, closed: 0, prepared: [] } });
    }
    revoked.push({ server, gone, done });
  }
  return revoked;
}

/**
 * Ends the sessions that are left, of all of these before anything is recorded, and records what was proved.
 * @returns what became of each.
 */
export async function settle(
  deps: TellDeps,
  target: Target,
  revoked: readonly AfterRevoke[],
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  for (const { server, gone, done } of revoked) {
    const ended = await sayingWhenLate(
      deps,
      gone.map(({ revocation }) => revocation),
      'The role is revoked; Hallpass waits until every server shows that no session can still use it.',
      endSessions(target, server, gone),
    );
    settled.push(...done, ...ended);
  }
  await recordOutcomes(deps, settled);
  return settled;
}

/** May a session still use what was revoked? Not where it never was, nor where another grantor grants it as well. */
function leavesSessions(
  { terms, isDoubtful }: Revocation,
  answer: Revoked | undefined,
  users: readonly OtherUser[],
): boolean {
  if (terms.sessions === 'leave') return false;
  if (answer?.outcome === 'absent' && isDoubtful) return false;
  if (answer?.outcome === 'dropped') return true;
  // A login that is still a member through another grantor may have members of its own that can't use the role that way.
  return answer !== undefined && answer.outcome !== 'failed' && (!answer.stillHeld || users.length > 0);
}

/** Ends the sessions these left; each has its own answer. */
async function endSessions(
  target: Target,
  server: string,
  gone: AfterRevoke['gone'],
): Promise<readonly Settled[]> {
  if (gone.length === 0) return [];
  let answers: ReadonlyMap<string, SessionsEnded>;
  try {
    const ends = gone.map(({ revocation: { place, terms, before }, users }) => ({
      roleOid: place.roleOid,
      memberOid: place.memberOid,
      sessions: terms.sessions === 'all' ? ('all' as const) : ('auto' as const),
      setRole: terms.setRole,
      users: users.map(({ oid }) => oid),
      before,
    }));
    answers = byPair(await target.endSessions(server, ends));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    return gone.map(({ revocation }) => ({ revocation, outcome: { is: 'failed', error } }));
  }
  // crash point: after-sessions-before-ended
  return gone.map(({ revocation, found, users }) => ({
    revocation,
    outcome: outcomeOf(answers.get(pairKey(revocation.place)), found, users),
  }));
}

function outcomeOf(answer: SessionsEnded | undefined, found: boolean, users: readonly OtherUser[]): Outcome {
  switch (answer?.outcome) {
    case 'ended':
      return { is: 'gone', found, closed: answer.closed, prepared: answer.prepared };
    case 'open':
      return { is: 'open', found, before: answer.before, error: answer.error, users };
    case 'failed':
      return { is: 'failed', error: answer.error };
    case undefined:
      return { is: 'failed', error: asHallpassError('the target did not answer for its sessions') };
  }
}

/** Records that no GRANT was ever run for these. */
export async function recordNeverGranted(
  deps: ChangeDeps,
  requests: readonly Pick<Ending, 'id'>[],
): Promise<void> {
  const ids = requests.map(({ id }) => id);
  const proof = { found: false, closed: 0, prepared: [] };
  await change(deps, ids, () => ({ event: { type: 'proved_gone', proof } }));
}

/** Null when the membership is proved gone. */
function whyUnproved(
  answer: Revoked | undefined,
  { place }: Revocation,
  former: ReadonlyMap<string, FormerGrant> | HallpassError,
): HallpassError | null {
  if (answer === undefined) return asHallpassError('the target did not answer for it');
  if (answer.outcome === 'failed') return answer.error;
  if (answer.outcome !== 'absent') return null;
  if (former instanceof HallpassError) return former;
  const grant = former.get(pairKey(place));
  return grant === undefined ? null : whyNotGone(grant);
}

/** Of those that were absent: they may be absent only for our login of today. An error in reading that concerns them alone. */
async function formerGrants(
  target: Target,
  server: string,
  revocations: readonly Revocation[],
  answers: ReadonlyMap<string, Revoked>,
): Promise<ReadonlyMap<string, FormerGrant> | HallpassError> {
  const places = revocations.map(({ place }) => place);
  const absent = places.filter((place) => answers.get(pairKey(place))?.outcome === 'absent');
  if (absent.length === 0) return new Map();
  try {
    const { grantorOid } = (await target.look([])).server;
    return await askFormer(
      target,
      server,
      absent.filter((place) => place.grantorOid !== grantorOid),
    );
  } catch (thrown) {
    return asHallpassError(thrown);
  }
}

async function ask(
  { db }: Pick<Deps, 'db'>,
  name: string,
  target: Target,
  server: string,
  revocations: readonly Revocation[],
): Promise<ReadonlyMap<string, Revoked>> {
  const places = revocations.map(({ place }) => place);
  try {
    return byPair(await target.revoke(server, places));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    // The comparison of all our memberships tells the operators.
    if (error instanceof TargetError && error.kind === 'other_server') await forgetChecked(db, name);
    return byPair(places.map((place) => ({ ...place, outcome: 'failed', error })));
  }
}
