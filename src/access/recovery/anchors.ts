/**
 * Is this the ledger that granted on a target, as it stood then? Each target keeps an anchor: how far the audit chain went
 * (domain/audit/anchor.ts). Invariants kept here:
 * - a ledger whose chain doesn't hold the anchor neither grants nor revokes anything there, until an operator decides
 *   (`hallpass recover`): it doesn't know what was extended since, nor what was ended;
 * - it assigns no id that the ledger before it may have assigned, as far as that ledger's own key vouches for the anchor;
 * - a forged anchor stops no revocation of a ledger that has not gone back;
 * - an anchor is overwritten only by a ledger that holds it.
 */
import {
  type Anchor,
  type AnchorPlace,
  formatAnchor,
  isSigned,
  type NotedAnchor,
  signAnchor,
} from '../../domain/audit/anchor.js';
import { coerceError, HallpassError } from '../../errors.js';
import {
  holdsAnchor,
  readAnchored,
  readReach,
  recordAnchored,
  recordDoubt,
} from '../../ledger/audit/anchor.js';
import { insertEvent } from '../../ledger/audit/insert-event.js';
import { skipFirstIds, skipIds } from '../../ledger/targets/recover.js';
import type { TargetRow } from '../../ledger/targets/targets.js';
import type { Target } from '../../postgres/target.js';
import { anchorForged, anchorGarbled, DOUBTED, FORGED, ledgerDoubted } from '../../surfaces/request/doubt.js';
import type { Deps } from '../deps.js';
import { onKnownServer } from '../sweeping/known-server.js';
import { namesOf, tellOperators } from '../telling/operators.js';

/** Anchors are written at most this often while a target is worked on, milliseconds. */
const ANCHOR_EVERY_MS = 5_000;
/** Ids that may have been assigned after the last anchor was written. */
export const IDS_BETWEEN = 1_000;

type AnchorDeps = Pick<Deps, 'db' | 'config' | 'logger' | 'outbox'>;

export type Anchors = ReturnType<typeof createAnchors>;

export function createAnchors(deps: AnchorDeps) {
  /** How far the ledger went when each target was looked at, by this process. */
  const known = new Map<string, number>();
  const written = new Map<string, { readonly seq: number; readonly at: number }>();
  const forged = new Set<string>();
  const forget = (name: string) => {
    known.delete(name);
    written.delete(name);
  };

  return {
    /** Another server may answer there now: it has to be asked what it remembers. */
    forget,
    /** Targets on which a forged anchor has replaced this ledger's. */
    forged: (): ReadonlySet<string> => forged,
    /**
     * The target, when this ledger is the one that it remembers; else one that answers questions and does nothing, so that
     * whatever needs only the ledger goes on.
     */
    async trusted(name: string, target: Target, row: TargetRow): Promise<Target> {
      // A ledger that has gone back was restored while this process ran.
      const isKnown = !row.doubted && (known.get(name) ?? Number.POSITIVE_INFINITY) <= row.head;
      try {
        if (!isKnown) {
          const { server, surroundings } = await target.look([]);
          if ((await recognize(deps, name, surroundings.anchor, server.id)) === 'forged') {
            forget(name);
            forged.add(name);
            return grantingNothing(onKnownServer(deps, name, target, row));
          }
        }
        known.set(name, row.head);
        forged.delete(name);
        return onKnownServer(deps, name, target, row);
      } catch (thrown) {
        forget(name);
        return refusing(target, coerceError(thrown));
      }
    },

    /** Writes the anchor, unless it is young. @returns milliseconds after which it should be written; null: not needed. */
    async keep(name: string, target: Target, { head, server, doubted }: TargetRow): Promise<number | null> {
      const last = written.get(name);
      if (doubted || server === null || !known.has(name) || last?.seq === head) return null;
      const age = performance.now() - (last?.at ?? Number.NEGATIVE_INFINITY);
      if (age < ANCHOR_EVERY_MS) return ANCHOR_EVERY_MS - age;
      const { key, ...reach } = await readReach(deps.db);
      written.set(name, { seq: reach.seq, at: performance.now() });
      try {
        await target.writeAnchor(server, signAnchor(reach, key, { target: name, server }));
        if (last === undefined) await recordAnchored(deps.db, name);
        return null;
      } catch (thrown) {
        // Nothing waits for it: it is written when there is something to do there, or at the next comparison.
        deps.logger.debug({ err: coerceError(thrown), target: name }, 'no anchor could be written');
        return null;
      }
    },
  };
}

/** What an anchor that was read says of this ledger. */
export type AnchorSays =
  /** It is this ledger's, or there is none. */
  | 'ours'
  /** This ledger doesn't hold it, and either wrote it, or can't know that it didn't. */
  | 'doubted'
  /** This ledger's own anchors stood there, and this one was not written with its key. */
  | 'forged';

/** Null also for a garbled one. */
export function anchorOf(noted: NotedAnchor): Anchor | null {
  return noted === 'garbled' ? null : noted;
}

/** @returns `isSigned`: with this ledger's key, which makes its numbers reliable. */
export async function judgeAnchor(
  db: Deps['db'],
  place: AnchorPlace,
  anchor: Anchor | null,
): Promise<{ readonly says: AnchorSays; readonly isSigned: boolean }> {
  if (anchor === null || (await holdsAnchor(db, anchor))) return { says: 'ours', isSigned: false };
  const { key } = await readReach(db);
  if (isSigned(anchor, key, place)) return { says: 'doubted', isSigned: true };
  return { says: (await readAnchored(db, place.target)) ? 'forged' : 'doubted', isSigned: false };
}

/**
 * Compares what a target remembers with this ledger. What it finds is kept in the ledger, and the operators are told.
 * @param server system_identifier of the server that was read.
 * @returns `forged`: nothing may be granted there until an operator decides, and what is due is revoked.
 * @throws HallpassError that passes, when this ledger may not work there until an operator decides.
 */
export async function recognize(
  deps: AnchorDeps,
  name: string,
  noted: NotedAnchor,
  server: string,
): Promise<'ours' | 'forged'> {
  const { db, config, logger } = deps;
  const names = namesOf(config, name);
  if (noted === 'garbled') {
    // Anyone who may write that may also remove the anchor: it counts as removed.
    const day = new Date().toISOString().slice(0, 10);
    await tellOperators(deps, `garbled:${name}:${day}`, anchorGarbled(names));
  }
  const anchor = anchorOf(noted);
  const { says, isSigned } = await judgeAnchor(db, { target: name, server }, anchor);
  if (anchor === null || says === 'ours') {
    if (await recordDoubt(db, name, null)) logger.info({ target: name }, 'the ledger is trusted again');
    return 'ours';
  }
  const here = (await readReach(db)).seq;
  const text = formatAnchor(anchor);
  // First of all: no request may get an id that a card already has. Only a ledger that has assigned none believes an anchor
  // that anyone may have written.
  if (isSigned) await skipIds(db, anchor.lastId + IDS_BETWEEN);
  else if (says === 'doubted') await skipFirstIds(db, anchor.lastId + IDS_BETWEEN);
  if (await recordDoubt(db, name, text)) {
    const seen = { target: name, remembered: anchor.seq, here, says };
    logger.error(seen, 'the ledger is not as the target remembers it');
    await insertEvent(db, null, {
      kind: says === 'forged' ? 'anchor_forged' : 'ledger_doubted',
      actor: null,
      data: { target: name, remembered: text, here },
    });
  }
  // crash point: after-doubt-before-told
  // The key makes it told once, not that the doubt is new: the process that wrote it down may have died right afterwards.
  const facts = { ...names, remembered: anchor.seq, here };
  const message = says === 'forged' ? anchorForged(facts) : ledgerDoubted(facts);
  await tellOperators(deps, `doubt:${name}:${text}`, message);
  if (says === 'forged') return 'forged';
  throw new HallpassError(DOUBTED, { passing: true, nextStep: 'Operators: run `hallpass recover`.' });
}

/** What is due is revoked, as this ledger has not gone back. But another one may be granting there through the same login. */
function grantingNothing(target: Target): Target {
  const error = new HallpassError(FORGED, { passing: true, nextStep: 'Operators: run `hallpass recover`.' });
  const refuse = () => Promise.reject(error);
  return { ...target, grant: refuse, extend: refuse, writeAnchor: refuse };
}

/** It can still be read, to show people why nothing is done. */
function refusing(target: Target, error: Error): Target {
  const refuse = () => Promise.reject(error);
  const refused: Target = {
    ...{ ...target, grant: refuse, extend: refuse, revoke: refuse, endSessions: refuse, writeAnchor: refuse },
    on: () => refused,
  };
  return refused;
}
