/** Keeps the Homes that people opened as the ledger says. A Home that would show the same is not published again. */
import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import { coerceError } from '../../errors.js';
import {
  type ClaimedHome,
  claimHomes,
  everyHomeChanged,
  markHomes,
  nextHome,
  openHome,
  recordPublished,
  recordUnpublished,
} from '../../ledger/messages/homes.js';
import { MessengerError } from '../../messenger/errors.js';
import { home } from '../../surfaces/home/home.js';
import type { Deps } from '../deps.js';
import { createPump, type Pump } from '../telling/pump.js';
import { readHome } from './read-home.js';
import { createRound, type Round } from './round.js';

/** An approval, and the GRANT that follows, are shown together. Milliseconds. */
const SETTLES_MS = 50;
/** Homes published at the same time: most of it is waiting for Slack. */
const SLOTS = 32;
/** Homes read at the same time: the ledger has clicks to answer. */
const READERS = 4;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Given up until it is opened again, or changes. */
const GIVE_UP_AFTER = 20;

export interface Homes extends Pump {
  /** As `Deps.homes`. */
  openLater(userId: string, notice: string | null): void;
  /** When other roles are offered than when this was called last, Homes may show something else. */
  lookAtRoles(): Promise<void>;
}

export function createHomes(deps: Deps): Homes {
  const { config, db, roles } = deps;
  /** Slack wants to be left alone until then, milliseconds of the process's clock. */
  let heldUntil = 0;
  let round = createRound(deps);
  const toOpen = new Map<string, string | null>();
  const readers = new PQueue({ concurrency: READERS });
  let offered: string | null = null;

  const pump = createPump({
    settlesMs: SETTLES_MS,
    slots: SLOTS,
    async claim(free) {
      for (const [userId, notice] of toOpen) {
        await openHome(db, userId, notice);
        toOpen.delete(userId);
      }
      await markHomes(db);
      if (performance.now() < heldUntil) return [];
      const claimed = await claimHomes(db, free);
      // What they share is read after they were found to have changed.
      round = createRound(deps);
      return claimed;
    },
    async send(claimed) {
      const shared = round;
      const pause = await publish(deps, claimed, () => readers.add(() => draw(deps, claimed, shared)));
      heldUntil = Math.max(heldUntil, performance.now() + pause);
    },
    async nextInMs() {
      const next = await nextHome(db);
      return next === null ? null : Math.max(next, heldUntil - performance.now());
    },
    failed: (error) => deps.logger.warn({ err: error }, 'Homes could not be read'),
  });

  return {
    ...pump,
    openLater(userId, notice) {
      toOpen.set(userId, notice);
      pump.kick();
    },
    async lookAtRoles() {
      const names = [...config.targets.keys()].map((key) => [
        key,
        roles.isUnsure(key),
        roles.list(key).map(({ role }) => role),
      ]);
      const now = createHash('sha256').update(JSON.stringify(names)).digest('base64');
      const isNews = offered !== null && offered !== now;
      offered = now;
      if (!isNews) return;
      await everyHomeChanged(db);
      pump.kick();
    },
  };
}

type Drawn = Awaited<ReturnType<typeof draw>>;

async function draw(deps: Deps, claimed: ClaimedHome, round: Round) {
  const { facts, ...more } = await readHome(deps, claimed, round);
  const view = home(facts);
  const digest = createHash('sha256').update(JSON.stringify(view)).digest('base64');
  return { view, digest, ...more };
}

/** Never throws. @returns for how long Slack wants to be left alone, milliseconds */
async function publish(deps: Deps, claimed: ClaimedHome, drawing: () => Promise<Drawn>): Promise<number> {
  const { db, messenger, logger, metrics } = deps;
  const { person } = claimed;
  try {
    const { view, digest, ...more } = await drawing();
    // crash point: before-home-publish
    const hash = digest === claimed.digest ? null : await messenger.publishHome(person, view, claimed.hash);
    // crash point: after-home-publish
    await recordPublished(db, claimed, { hash, digest, ...more });
    return 0;
  } catch (thrown) {
    const said = thrown instanceof MessengerError ? thrown : null;
    // Another process published a newer one, or an older one late: it is read and published again.
    const isStale = said?.code === 'hash_conflict';
    if (!isStale) {
      metrics.undelivered('slack');
      logger.warn({ err: coerceError(thrown), person }, 'a Home was not published');
    }
    const isOver = claimed.attempts > GIVE_UP_AFTER || said?.passing === false;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** (claimed.attempts - 1), LONGEST_RETRY_MS);
    const retryInMs = isStale ? 0 : isOver ? null : (said?.retryAfterMs ?? pause);
    const trouble = said === null || said.passing ? null : `${said.meaning} ${said.nextStep ?? ''}`.trim();
    await recordUnpublished(db, claimed, { retryInMs, trouble: isStale ? null : trouble }).catch(
      (error: unknown) => {
        logger.warn({ err: error, person }, 'what became of a Home could not be recorded');
      },
    );
    return said?.retryAfterMs ?? 0;
  }
}
