/** How an interaction ends for the person who began it. */
import { BadAck } from '../delivery/acks.js';
import type { Json, JsonObject } from '../json.js';
import { ApiError } from '../web-api/method.js';
import type { World } from '../world/world.js';

/** Slack told the person that it did not work. */
export interface Failure {
  readonly outcome: 'timeout' | 'not connected' | 'refused' | 'bad acknowledgement';
  /** What the person sees. */
  readonly seen: string;
}

/**
 * Delivers a payload and reads what the app acknowledged.
 * @param seen what the person is told if that fails
 * @param read may throw BadAck, or ApiError for content that Slack would not show
 */
export async function interact<T>(
  world: World,
  sent: {
    readonly kind: 'slash_commands' | 'interactive';
    readonly payload: JsonObject;
    readonly seen: string;
  },
  read: (body: Json) => T,
): Promise<T | Failure> {
  const acknowledged = await world.delivery.send(sent.kind, sent.payload);
  if (!acknowledged.ok) return { outcome: acknowledged.reason, seen: sent.seen };
  try {
    return read(acknowledged.body);
  } catch (error) {
    if (!(error instanceof BadAck || error instanceof ApiError)) throw error;
    const what = String(sent.payload.type ?? sent.payload.command);
    world.journal.problem('bad acknowledgement', `${what}: ${error.message}`);
    return { outcome: 'bad acknowledgement', seen: sent.seen };
  }
}
