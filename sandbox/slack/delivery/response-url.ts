/** What an app posts to a response URL. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Answer, answer } from '../answer.js';
import { readArguments } from '../http.js';
import type { JsonObject } from '../json.js';
import { check } from '../validate/report.js';
import { contentOf } from '../web-api/content.js';
import { ApiError, flag } from '../web-api/method.js';
import type { Message } from '../world/messages.js';
import type { Origin } from '../world/tickets.js';
import type { World } from '../world/world.js';

/** What may be said to a command or a click: by its response URL, or in acknowledging a command. */
export const reply = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: flag.optional(),
  delete_original: flag.optional(),
  thread_ts: z.string().optional(),
});
type Reply = z.output<typeof reply>;

export async function serveResponseUrl(
  world: World,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const args = (await readArguments(request)) ?? {};
  await answer(world, response, { method: 'response_url', args }, () => {
    const refusal = use(world, path, args);
    if (refusal === null) return { status: 200, body: 'ok' };
    world.journal.problem('refused response', `${path}: ${String(refusal.body)}`);
    return refusal;
  });
}

function use(world: World, path: string, args: JsonObject): Answer | null {
  const checked = check(reply, args, []);
  if (!checked.ok) return { status: 400, body: 'invalid_payload' };
  const origin = world.tickets.useResponseUrl(path);
  if (!origin) return { status: 404, body: 'expired_url' };
  try {
    respond(world, origin, checked.value);
    return null;
  } catch (error) {
    if (error instanceof ApiError) return { status: 400, body: error.message };
    throw error;
  }
}

/** Shows what an app answered to a command or a click; null when that took a message away. Throws ApiError. */
export function respond(world: World, origin: Origin, answered: Reply): Message | null {
  const { messages, app } = world;
  const original = origin.messageTs === null ? undefined : messages.find(origin.channel, origin.messageTs);
  if (original && answered.delete_original) {
    messages.delete(original);
    return null;
  }
  const content = contentOf(answered);
  // Where neither is said, Slack has been seen to overwrite the message that was clicked; so does the sandbox.
  const replaces = answered.replace_original ?? answered.response_type === undefined;
  if (original && replaces) return messages.edit(original, content);
  return messages.post({
    ...content,
    channel: origin.channel,
    user: app.botUserId,
    onlyFor: answered.response_type === 'in_channel' ? null : origin.userId,
    threadTs: answered.thread_ts ?? origin.threadTs,
  });
}
