import type { Context, RespondFn } from '@slack/bolt';
import type { Access, Actor, Clicked, Reply } from '../access/access.js';
import { coerceError } from '../errors.js';
import type { Logger } from '../logger.js';
import { logSecurity } from '../security.js';
import { section } from '../surfaces/kit/blocks.js';
import type { Message } from '../surfaces/kit/message.js';
import type { Outward } from './outward.js';
import type { Seal } from './seal.js';

export interface Deps {
  readonly access: Access;
  readonly outward: Outward;
  readonly logger: Logger;
  readonly seal: Seal;
  /** "/request". */
  readonly command: string;
}

/** Slack shows an error after 3 s without an acknowledgement; the rest is for the network. */
export const ACK_BUDGET_MS = 2_500;

const claimed = new WeakSet<Context>();

/** Each listener first claims its payload; one that no listener claims is acknowledged and logged. */
export function claim(context: Context): void {
  claimed.add(context);
}

export function isClaimed(context: Context): boolean {
  return claimed.has(context);
}

/** When the acknowledgement can't be sent (the socket closed meanwhile), the work still goes on: the click was made. */
export async function acknowledge(ack: () => Promise<void>, logger: Logger): Promise<void> {
  try {
    await ack();
  } catch (error) {
    logger.warn({ err: coerceError(error) }, 'Slack: an acknowledgement was not sent');
  }
}

export function wentWrong(requestId?: string): string {
  const which = requestId === undefined ? '' : ` with ${requestId}`;
  return `Something went wrong${which}. Try again; if it happens again, tell the people who run Hallpass.`;
}

/** A malformed value isn't logged: it may hold anything. */
export function refuseMalformed(what: string, logger: Logger): void {
  logSecurity(logger, 'malformed_payload', {}, `Slack: a malformed ${what} was refused`);
}

/**
 * Tells this person alone: where they clicked, or by direct message where that isn't possible (a modal has no response URL;
 * an expired one is refused). Never throws.
 * @param said mrkdwn, or a message.
 * @param userId null when the payload doesn't say: then there is no direct message.
 */
export async function tellPrivately(
  said: string | Message,
  { userId, respond, outward, logger }: Deps & { userId: string | null; respond: RespondFn | undefined },
): Promise<void> {
  const { text, blocks } = typeof said === 'string' ? { text: said, blocks: [section(said)] } : said;
  if (respond !== undefined) {
    try {
      // Without replace_original: false the answer would overwrite the card that was clicked.
      await respond({
        response_type: 'ephemeral',
        replace_original: false,
        text,
        ...(typeof said === 'string' ? {} : { blocks: [...blocks] }),
      });
      return;
    } catch (error) {
      const err = coerceError(error);
      logger.warn({ err }, 'Slack: a private answer was refused, sending a direct message');
    }
  }
  if (userId === null) return;
  try {
    await outward.post(userId, { text, blocks });
  } catch (error) {
    logger.error({ err: coerceError(error) }, 'Slack: a private answer was not delivered');
  }
}

/** Answers a click where it was made: privately beside the message, or on App Home. Never throws. */
export async function answerClick(
  reply: Reply,
  actor: Actor,
  clicked: Clicked,
  { respond, ...deps }: Deps & { respond: RespondFn | undefined },
): Promise<void> {
  if (clicked !== null) {
    if (reply !== null) await tellPrivately(reply.text, { ...deps, userId: actor.userId, respond });
    return;
  }
  try {
    await deps.access.noteOnHome(actor, reply?.text ?? null);
  } catch (error) {
    deps.logger.error({ err: coerceError(error) }, 'Slack: a Home was not changed');
    if (reply !== null) await tellPrivately(reply.text, { ...deps, userId: actor.userId, respond });
  }
}
