/**
 * The outbox: makes Slack show what the ledger says, newest state first. At least once; a repetition is an edit,
 * except when the answer to a first post was lost: then a twin stands beside it until it is clicked.
 */
import { type AccessRequest, isFinal } from '../domain/request.js';
import { coerceError } from '../errors.js';
import {
  claimDeliveries,
  type Delivery,
  forgetPosted,
  nextDelivery,
  recordSent,
  recordUnsent,
} from '../ledger/deliveries.js';
import { readToShow, type Shown } from '../ledger/strays.js';
import { MessengerError } from '../messenger/errors.js';
import { isOvertaken } from '../surfaces/direct.js';
import type { Deps } from './deps.js';
import { draw, threadOf } from './draw.js';
import { createLimits, type Limits } from './limits.js';

/** Calls to Slack at the same time, a process. */
const SLOTS = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** A message that could not be sent so often, which takes about a day, is news no more. */
const GIVE_UP_AFTER = 300;

export interface Deliverer {
  /** Something may be unsent. Returns at once. */
  kick(): void;
  /** Sends no more; resolves when the calls under way are done. */
  stop(): Promise<void>;
}

export function createDeliverer(
  deps: Pick<Deps, 'db' | 'config' | 'roles' | 'messenger' | 'logger' | 'metrics'>,
): Deliverer {
  const limits = createLimits();
  const underWay = new Set<Promise<void>>();
  let pumping: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | null = null;
  let stopping = false;

  function kick(): void {
    again = true;
    if (pumping !== null || stopping) return;
    pumping = pump()
      .catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'the outbox could not be read');
        wakeIn(FIRST_RETRY_MS);
      })
      .finally(() => {
        pumping = null;
        if (again) kick();
      });
  }

  async function pump(): Promise<void> {
    while (again && !stopping) {
      again = false;
      const free = SLOTS - underWay.size;
      if (free <= 0) return;
      const allowed = limits.allowed();
      const claimed = await claimDeliveries(deps.db, free, allowed);
      for (const delivery of claimed) {
        const sending = send(deps, limits, delivery).finally(() => {
          underWay.delete(sending);
          kick();
        });
        underWay.add(sending);
      }
      if (claimed.length === 0 && underWay.size === 0) {
        const due = [await nextDelivery(deps.db, allowed), allowed.moreInMs].filter((ms) => ms !== null);
        if (due.length > 0) wakeIn(Math.min(...due));
      }
    }
  }

  function wakeIn(ms: number): void {
    if (stopping) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(kick, Math.min(Math.max(ms, 10), LONGEST_RETRY_MS));
  }

  return {
    kick,
    async stop() {
      stopping = true;
      if (timer !== null) clearTimeout(timer);
      await pumping;
      await Promise.all(underWay);
    },
  };
}

/** Sends one message and records what came of it; never throws. */
async function send(
  deps: Pick<Deps, 'db' | 'config' | 'roles' | 'messenger' | 'logger' | 'metrics'>,
  limits: Limits,
  delivery: Delivery,
): Promise<void> {
  // crash point: after-lease-before-post
  const { db, messenger, logger } = deps;
  let shown: Shown | null = null;
  try {
    if (delivery.requestId !== null) {
      shown = await readToShow(db, delivery.requestId);
    }
    const request = shown?.request ?? null;
    const message = await draw(deps, delivery, shown);
    const version = request?.version ?? delivery.wanted;
    if (delivery.posted === null && request !== null && isOvertaken(delivery.kind, request)) {
      await recordUnsent(db, delivery.key, 'it was overtaken before it could be sent', null);
    } else if (message === null) {
      await recordUnsent(db, delivery.key, 'this release does not know how to draw it', null);
    } else if (delivery.posted === null) {
      const thread = await threadOf(db, delivery, request);
      const posted = await messenger.post(delivery.recipient, message, thread);
      // crash point: after-post-before-ts
      await recordSent(db, delivery.key, version, posted);
    } else {
      await messenger.update(delivery.posted, message);
      // crash point: after-update-before-record
      await recordSent(db, delivery.key, version, null);
    }
  } catch (thrown) {
    if (thrown instanceof MessengerError && thrown.retryAfterMs !== null) {
      limits.heard(delivery.posted === null ? 'post' : 'update', delivery.recipient, thrown.retryAfterMs);
    }
    await unsent(deps, delivery, shown?.request ?? null, coerceError(thrown)).catch((error: unknown) => {
      // The lease runs out, and it is sent again.
      logger.warn({ err: error, delivery: delivery.key }, 'what became of a message could not be recorded');
    });
  }
}

async function unsent(
  { db, logger, metrics }: Pick<Deps, 'db' | 'logger' | 'metrics'>,
  delivery: Delivery,
  request: AccessRequest | null,
  error: Error,
): Promise<void> {
  metrics.undelivered('slack');
  logger.warn({ err: error, delivery: delivery.key, attempts: delivery.attempts }, 'a message was not sent');
  const gone = error instanceof MessengerError && error.code === 'message_not_found';
  if (gone && request !== null && !isFinal(request.state)) {
    await forgetPosted(db, delivery.key);
    return;
  }
  const asked = error instanceof MessengerError ? error.retryAfterMs : null;
  const pause = asked ?? Math.min(FIRST_RETRY_MS * 2 ** (delivery.attempts - 1), LONGEST_RETRY_MS);
  await recordUnsent(
    db,
    delivery.key,
    error.message,
    gone || delivery.attempts > GIVE_UP_AFTER ? null : pause,
  );
}
