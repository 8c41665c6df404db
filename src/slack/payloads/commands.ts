import { z } from 'zod';
import { Channel, Optional, SlackId, Trigger, Typed } from './parts.js';

export const Command = z.object({
  command: z.string(),
  user_id: SlackId,
  team_id: SlackId,
  enterprise_id: Optional,
  api_app_id: SlackId,
  channel_id: Channel,
  text: Typed.default(''),
  trigger_id: Trigger,
});

/** What was typed after the command, and where. */
export function parseCommand(body: unknown) {
  const command = Command.safeParse(body).data;
  if (command === undefined) return null;
  return { typed: asTyped(command.text).trim(), channel: command.channel_id, triggerId: command.trigger_id };
}

const TYPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Of the texts that people type, Slack escapes only a command's: three characters. */
function asTyped(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (escaped) => TYPED[escaped] ?? escaped);
}
