/** Slash commands in what somebody types. */
import type { SlashCommand } from '../../../api.js';

export interface Typed {
  /** With its slash. */
  readonly name: string;
  readonly text: string;
}

/** The command that is typed; null: it is no command. A space before the slash makes it a message. */
export function commandIn(typed: string): Typed | null {
  const match = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(typed);
  return match ? { name: match[1] ?? '', text: (match[2] ?? '').trim() } : null;
}

/** What to offer while the name of a command is typed. */
export function offered(typed: string, commands: readonly SlashCommand[]): readonly SlashCommand[] {
  if (!/^\/\S*$/.test(typed)) return [];
  return commands.filter(({ name }) => name.startsWith(typed.toLowerCase()));
}

/** The command whose text is being typed, to show its hint. */
export function hinted(typed: string, commands: readonly SlashCommand[]): SlashCommand | null {
  const command = commandIn(typed);
  return commands.find(({ name }) => name === command?.name) ?? null;
}

export function unknownCommand(name: string): string {
  return `\`${name}\` is not a valid command. In Slack, all messages that start with the “/” character are interpreted as commands.\nIf you are trying to send a message, you can try preceding it with an empty space.`;
}
