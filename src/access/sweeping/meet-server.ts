/**
 * Which server answers at a target's address, and what follows (domain/postgres/server-identity.ts). Invariants kept here:
 * - what a server shows is a proof only for the grants that were made on it: a copy proves nothing about its original;
 * - while anything is granted on the known server, nothing is granted on one that may be a copy;
 * - when it is another one than at the last look, everything is compared at once.
 */

import { describeMove, type ServerIdentity, standingOf } from '../../domain/postgres/server-identity.js';
import type { MembershipId } from '../../domain/request/request.js';
import { insertEvent } from '../../ledger/audit/insert-event.js';
import {
  adoptServer,
  type Replacement,
  readKnownPlace,
  recordStranger,
} from '../../ledger/targets/servers.js';
import type { Server } from '../../postgres/target.js';
import type { Message } from '../../surfaces/kit/message.js';
import { mayBeACopy, takenForOwn } from '../../surfaces/operators/servers.js';
import type { TellDeps } from '../change.js';
import { namesOf, tellOperators } from '../telling/operators.js';

/** How the server that answers stands to the one that is known. */
export interface MetServer {
  /** What it shows counts for the grants that are open. */
  readonly isKnown: boolean;
  /** Why it is another server than at the last comparison; null when it is the same. */
  readonly moved: string | null;
  /** An operator's word that this one has replaced the known one; null when there is none, or nothing to do. */
  readonly replaced: Replacement | null;
}

/**
 * Tells which server a comparison meets, and takes it for the target's own when that is certain, or when no grant is open
 * for which it matters.
 * @param places where grants are open.
 */
export async function meet(
  deps: TellDeps,
  name: string,
  server: Server,
  anchor: number | null,
  places: readonly Pick<MembershipId, 'server'>[],
): Promise<MetServer> {
  const { db, config, logger } = deps;
  const { known, moved, replaced: word } = await readKnownPlace(db, name);
  const seen = { ...identityOf(server), anchor };
  const another: MetServer = { isKnown: false, moved: null, replaced: word?.id === server.id ? word : null };
  if (known === null) {
    // The release before has granted on another server, and that one is awaited.
    if (places.some((place) => place.server !== server.id)) return another;
    await adoptServer(db, name, null, seen, null);
    return { isKnown: true, moved, replaced: null };
  }
  const standing = standingOf(known, seen);
  if (standing === 'same') {
    await adoptServer(db, name, known, seen, null);
    return { isKnown: true, moved, replaced: null };
  }
  const open = places.filter(({ server: id }) => standing !== 'other' || id !== server.id).length;
  const facts = { ...namesOf(config, name), known, seen };
  if (open > 0 && standing === 'other') return another;
  if (open > 0 && standing === 'unknown') {
    if (await recordStranger(db, name, seen)) {
      logger.error({ target: name, known, seen }, 'another server answers, which may be a copy');
      await insertEvent(db, null, {
        kind: 'server_unknown',
        actor: null,
        data: { target: name, known, seen },
      });
    }
    await tellToday(deps, `server:${name}`, seen, mayBeACopy({ ...facts, open }));
    return { isKnown: false, moved: null, replaced: null };
  }
  // A restart loses nothing that we committed: what is missing afterwards was revoked by somebody else.
  const after = standing === 'restarted' ? null : describeMove(standing, known, seen);
  if (await adoptServer(db, name, known, seen, after)) {
    logger.warn({ target: name, standing, known, seen }, 'another server answers than at the last look');
    await insertEvent(db, null, {
      kind: 'server_moved',
      actor: null,
      data: { target: name, standing, known, seen },
    });
    if (standing === 'unknown') await tellToday(deps, `taken:${name}`, seen, takenForOwn(facts));
    // What was refused because this server had not been compared yet is done at once.
    deps.outbox.kick();
    deps.sweeps.wake(name);
  }
  return { isKnown: true, moved: after ?? moved, replaced: null };
}

/** Once a day for each server that answers. */
async function tellToday(deps: TellDeps, key: string, seen: ServerIdentity, message: Message): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  await tellOperators(deps, `${key}:${seen.id}:${seen.startedAt}:${today}`, message);
}

/** Of a server, only what it is known by. */
export function identityOf({ id, timeline, startedAt, lsn }: ServerIdentity): ServerIdentity {
  return { id, timeline, startedAt, lsn };
}
