/** Keeps the Homes that people opened as the ledger says. A Home that would show the same is not published again. */
import { createHash } from 'node:crypto';
import { coerceError } from '../../errors.js';
import {
  type ClaimedHome,
  claimHomes,
  markHomes,
  nextHome,
  recordPublished,
  recordUnpublished,
} from '../../ledger/messages/homes.js';
import { MessengerError } from '../../messenger/errors.js';
import { home } from '../../surfaces/home/home.js';
import type { Deps } from '../deps.js';
import { createPump, type Pump } from '../telling/pump.js';
import { readHome } from './read-home.js';

/** An approval, and the GRANT that follows, are shown together. Milliseconds. */
const SETTLES_MS = 50;
/** Homes drawn and published at the same time. */
const SLOTS = 4;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Given up until it is opened again. */
const GIVE_UP_AFTER = 20;

export function createHomes(deps: Deps): Pump {
  /** Slack wants to be left alone until then, milliseconds of the process's clock. */
  let heldUntil = 0;
  return createPump({
    settlesMs: SETTLES_MS,
    slots: SLOTS,
    async claim(free) {
      await markHomes(deps.db);
      return performance.now() < heldUntil ? [] : claimHomes(deps.db, free);
    },
    send: (claimed) =>
      publish(deps, claimed, (ms) => {
        heldUntil = Math.max(heldUntil, performance.now() + ms);
      }),
    async nextInMs() {
      const next = await nextHome(deps.db);
      return next === null ? null : Math.max(next, heldUntil - performance.now());
    },
    failed: (error) => deps.logger.warn({ err: error }, 'Homes could not be read'),
  });
}

/** Never throws. */
async function publish(deps: Deps, claimed: ClaimedHome, hold: (ms: number) => void): Promise<void> {
  const { db, messenger, logger, metrics } = deps;
  const { person } = claimed;
  try {
    const view = home(await readHome(deps, claimed));
    const digest = createHash('sha256').update(JSON.stringify(view)).digest('base64');
    // crash point: before-home-publish
    const hash = digest === claimed.digest ? null : await messenger.publishHome(person, view, claimed.hash);
    // crash point: after-home-publish
    await recordPublished(db, claimed, { hash, digest });
  } catch (thrown) {
    const said = thrown instanceof MessengerError ? thrown : null;
    if (said?.retryAfterMs) hold(said.retryAfterMs);
    // Another process published a newer one, or an older one late: it is read and published again.
    const isStale = said?.code === 'hash_conflict';
    if (!isStale) {
      metrics.undelivered('slack');
      logger.warn({ err: coerceError(thrown), person }, 'a Home was not published');
    }
    const isOver = claimed.attempts > GIVE_UP_AFTER || said?.passing === false;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** (claimed.attempts - 1), LONGEST_RETRY_MS);
    const retryInMs = isStale ? 0 : isOver ? null : (said?.retryAfterMs ?? pause);
    await recordUnpublished(db, claimed, retryInMs).catch((error: unknown) => {
      logger.warn({ err: error, person }, 'what became of a Home could not be recorded');
    });
  }
}
