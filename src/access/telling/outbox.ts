/**
 * The outbox: makes Slack show what the ledger says, newest state first. At least once; a repetition is an edit, also
 * when the answer to a first post was lost, if the app may look for it. Else a twin stands beside it until it is clicked.
 */
import { isEmergency } from '../../domain/policy/emergency.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { coerceError } from '../../errors.js';
import {
  claimDeliveries,
  type Delivery,
  forgetPosted,
  nextDelivery,
  recordSent,
  recordUnsent,
} from '../../ledger/messages/deliveries.js';
import { recordShut } from '../../ledger/messages/shut-places.js';
import { readToShow, type Shown } from '../../ledger/targets/strays.js';
import { MessengerError, shutsWhat } from '../../messenger/errors.js';
import { isOvertaken } from '../../surfaces/request/note-kinds.js';
import type { Deps } from '../deps.js';
import { findLost } from './lost-messages.js';
import { messageOf, originalOf, threadOf } from './message-of.js';
import { createPump, type Pump } from './pump.js';
import { createLimits, type SlackLimits } from './slack-limits.js';

/** What changes several times within this long is shown once: an approval, and the GRANT that follows. Milliseconds. */
const SETTLES_MS = 30;
/** Calls to Slack at the same time, a process. */
const SLOTS = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Give up after this many attempts (about a day). */
const GIVE_UP_AFTER = 300;
/** Where Slack lets nothing be posted, it is tried again after this long: within a HEARTBEAT of the bot being let in. */
const SHUT_RETRY_MS = 10_000;
/** About a day of such tries. */
const GIVE_UP_SHUT_AFTER = 8_640;

export function createDeliverer(deps: Deps): Pump {
  const limits = createLimits();
  return createPump({
    settlesMs: SETTLES_MS,
    slots: SLOTS,
    claim: (free) => claimDeliveries(deps.db, free, limits.allowed()),
    send: (delivery) => send(deps, limits, delivery),
    async nextInMs() {
      const allowed = limits.allowed();
      const due = [await nextDelivery(deps.db, allowed), allowed.moreInMs].filter((ms) => ms !== null);
      return due.length === 0 ? null : Math.min(...due);
    },
    failed: (error) => deps.logger.warn({ err: error }, 'the outbox could not be read'),
  });
}

/** Sends one message and records what came of it; never throws. */
async function send(deps: Deps, limits: SlackLimits, delivery: Delivery): Promise<void> {
  // crash point: after-lease-before-post
  const { db, messenger, logger } = deps;
  let shown: Shown | null = null;
  let asked = false;
  try {
    if (delivery.requestId !== null) {
      shown = (await readToShow(db, [delivery.requestId]))[0] ?? null;
    }
    const request = shown?.request ?? null;
    const message = await messageOf(deps, delivery, shown);
    const version = request?.version ?? delivery.wanted;
    const isDue = delivery.posted === null && !(delivery.triedAt === null && isLate(delivery, request));
    const thread = isDue ? await threadOf(db, delivery, request) : undefined;
    const posted = delivery.posted ?? (await findLost(deps, delivery, thread));
    if (posted === null && isLate(delivery, request)) {
      await drop(db, delivery, 'it was overtaken before it could be sent');
    } else if (message === null) {
      await drop(db, delivery, 'this release does not know how to draw it');
    } else if (posted === null) {
      asked = true;
      const place = await messenger.post(delivery.recipient, message, { thread, key: delivery.key });
      // crash point: after-post-before-ts
      const { opened, replaced } = await recordSent(db, delivery.key, version, place);
      if (opened) deps.placesChanged();
      // Somebody else posted it meanwhile, because this process stood still: one of them is enough.
      if (replaced !== null) {
        await messenger.delete(replaced).catch((error: unknown) => {
          logger.warn({ err: error, delivery: delivery.key }, 'a second one of a message was not deleted');
        });
      }
    } else {
      await messenger.update(posted, message);
      // crash point: after-update-before-record
      await recordSent(db, delivery.key, version, delivery.posted === null ? posted : null);
    }
  } catch (thrown) {
    if (thrown instanceof MessengerError && thrown.retryAfterMs !== null) {
      limits.heard(delivery.posted === null ? 'post' : 'update', delivery.recipient, thrown.retryAfterMs);
    }
    const failure = { error: coerceError(thrown), asked };
    await unsent(deps, delivery, shown?.request ?? null, failure).catch((error: unknown) => {
      // The lease runs out, and it is sent again.
      logger.warn({ err: error, delivery: delivery.key }, 'what became of a message could not be recorded');
    });
  }
}

/** What it would say first is no longer news. */
function isLate(delivery: Delivery, request: AccessRequest | null): boolean {
  if (request === null) return false;
  if (delivery.kind === 'card' && originalOf(delivery) !== null)
    return isEmergency(request) ? isFinal(request.state) : request.state !== 'pending';
  return isOvertaken(delivery.kind, request);
}

function drop(db: Deps['db'], { key }: Delivery, trouble: string): Promise<void> {
  return recordUnsent(db, key, { trouble, retryInMs: null, unsure: false });
}

async function unsent(
  deps: Deps,
  delivery: Delivery,
  request: AccessRequest | null,
  { error, asked }: { readonly error: Error; readonly asked: boolean },
): Promise<void> {
  const { db, logger, metrics } = deps;
  const { key, recipient, attempts } = delivery;
  metrics.undelivered('slack');
  const said = error instanceof MessengerError ? error : null;
  // Where Slack itself says what is wrong, a stack adds nothing.
  const facts = said === null ? { err: error } : { code: said.code, why: said.message, fix: said.nextStep };
  logger.warn({ delivery: key, channel: recipient, attempts, ...facts }, 'a message was not sent');
  const gone = said?.code === 'message_not_found';
  const isOpen = request !== null && !isFinal(request.state);
  if (gone && isOpen) {
    await forgetPosted(db, key);
    return;
  }
  const unsure = asked && (said === null || said.maybeDone);
  const failed = { trouble: error.message, unsure, triedAt: delivery.triedAt };
  const place = said === null || delivery.posted !== null ? null : shutsWhat(said, recipient);
  if (said !== null && place !== null) {
    const shut = { place, code: said.code, why: said.meaning, fix: said.nextStep };
    if (await recordShut(db, shut, SHUT_RETRY_MS)) deps.placesChanged();
    const giveUp = !isOpen && attempts > GIVE_UP_SHUT_AFTER;
    await recordUnsent(db, key, { ...failed, retryInMs: giveUp ? null : 0 });
    return;
  }
  const pause = said?.retryAfterMs ?? Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  const giveUp = gone || attempts > GIVE_UP_AFTER;
  await recordUnsent(db, key, { ...failed, retryInMs: giveUp ? null : pause });
}
