/**
 * Which server answers at a target's address, and what follows (domain/server-identity.ts). Invariants kept here:
 * - what a server shows is a proof for the grants that were made on it only: a copy proves nothing of its original;
 * - while anything is out on the known server, nothing is granted on one of which nobody can tell whether it is a copy;
 * - when it is another one than at the last look, everything is compared at once.
 */

import type { NotedAnchor } from '../../domain/anchor.js';
import { pairKey } from '../../domain/memberships.js';
import type { MembershipId } from '../../domain/request.js';
import {
  describeMove,
  describeServer,
  type ServerIdentity,
  standingOf,
} from '../../domain/server-identity.js';
import { coerceError, HallpassError } from '../../errors.js';
import { insertEvent } from '../../ledger/insert-event.js';
import type { Queryable } from '../../ledger/pool.js';
import {
  adoptServer,
  compareAtOnce,
  type Replacement,
  readKnownPlace,
  readStandpoint,
  recordSeen,
  recordStranger,
} from '../../ledger/servers.js';
import { forgetChecked, type TargetRow } from '../../ledger/targets.js';
import { TargetError } from '../../postgres/errors.js';
import type { Server, Target, ToEnd } from '../../postgres/target.js';
import type { Message } from '../../surfaces/message.js';
import { mayBeACopy, takenForOwn } from '../../surfaces/servers.js';
import { type Deps, IDLE_EVERY_MS } from '../deps.js';
import { namesOf, tellOperators } from '../telling/operators.js';

/** What is done on the server that is known, and nowhere else. */
export function onKnownServer(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  name: string,
  target: Target,
  { known, stranger }: Pick<TargetRow, 'known' | 'stranger'>,
): Target {
  if (known === null) return target;
  if (stranger !== null) {
    const sessions = owed.get(target) ?? new Map<string, ToEnd>();
    owed.set(target, sessions);
    return withoutProof(target.on(stranger), sessions, mayBeCopy(namesOf(config, name).targetName, stranger));
  }
  return comparedWhenMoved(db, name, target.on(known));
}

/** Another server answers: the comparison that tells what became of it is made at once. */
function comparedWhenMoved(db: Queryable, name: string, target: Target): Target {
  const watched =
    <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      try {
        return await call(...args);
      } catch (thrown) {
        if (thrown instanceof TargetError && thrown.kind === 'other_server') await forgetChecked(db, name);
        throw thrown;
      }
    };
  return {
    ...target,
    grant: watched(target.grant),
    extend: watched(target.extend),
    revoke: watched(target.revoke),
    endSessions: watched(target.endSessions),
  };
}

/** Sessions that are still to be ended on servers that may be copies, for each target. */
const owed = new WeakMap<Target, Map<string, ToEnd>>();

/**
 * What is due is done there all the same: it is right if that was a failover, and takes nothing that anybody should have
 * if it is a copy. But nothing that it answers is a proof.
 */
function withoutProof(target: Target, sessions: Map<string, ToEnd>, error: HallpassError): Target {
  const refuse = () => Promise.reject(error);
  return {
    ...target,
    grant: refuse,
    extend: refuse,
    writeAnchor: refuse,
    async revoke(server, pairs) {
      const answers = await target.revoke(server, pairs);
      // Who was no member there has sessions of their own.
      for (const answer of answers) {
        if (answer.outcome !== 'gone') continue;
        const { roleOid, memberOid } = answer;
        sessions.set(pairKey(answer), {
          roleOid,
          memberOid,
          sessions: 'all',
          setRole: true,
          users: [],
          before: null,
        });
      }
      await endOwed(target, server, sessions);
      return answers.map((answer) =>
        answer.outcome === 'failed'
          ? answer
          : { roleOid: answer.roleOid, memberOid: answer.memberOid, outcome: 'failed', error },
      );
    },
  };
}

/** What could not be ended now is tried again with the next try. */
async function endOwed(target: Target, server: string, sessions: Map<string, ToEnd>): Promise<void> {
  if (sessions.size === 0) return;
  const answers = await target.endSessions(server, [...sessions.values()]);
  for (const answer of answers) {
    const owing = sessions.get(pairKey(answer));
    if (answer.outcome === 'ended') sessions.delete(pairKey(answer));
    else if (answer.outcome === 'open' && owing) {
      sessions.set(pairKey(answer), { ...owing, before: answer.before });
    }
  }
}

/** How what answers stands to what is known. */
export interface Met {
  /** What it shows counts for the grants that are out. */
  readonly isKnown: boolean;
  /** Why it is another server than at the last comparison; null when it is the same. */
  readonly moved: string | null;
  /** An operator's word that this one has replaced the one that is known; null when there is none, or nothing to do. */
  readonly replaced: Replacement | null;
}

/**
 * Tells which server a comparison meets, and takes it for the target's own when that is certain, or when nothing is out
 * for which it matters.
 * @param places where grants are out.
 */
export async function meet(
  deps: Pick<Deps, 'db' | 'config' | 'outbox' | 'sweeps' | 'logger'>,
  name: string,
  server: Server,
  anchor: number | null,
  places: readonly Pick<MembershipId, 'server'>[],
): Promise<Met> {
  const { db, config, logger } = deps;
  const { known, moved, replaced: word } = await readKnownPlace(db, name);
  const seen = { ...identityOf(server), anchor };
  const replaced = word?.id === server.id ? word : null;
  if (known === null) {
    // The release before has granted on another server, and that one is awaited.
    if (places.some((place) => place.server !== server.id)) {
      return { isKnown: false, moved: null, replaced };
    }
    await adoptServer(db, name, null, seen, null);
    return { isKnown: true, moved, replaced: null };
  }
  const standing = standingOf(known, seen);
  const open = places.filter(({ server: id }) => standing !== 'other' || id !== server.id).length;
  if (standing === 'same') {
    await adoptServer(db, name, known, seen, null);
    return { isKnown: true, moved, replaced: null };
  }
  const facts = { ...namesOf(config, name), known, seen };
  const isCertain = standing === 'restarted' || standing === 'failed_over' || open === 0;
  if (!isCertain) {
    if (standing === 'other') return { isKnown: false, moved: null, replaced };
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
  // A restart loses nothing that we committed: what is missing after it was taken away by somebody.
  const after = standing === 'restarted' ? null : describeMove(standing, known, seen);
  if (await adoptServer(db, name, known, seen, after)) {
    logger.warn({ target: name, standing, known, seen }, 'the server is another one than at the last look');
    await insertEvent(db, null, {
      kind: 'server_moved',
      actor: null,
      data: { target: name, standing, known, seen },
    });
    if (standing === 'unknown') await tellToday(deps, `taken:${name}`, seen, takenForOwn(facts));
    // What was refused because it was not looked at yet is done at once.
    deps.outbox.kick();
    deps.sweeps.wake(name);
  }
  return { isKnown: true, moved: after ?? moved, replaced: null };
}

/** Once a day for each server that answers. */
async function tellToday(
  deps: Pick<Deps, 'db' | 'config' | 'outbox'>,
  key: string,
  seen: ServerIdentity,
  message: Message,
): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  await tellOperators(deps, `${key}:${seen.id}:${seen.startedAt}:${today}`, message);
}

/**
 * May roles be granted on the server that answered?
 * @throws HallpassError
 */
export async function assertMayGrant(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  name: string,
  server: Server,
): Promise<void> {
  const { known, stranger, twin, isTwinSure, byFormerLogin } = await readStandpoint(db, name, server, [
    ...config.targets.keys(),
  ]);
  if (stranger !== null) throw mayBeCopy(namesOf(config, name).targetName, stranger);
  if (known !== null && (known.id !== server.id || known.startedAt !== server.startedAt)) {
    await forgetChecked(db, name);
    throw new HallpassError(
      known.id === server.id
        ? 'This is not the server of the last look, or it was restarted: everything is compared first.'
        : `another server answers at ${namesOf(config, name).targetName}’s address than before`,
      { passing: true },
    );
  }
  if (byFormerLogin !== null) {
    throw new HallpassError(
      `Hallpass now logs in as ${server.login}, and R-${byFormerLogin} was granted there by another login: nothing new is granted until that has ended`,
      { passing: false, nextStep: 'An operator can see with `hallpass check` what keeps it from ending.' },
    );
  }
  if (twin === null) return;
  if (isTwinSure) {
    throw new HallpassError(`${name} is the same server as ${twin}: roles belong to a whole server`, {
      passing: false,
      nextStep: 'Ask for the role there.',
    });
  }
  // Both are looked at once more.
  await forgetChecked(db, twin);
  await forgetChecked(db, name);
  throw new HallpassError(`Hallpass has to see first whether ${name} is the same server as ${twin}`, {
    passing: true,
  });
}

/**
 * Looks, each time that it is called, which server each busy target is. An idle one with standbys is looked at as often as
 * its memberships are compared: what one of its standbys becomes is to be recognized.
 */
export function createServerWatch(
  deps: Pick<Deps, 'db' | 'config' | 'outbox' | 'sweeps' | 'logger' | 'targets' | 'background'>,
): {
  /** @param busy where something is out, or ended within the hour */
  look(busy: readonly string[]): Promise<void>;
} {
  const looked = new Map<string, number>();
  const looking = new Set<string>();
  return {
    async look(busy) {
      const due = new Set(busy);
      for (const [name, { replicas }] of deps.config.targets) {
        const age = performance.now() - (looked.get(name) ?? Number.NEGATIVE_INFINITY);
        if (replicas.length > 0 && age >= IDLE_EVERY_MS) due.add(name);
      }
      // One that doesn't answer holds up none of the others.
      for (const name of due) {
        if (looking.has(name)) continue;
        looking.add(name);
        looked.set(name, performance.now());
        const look = lookAt(deps, name).finally(() => looking.delete(name));
        deps.background('look which server answers', look);
      }
    },
  };
}

/** Asks a server who it is, and its standbys; what differs has everything compared at once. */
async function lookAt(
  { db, outbox, sweeps, logger, targets }: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'logger' | 'targets'>,
  name: string,
): Promise<void> {
  const target = targets.get(name);
  if (target === undefined) return;
  const { known, stranger } = await readKnownPlace(db, name);
  try {
    const { server } = await target.look([]);
    if (server.inRecovery) return;
    const isKnown = known?.id === server.id && known.startedAt === server.startedAt;
    // A stranger that is still there was told of.
    if (isKnown ? stranger !== null : stranger?.startedAt !== server.startedAt) {
      await compareAtOnce(db, name);
      outbox.kick();
      sweeps.wake(name);
    }
    if (!isKnown) return;
    const own = (await target.standbys()).filter(({ id }) => id === server.id);
    await recordSeen(db, name, server, Object.fromEntries(own.map((one) => [one.name, one.startedAt])));
  } catch (thrown) {
    logger.debug({ err: coerceError(thrown), target: name }, 'a server could not be asked who it is');
  }
}

function mayBeCopy(targetName: string, stranger: ServerIdentity): HallpassError {
  return new HallpassError(
    `Another server answers at ${targetName}’s address (${describeServer(stranger)}). It may be a failover or a copy: nothing that it shows is a proof, and nothing is granted there, until an operator says which.`,
    { passing: true, nextStep: 'Operators: run `hallpass recover --replaced` with the name of the target.' },
  );
}

/** The number of an anchor; null when there is none. */
export function seqOf(anchor: NotedAnchor): number | null {
  return anchor === null || anchor === 'garbled' ? null : anchor.seq;
}

function identityOf({ id, timeline, startedAt, lsn }: Server): ServerIdentity {
  return { id, timeline, startedAt, lsn };
}
