/**
 * The drift check: the same comparison as a sweep's, over all memberships that our login granted on a target.
 * What no open request explains is revoked only when our own ledger says that it was granted and has ended; anything
 * else is reported: an empty or restored ledger must not revoke anything.
 */

import { diffMemberships, isSame, pairKey } from '../../domain/postgres/memberships.js';
import { sortDue } from '../../domain/request/due.js';
import { addUsers } from '../../domain/request/other-users.js';
import {
  type AccessRequest,
  isExpired,
  type MembershipId,
  requestName,
} from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { HallpassError } from '../../errors.js';
import { readWanted } from '../../ledger/requests/read-requests.js';
import type { ListedMembership, Server, Target } from '../../postgres/target.js';
import {
  loginChanged,
  loginDropped,
  loginShared,
  serverChanged,
} from '../../surfaces/operators/operators.js';
import { serverMoved } from '../../surfaces/operators/servers.js';
import { type ChangeDeps, change, changeEach } from '../change.js';
import { anchorOf, recognize } from '../recovery/anchors.js';
import { nameKey, settleReplaced, stillStanding } from '../recovery/replaced.js';
import { namesOf, tellOperators } from '../telling/operators.js';
import { askFormer, type FormerGrant } from './former-login.js';
import { sharedLogin } from './grant.js';
import { meet } from './meet-server.js';
import type { OrphanDeps } from './orphans.js';
import { recordNeverGranted } from './revoke.js';
import { settleUnexplained } from './unexplained.js';

/**
 * Compares everything, and corrects what is ours to correct.
 * @param known this ledger has compared the target before.
 * @throws HallpassError when the target remembers another ledger, or another installation shares our login
 * @returns the system_identifier of the server that roles may be granted on: the one that has open grants, else the one
 *   that answers.
 */
export async function checkDrift(
  deps: OrphanDeps,
  name: string,
  target: Target,
  known: boolean,
): Promise<string> {
  // The ledger is read first: what is granted meanwhile is explained when it is read below, and the state table refuses
  // events for what ended meanwhile.
  const { now, requests } = await readWanted(deps.db, name);
  const { server, surroundings, memberships } = await target.list();
  if (surroundings.isShared) await reportShared(deps, name, server.login, known);
  const says = await recognize(deps, name, surroundings.anchor, server.id);
  const here = { server: server.id, grantorOid: server.grantorOid };
  const placed = requests.flatMap(({ place }) => (place === null ? [] : [place]));
  const seq = says === 'ours' ? (anchorOf(surroundings.anchor)?.seq ?? null) : null;
  const met = await meet(deps, name, server, seq, placed);
  // From here on the calls reach the server that was read, or none.
  const there = target.on(server);
  if (met.replaced !== null) {
    const { left } = await settleReplaced(deps, name, target, requests, met.replaced);
    if (left)
      throw new HallpassError('not all that was on the replaced server is closed yet', { passing: true });
    return checkDrift(deps, name, target, known);
  }
  const standing = stillStanding(requests, server.id, memberships);
  const former = await askFormer(
    there,
    server.id,
    met.isKnown ? placed.filter((place) => place.server === server.id && !isSame(place, here)) : [],
  );
  const elsewhere = placed.filter(
    (place) => !isSame(place, here) && former.get(pairKey(place))?.what !== 'gone',
  );
  const expected = elsewhere.find((place) => place.server !== server.id)?.server;
  await tellElsewhere(deps, name, server, { elsewhere, expected, standing, former, now });
  const { missing: unseen, unexplained } = diffMemberships(requests, { ...here, memberships }, now);
  const missing = [...unseen, ...requests.filter((request) => hasGone(request, former, now))];
  await recordNeverGranted(deps, sortDue(requests, now).neverGranted);
  // The sweep that this wakes proves them gone, with their sessions. What may be a copy proves nothing.
  await change(deps, met.isKnown ? missing.map(({ id }) => id) : [], () => ({
    event: { type: 'missing', lostBy: met.moved },
  }));
  await keepUsers(deps, server, requests, memberships);
  // Grants on the previous server have been told of, and explain memberships of the same names here.
  const ofBefore = new Set(standing.map(nameKey));
  const strange = unexplained.filter((membership) => !ofBefore.has(nameKey(membership)));
  await settleUnexplained(deps, name, server, strange, known, met.moved && `${met.moved}.`);
  if (met.moved !== null && met.isKnown && missing.length > 0) {
    const message = serverMoved({ ...namesOf(deps.config, name), after: met.moved, lost: missing });
    await tellOperators(deps, `moved:${name}:${server.startedAt}`, message);
  }
  return expected ?? server.id;
}

/** What the operators have to know of grants that our login of today can't see on the server that answers. */
interface Elsewhere {
  readonly elsewhere: readonly MembershipId[];
  /** The server that some of them are on, if it isn't this one. */
  readonly expected: string | undefined;
  readonly standing: readonly AccessRequest[];
  readonly former: ReadonlyMap<string, FormerGrant>;
  readonly now: Date;
}

/** Once a day. */
async function tellElsewhere(
  deps: OrphanDeps,
  name: string,
  server: Server,
  { elsewhere, expected, standing, former, now }: Elsewhere,
): Promise<void> {
  const open = elsewhere.length;
  if (open === 0) return;
  const today = now.toISOString().slice(0, 10);
  const on = namesOf(deps.config, name);
  if (expected !== undefined) {
    const names = standing.map(({ id }) => requestName(id));
    const message = serverChanged({ ...on, expected, found: server.id, open, standing: names });
    await tellOperators(deps, `server:${name}:${expected}:${server.id}:${today}`, message);
    return;
  }
  const { login } = server;
  const revokes = [...former.values()].flatMap((each) => (each.what === 'stands' ? [each.revoke] : []));
  const message =
    revokes.length > 0 ? loginDropped({ ...on, login, revokes }) : loginChanged({ ...on, login, open });
  await tellOperators(deps, `login:${name}:${server.grantorOid}:${today}`, message);
}

/** It was granted by a login of ours that has been dropped, and has gone with it. */
function hasGone(
  { state, place, expiresAt }: AccessRequest,
  former: ReadonlyMap<string, FormerGrant>,
  now: Date,
): boolean {
  if (state !== 'active' || place === null || isExpired({ expiresAt }, now)) return false;
  return former.get(pairKey(place))?.what === 'gone';
}

/** Someone who can use a grant through its login may lose that way before it ends, and leave a session behind: all are kept. */
async function keepUsers(
  deps: ChangeDeps,
  { id: server, grantorOid }: Server,
  requests: readonly AccessRequest[],
  memberships: readonly ListedMembership[],
): Promise<void> {
  const seen = new Map(memberships.map((membership) => [pairKey(membership), membership.users]));
  const news = new Map<number, RequestEvent>();
  for (const { id, place, users: known } of requests) {
    if (place === null || !isSame(place, { server, grantorOid })) continue;
    const users = seen.get(pairKey(place)) ?? [];
    if (addUsers(known, users) !== known) news.set(id, { type: 'users_seen', users });
  }
  await changeEach(deps, news);
}

/** @throws HallpassError for the installation that came second: while the other one is there, this target stays unknown. */
async function reportShared(deps: OrphanDeps, name: string, login: string, known: boolean): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const message = loginShared({ ...namesOf(deps.config, name), login, first: known });
  await tellOperators(deps, `shared:${name}:${day}`, message);
  if (!known) throw sharedLogin(login);
}
