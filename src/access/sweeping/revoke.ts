/**
 * The one way out. However a membership leaves, it is revoked here, by server identity and OIDs; the sessions that could
 * still use it are ended; and it is recorded as gone only when the target showed both. A target that can't be asked
 * proves nothing, and the intent stands: in the request's state, or in a row of `strays`.
 */
import { pairKey } from '../../domain/memberships.js';
import { addUsers, type OtherUser } from '../../domain/request.js';
import { HallpassError } from '../../errors.js';
import type { Ending } from '../../ledger/read-due.js';
import { forgetChecked } from '../../ledger/targets.js';
import { TargetError } from '../../postgres/errors.js';
import type { Revoked, SessionsEnded, Target } from '../../postgres/target.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { askFormer, type FormerGrant, whyNotGone } from './former-login.js';
import { askable, type Leaving, type Left, type Outcome } from './leaving.js';
import { recordLeft } from './record-left.js';
import { sayingWhenLate } from './slow-server.js';
import { asHallpassError } from './trouble.js';

/** What one server showed after the REVOKE; nothing of it is recorded yet. */
export interface AfterRevoke {
  readonly server: string;
  /**
   * The membership is gone, and sessions may be left. `found` as in Outcome; `users`: everybody who could use it through
   * the login, known from before or seen just before it went.
   */
  readonly gone: readonly {
    readonly leaving: Leaving;
    readonly found: boolean;
    readonly users: readonly OtherUser[];
  }[];
  /** Nothing more is to be done for these. */
  readonly done: readonly Left[];
}

/** Takes the memberships away. Until `settle` has recorded it, the intent to take them away stands. */
export async function revoke(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'logger'>,
  name: string,
  target: Target,
  leaving: readonly Leaving[],
): Promise<readonly AfterRevoke[]> {
  const revoked: AfterRevoke[] = [];
  for (const group of askable(leaving)) {
    const { server } = group;
    // crash point: before-revoke
    const answers = await sayingWhenLate(
      deps,
      group.leaving,
      'Hallpass is revoking it, and the server has not answered yet.',
      ask(deps, name, target, server, group.leaving),
    );
    // crash point: after-revoke-before-sessions
    const former = await formerGrants(target, server, group.leaving, answers);
    const gone: AfterRevoke['gone'][number][] = [];
    const done: Left[] = [];
    for (const each of group.leaving) {
      const answer = answers.get(pairKey(each.place));
      const found = answer?.outcome === 'absent';
      const error = whyUnproved(answer, each, former);
      const users = answer && 'users' in answer ? addUsers(each.users, answer.users) : each.users;
      if (error !== null) done.push({ leaving: each, outcome: { is: 'failed', error } });
      else if (leavesSessions(each, answer, users)) gone.push({ leaving: each, found, users });
      else done.push({ leaving: each, outcome: { is: 'gone', found, closed: 0, prepared: [] } });
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
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'logger'>,
  target: Target,
  revoked: readonly AfterRevoke[],
): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const { server, gone, done } of revoked) {
    const ended = await sayingWhenLate(
      deps,
      gone.map(({ leaving }) => leaving),
      'The role is revoked; Hallpass waits until every server shows that no session can still use it.',
      endSessions(target, server, gone),
    );
    left.push(...done, ...ended);
  }
  await recordLeft(deps, left);
  return left;
}

/** May a session still use what was taken away? Not where it never was, nor where somebody else grants it as well. */
function leavesSessions(
  { terms, isDoubtful }: Leaving,
  answer: Revoked | undefined,
  users: readonly OtherUser[],
): boolean {
  if (terms.sessions === 'leave') return false;
  if (answer?.outcome === 'absent' && isDoubtful) return false;
  if (answer?.outcome === 'dropped') return true;
  // Who is still a member by somebody else may have members of its own that can't use the role in that way.
  return answer !== undefined && answer.outcome !== 'failed' && (!answer.stillHeld || users.length > 0);
}

/** Ends what these left; each has an answer of its own. */
async function endSessions(
  target: Target,
  server: string,
  gone: AfterRevoke['gone'],
): Promise<readonly Left[]> {
  if (gone.length === 0) return [];
  let byPair: ReadonlyMap<string, SessionsEnded>;
  try {
    const answers = await target.endSessions(
      server,
      gone.map(({ leaving: { place, terms, before }, users }) => ({
        roleOid: place.roleOid,
        memberOid: place.memberOid,
        sessions: terms.sessions === 'all' ? 'all' : 'auto',
        setRole: terms.setRole,
        users: users.map(({ oid }) => oid),
        before,
      })),
    );
    byPair = new Map(answers.map((answer) => [pairKey(answer), answer]));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    return gone.map(({ leaving }) => ({ leaving, outcome: { is: 'failed', error } }));
  }
  // crash point: after-sessions-before-ended
  return gone.map(({ leaving, found, users }) => ({
    leaving,
    outcome: outcomeOf(byPair.get(pairKey(leaving.place)), found, users),
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
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps'>,
  requests: readonly Pick<Ending, 'id'>[],
): Promise<void> {
  const proof = { found: false, closed: 0, prepared: [] };
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'proved_gone', proof } }),
  );
}

/** Null when the membership is proved gone. */
function whyUnproved(
  answer: Revoked | undefined,
  { place }: Leaving,
  former: ReadonlyMap<string, FormerGrant> | HallpassError,
): HallpassError | null {
  if (answer === undefined) return asHallpassError('the target did not answer for it');
  if (answer.outcome === 'failed') return answer.error;
  if (answer.outcome !== 'absent') return null;
  if (former instanceof HallpassError) return former;
  const grant = former.get(pairKey(place));
  return grant === undefined ? null : whyNotGone(grant);
}

/**
 * Of what was absent: it may only be absent for the login that we are today. By `pairKey`. Why that could not be read
 * concerns those alone.
 */
async function formerGrants(
  target: Target,
  server: string,
  leaving: readonly Leaving[],
  answers: ReadonlyMap<string, Revoked>,
): Promise<ReadonlyMap<string, FormerGrant> | HallpassError> {
  const absent = leaving.filter(({ place }) => answers.get(pairKey(place))?.outcome === 'absent');
  if (absent.length === 0) return new Map();
  try {
    const { grantorOid } = (await target.look([])).server;
    const places = absent.map(({ place }) => place).filter((place) => place.grantorOid !== grantorOid);
    return await askFormer(target, server, places);
  } catch (thrown) {
    return asHallpassError(thrown);
  }
}

async function ask(
  { db }: Pick<Deps, 'db'>,
  name: string,
  target: Target,
  server: string,
  leaving: readonly Leaving[],
): Promise<ReadonlyMap<string, Revoked>> {
  const places = leaving.map(({ place }) => place);
  try {
    const answers = await target.revoke(server, places);
    return new Map(answers.map((answer) => [pairKey(answer), answer]));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    // The operators must hear of it: the comparison of all our memberships tells them.
    if (error instanceof TargetError && error.kind === 'other_server') await forgetChecked(db, name);
    return new Map(places.map((place) => [pairKey(place), { ...place, outcome: 'failed', error }]));
  }
}
