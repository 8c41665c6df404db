/**
 * Is this the ledger that lent on a target, as it stood then? Each target keeps an anchor: how far the audit chain went
 * (domain/anchor.ts). Invariants kept here:
 * - a ledger whose chain doesn't hold the anchor neither lends nor takes anything back there, until an operator decides
 *   (`hallpass recover`): it doesn't know what was extended since, nor what was ended;
 * - it gives out no id that the one before may have given out;
 * - an anchor is overwritten only by a ledger that holds it.
 */
import { type Anchor, formatAnchor } from '../domain/anchor.js';
import { coerceError, HallpassError } from '../errors.js';
import { holdsAnchor, readAnchor, recordDoubt } from '../ledger/anchor.js';
import { insertOperatorNote } from '../ledger/deliveries.js';
import { insertEvent } from '../ledger/insert-event.js';
import { skipIds } from '../ledger/recover.js';
import type { TargetRow } from '../ledger/targets.js';
import { DOUBTED, ledgerDoubted } from '../surfaces/doubt.js';
import type { Target } from '../target/target.js';
import type { Deps } from './deps.js';
import { onKnownServer } from './which-server.js';

/** Anchors are written at most this often while a target is worked on, milliseconds. */
const ANCHOR_EVERY_MS = 5_000;
/** Ids that may have been given out after the last anchor was written. */
export const IDS_BETWEEN = 1_000;

type AnchorDeps = Pick<Deps, 'db' | 'config' | 'logger' | 'changed'>;

export interface Anchors {
  /**
   * The target, when this ledger is the one that it remembers; else one that can be asked and does nothing, so that
   * what needs only the ledger goes on.
   */
  trusted(name: string, target: Target, row: TargetRow): Promise<Target>;
  /** Writes the anchor, unless it is young. @returns milliseconds after which it should be written; null: not needed. */
  keep(name: string, target: Target, row: TargetRow): Promise<number | null>;
}

export function createAnchors(deps: AnchorDeps): Anchors {
  /** How far the ledger went when each target was looked at, by this process. */
  const known = new Map<string, number>();
  const written = new Map<string, { readonly seq: number; readonly at: number }>();

  return {
    async trusted(name, target, row) {
      // A ledger that has gone back was restored while this process ran.
      const isKnown = !row.doubted && (known.get(name) ?? Number.POSITIVE_INFINITY) <= row.head;
      try {
        if (!isKnown) await recognise(deps, name, (await target.list()).surroundings.anchor);
        known.set(name, row.head);
        return onKnownServer(deps, name, target, row);
      } catch (thrown) {
        known.delete(name);
        written.delete(name);
        return refusing(target, coerceError(thrown));
      }
    },

    async keep(name, target, { head, server, doubted }) {
      const last = written.get(name);
      if (doubted || server === null || !known.has(name) || last?.seq === head) return null;
      const age = performance.now() - (last?.at ?? Number.NEGATIVE_INFINITY);
      if (age < ANCHOR_EVERY_MS) return ANCHOR_EVERY_MS - age;
      const anchor = await readAnchor(deps.db);
      written.set(name, { seq: anchor.seq, at: performance.now() });
      try {
        await target.writeAnchor(server, anchor);
        return null;
      } catch (thrown) {
        // Nothing waits for it: it is written when there is something to do there, or at the next comparison.
        deps.logger.debug({ err: coerceError(thrown), target: name }, 'no anchor could be written');
        return null;
      }
    },
  };
}

/**
 * Compares what a target remembers with this ledger. What it finds is kept in the ledger, and the operators are told.
 * @throws HallpassError that passes, when this ledger may not work there until an operator decides.
 */
export async function recognise(deps: AnchorDeps, name: string, anchor: Anchor | null): Promise<void> {
  const { db, config, logger } = deps;
  const ours = anchor === null || (await holdsAnchor(db, anchor));
  if (ours) {
    if (await recordDoubt(db, name, null)) logger.info({ target: name }, 'the ledger is trusted again');
    return;
  }
  // First of all: nobody may be given an id that a card already has.
  await skipIds(db, anchor.lastId + IDS_BETWEEN);
  const text = formatAnchor(anchor);
  const here = (await readAnchor(db)).seq;
  if (await recordDoubt(db, name, text)) {
    logger.error(
      { target: name, remembered: anchor.seq, here },
      'the ledger is not as the target remembers it',
    );
    await insertEvent(db, null, {
      kind: 'ledger_doubted',
      actor: null,
      data: { target: name, remembered: text, here },
    });
  }
  // crash point: after-doubt-before-told
  // Once by its key, not because the doubt is news: the process that wrote it down may have died then.
  const targetName = config.targets.get(name)?.name ?? name;
  const told = await insertOperatorNote(db, {
    key: `doubt:${name}:${text}`,
    channel: config.slack.operatorsChannel,
    message: ledgerDoubted({ target: name, targetName, remembered: anchor.seq, here }),
  });
  if (told) deps.changed(new Set());
  throw new HallpassError(DOUBTED, { passing: true, nextStep: 'Operators: run `hallpass recover`.' });
}

/** What is read there explains to people why nothing is done. */
function refusing(target: Target, error: Error): Target {
  const refuse = () => Promise.reject(error);
  const refused: Target = {
    ...target,
    lend: refuse,
    extend: refuse,
    takeBack: refuse,
    endSessions: refuse,
    writeAnchor: refuse,
    on: () => refused,
  };
  return refused;
}
