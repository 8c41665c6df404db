/**
 * The drift check: the same comparison as a sweep's, over all memberships that our login granted on a target.
 * What nobody here asked for is revoked only when our own ledger says that it was granted and has ended; any
 * other is reported: an empty or restored ledger must not take access away.
 */
import { sortDue } from '../../domain/due.js';
import { diffMemberships, isSame, pairKey } from '../../domain/memberships.js';
import {
  type AccessRequest,
  addUsers,
  isExpired,
  isFinal,
  type MembershipId,
  requestName,
  termsOf,
} from '../../domain/request.js';
import { HallpassError } from '../../errors.js';
import { readReported } from '../../ledger/orphans.js';
import { readLastOfPlaces, readWanted } from '../../ledger/read-requests.js';
import { lastCompared } from '../../ledger/strays.js';
import type { ListedMembership, Membership, Server, Target } from '../../postgres/target.js';
import { loginChanged, loginDropped, loginShared, serverChanged } from '../../surfaces/operators.js';
import { serverMoved } from '../../surfaces/servers.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { recognise } from '../recovery/anchors.js';
import { nameKey, settleReplaced, stillStanding } from '../recovery/replaced.js';
import { namesOf, tellOperators } from '../telling/operators.js';
import { askFormer, type FormerGrant } from './former-login.js';
import { sharedLogin } from './grant.js';
import { reportOrphans } from './orphans.js';
import { recordNeverGranted } from './revoke.js';
import { type FoundStray, revokeStrays } from './strays.js';
import { meet, seqOf } from './which-server.js';

type DriftDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'roles' | 'logger'>;

/**
 * Compares everything, and mends what is ours to mend.
 * @param known this ledger has compared the target before.
 * @throws HallpassError when the target remembers another ledger, or another installation shares our login
 * @returns the system_identifier of the server that roles may be granted on: the one that grants are out on, else the
 *   one that answers.
 */
export async function checkDrift(
  deps: DriftDeps,
  name: string,
  target: Target,
  known: boolean,
): Promise<string> {
  // The ledger is read first: what is granted meanwhile is found explained below, what ended meanwhile is refused
  // by the state table.
  const { now, requests } = await readWanted(deps.db, name);
  const { server, surroundings, memberships } = await target.list();
  if (surroundings.isShared) await reportShared(deps, name, server.login, known);
  const says = await recognise(deps, name, surroundings.anchor, server.id);
  const here = { server: server.id, grantorOid: server.grantorOid };
  const placed = requests.flatMap(({ place }) => (place === null ? [] : [place]));
  const met = await meet(deps, name, server, says === 'ours' ? seqOf(surroundings.anchor) : null, placed);
  // From here on it is worked on as the server that was read, or not at all.
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
  // The sweep that this wakes proves it gone, with its sessions. What may be a copy proves nothing.
  await change(deps, met.isKnown ? missing.map(({ id }) => id) : [], () => ({
    event: { type: 'missing', lostBy: met.moved },
  }));
  await keepUsers(deps, server, requests, memberships);
  // What is out on the server from before was told of, and is nobody else's.
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
  /** The server on which some of them are, when it isn't this one. */
  readonly expected: string | undefined;
  readonly standing: readonly AccessRequest[];
  readonly former: ReadonlyMap<string, FormerGrant>;
  readonly now: Date;
}

/** Once a day. */
async function tellElsewhere(
  deps: DriftDeps,
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

/** It was granted by a login of ours that exists no more, and has gone with it. */
function hasGone(
  { state, place, expiresAt }: AccessRequest,
  former: ReadonlyMap<string, FormerGrant>,
  now: Date,
): boolean {
  if (state !== 'active' || place === null || isExpired({ expiresAt }, now)) return false;
  return former.get(pairKey(place))?.what === 'gone';
}

/** Who can use a grant through its login may have left before it ends, and a session that it opened may be there. */
async function keepUsers(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps'>,
  { id, grantorOid }: Server,
  requests: readonly AccessRequest[],
  memberships: readonly ListedMembership[],
): Promise<void> {
  const seen = new Map(
    memberships.flatMap((each) => (each.users.length === 0 ? [] : [[pairKey(each), each.users] as const])),
  );
  if (seen.size === 0) return;
  const news = new Map(
    requests.flatMap(({ id: request, place, users }) => {
      if (place === null || !isSame(place, { server: id, grantorOid })) return [];
      const others = seen.get(pairKey(place)) ?? [];
      return addUsers(users, others) === users ? [] : [[request, others] as const];
    }),
  );
  await change(deps, [...news.keys()], ({ id: request }) => ({
    event: { type: 'users_seen', users: news.get(request) ?? [] },
  }));
}

/** @throws HallpassError for who came second: until the other one is gone, this target is not known. */
async function reportShared(deps: DriftDeps, name: string, login: string, known: boolean): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const message = loginShared({ ...namesOf(deps.config, name), login, first: known });
  await tellOperators(deps, `shared:${name}:${day}`, message);
  if (!known) throw sharedLogin(login);
}

/** @param because why memberships may have come back that had been proved gone; null when nobody knows. */
async function settleUnexplained(
  deps: DriftDeps,
  name: string,
  server: Server,
  unexplained: readonly Membership[],
  known: boolean,
  because: string | null,
): Promise<void> {
  if (unexplained.length === 0) {
    await reportOrphans(deps, name, server, [], known);
    return;
  }
  const last = new Map(
    (await readLastOfPlaces(deps.db, server.id, unexplained)).flatMap((request) =>
      request.place ? [[pairKey(request.place), request] as const] : [],
    ),
  );
  const [reported, comparedAt] = await Promise.all([
    readReported(deps.db, name, server.id),
    lastCompared(deps.db, name),
  ]);
  const leftovers: FoundStray[] = [];
  const orphans: Membership[] = [];
  for (const membership of unexplained) {
    const { role, login, roleOid, memberOid } = membership;
    const request = last.get(pairKey(membership));
    // What a restored ledger can't know is reported, also where the same pair has ended before (accept.ts).
    if (request === undefined || reported.has(pairKey(membership))) orphans.push(membership);
    else if (isFinal(request.state)) {
      const { sessions, setRole } = termsOf(request);
      leftovers.push({
        ...{ kind: 'leftover', target: name, role, login, request, because, orphanId: null, askedBy: null },
        place: { server: server.id, grantorOid: server.grantorOid, roleOid, memberOid },
        absentAt: later(request.endedAt, comparedAt),
        terms: { sessions, setRole: setRole || membership.setRole },
      });
    }
  }
  // First what has to go; neither waits for a target, so that one membership's trouble is no other's.
  await revokeStrays(deps, leftovers);
  // crash point: after-leftover-found-before-revoked
  await reportOrphans(deps, name, server, orphans, known);
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
