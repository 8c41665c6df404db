/**
 * An operator says that the server of a target was replaced for good. Invariants kept here:
 * - nothing on the old server counts as confirmed: a request is closed because of the operator's word, and after what
 *   stands on the new one under the same names was proved gone;
 * - the word is in the ledger before anything is done, so that a running Hallpass finishes what a command began.
 */
import { isSame, pairKey } from '../../domain/postgres/memberships.js';
import { describeMove, describeServer } from '../../domain/postgres/server-identity.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import type { Proof } from '../../domain/request/request-events.js';
import { HallpassError } from '../../errors.js';
import { insertEvent } from '../../ledger/audit/insert-event.js';
import { readWanted } from '../../ledger/requests/read-requests.js';
import {
  adoptServer,
  type KnownPlace,
  type Replacement,
  readKnownPlace,
  recordReplaced,
} from '../../ledger/targets/servers.js';
import type { Membership, Target } from '../../postgres/target.js';
import { serverReplaced } from '../../surfaces/operators/servers.js';
import { change, type TellDeps } from '../change.js';
import type { Deps } from '../deps.js';
import { identityOf } from '../sweeping/meet-server.js';
import { type Outcome, ofReplaced, type Revocation } from '../sweeping/revocation.js';
import { revoke, settle } from '../sweeping/revoke.js';
import { namesOf, tellOperators } from '../telling/operators.js';
import { anchorOf } from './anchors.js';

/** What an operator's word would do. */
interface Foreseen {
  /** False: the server that Hallpass knows answers, and there is nothing to decide. */
  readonly isAnother: boolean;
  readonly lines: readonly string[];
}

/** Requests granted on another server than this one. */
function elsewhere(requests: readonly AccessRequest[], id: string): readonly AccessRequest[] {
  return requests.filter(({ place }) => place !== null && place.server !== id);
}

/** Those whose role and login stand among these memberships, on a server that isn't theirs. */
export function stillStanding(
  requests: readonly AccessRequest[],
  id: string,
  memberships: readonly Membership[],
): readonly AccessRequest[] {
  const away = elsewhere(requests, id);
  if (away.length === 0) return [];
  const there = new Set(memberships.map(nameKey));
  return away.filter((request) => there.has(nameKey(request)));
}

/** One membership by its names, as a key. */
export function nameKey({ role, login }: { readonly role: string; readonly login: string }): string {
  return JSON.stringify([role, login]);
}

/** Changes nothing. @throws TargetError */
export async function foreseeReplaced(
  { db }: Pick<Deps, 'db'>,
  name: string,
  target: Target,
): Promise<Foreseen> {
  const [{ requests }, { known }] = await Promise.all([readWanted(db, name), readKnownPlace(db, name)]);
  const { server, memberships } = await target.list();
  const says = (verb: string, place: KnownPlace['known']) =>
    place === null ? [] : [`${verb}: system identifier ${place.id}, ${describeServer(place)}`];
  const servers = [
    ...says('known', known),
    `answers: system identifier ${server.id}, ${describeServer(server)}`,
  ];
  const moved = elsewhere(requests, server.id);
  if (moved.length > 0) {
    const standing = new Set(stillStanding(requests, server.id, memberships));
    const foreseen = (request: AccessRequest) =>
      standing.has(request)
        ? 'stands on the new server; is revoked there, with its sessions'
        : 'is not on the new server; is closed';
    const lines = moved.map((request) => `${about(request)}: ${foreseen(request)}`);
    return { isAnother: true, lines: [...servers, ...lines] };
  }
  if (known === null || (known.id === server.id && known.startedAt === server.startedAt)) {
    return { isAnother: false, lines: [...servers, 'the server that Hallpass knows answers'] };
  }
  const there = new Set(memberships.map(pairKey));
  const lines = requests.flatMap((request) => {
    const { place } = request;
    if (place === null || !isSame(place, { ...server, server: server.id })) return [];
    const stands = there.has(pairKey(place));
    return [`${about(request)}: ${stands ? 'stands there; goes on to its end' : 'is not there; is closed'}`];
  });
  return { isAnother: true, lines: [...servers, ...lines] };
}

/** How operators' commands name a request. */
export function about({ id, role, login }: AccessRequest): string {
  return `${requestName(id)} (${role} to ${login})`;
}

/**
 * Writes the operator's word down, and does what follows from it.
 * @param word `id` is the system_identifier of what was shown to the operator.
 * @returns a line for each request; `left` when some are not closed yet: Hallpass goes on with them.
 * @throws TargetError, HallpassError
 */
export async function replace(
  deps: TellDeps,
  name: string,
  target: Target,
  { by, because }: Omit<Replacement, 'id'>,
): Promise<{ readonly lines: readonly string[]; readonly left: boolean }> {
  const { db, config } = deps;
  const { server, surroundings } = await target.look([]);
  const { known } = await readKnownPlace(db, name);
  const word = { by, because, id: server.id };
  if (!(await recordReplaced(db, name, word))) {
    throw new HallpassError(`the ledger has no target ${name}`, { passing: false });
  }
  await insertEvent(db, null, {
    kind: 'server_replaced',
    actor: null,
    data: { target: name, by, because, known, now: identityOf(server) },
  });
  const { now, requests } = await readWanted(db, name);
  const settled = await settleReplaced(deps, name, target, requests, word);
  if (!settled.left) {
    const after = describeMove(known?.id === server.id ? 'unknown' : 'other', known ?? server, server);
    const seen = { ...identityOf(server), anchor: anchorOf(surroundings.anchor)?.seq ?? null };
    await adoptServer(db, name, known, seen, after);
  }
  const facts = { ...namesOf(config, name), by, because, closed: settled.lines.length };
  await tellOperators(deps, `replaced:${name}:${now.getTime()}`, serverReplaced(facts));
  deps.outbox.kick();
  deps.sweeps.wake(name);
  return settled;
}

/**
 * Closes what was granted on the replaced server, once what stands on the new one under the same names is proved gone.
 * Idempotent.
 * @param requests the open ones of the target.
 * @throws TargetError
 */
export async function settleReplaced(
  deps: TellDeps,
  name: string,
  target: Target,
  requests: readonly AccessRequest[],
  word: Replacement,
): Promise<{ readonly lines: readonly string[]; readonly left: boolean }> {
  const moved = elsewhere(requests, word.id);
  if (moved.length === 0) return { lines: [], left: false };
  const { server, facts } = await target.look(moved);
  if (server.id !== word.id)
    throw new HallpassError(`another server answers at ${name} now`, { passing: true });
  const revocations: Revocation[] = [];
  const nowhere: AccessRequest[] = [];
  for (const [i, request] of moved.entries()) {
    const { roleOid, memberOid } = facts[i] ?? { roleOid: null, memberOid: null };
    if (roleOid === null || memberOid === null) nowhere.push(request);
    else {
      const place = { server: server.id, grantorOid: server.grantorOid, roleOid, memberOid };
      revocations.push(ofReplaced({ request, word }, place));
    }
  }
  const there = target.on(server);
  const settled = await settle(deps, there, await revoke(deps, name, there, revocations));
  const { by, because } = word;
  await change(
    deps,
    nowhere.map(({ id }) => id),
    () => ({ event: { type: 'replaced', by, because, proof: NEVER_THERE } }),
  );
  const lines = [
    ...nowhere.map((request) => `${about(request)}: was not there; closed`),
    ...settled.flatMap(({ revocation: { of }, outcome }) =>
      'word' in of ? [`${about(of.request)}: ${became(outcome)}`] : [],
    ),
  ];
  return { lines, left: settled.some(({ outcome }) => outcome.is !== 'gone') };
}

function became(outcome: Outcome): string {
  if (outcome.is !== 'gone') return `is not closed yet: ${outcome.error.message}`;
  return outcome.found ? 'was not there; closed' : 'revoked on the new server, and closed';
}

const NEVER_THERE: Proof = { found: true, closed: 0, prepared: [] };
