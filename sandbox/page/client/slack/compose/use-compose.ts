/** Sends what somebody typed: a message, or a slash command. */
import type { Commanded } from '../../../../slack/actor.js';
import type { WorkspaceState } from '../../../api.js';
import { act, Refused } from '../../server.js';
import { changeMemory, note, useMemory } from '../memory.js';
import { encode } from './encode.js';
import { commandIn, unknownCommand } from './slash.js';

export interface ComposePlace {
  readonly user: string;
  readonly channel: string;
  /** The message that is replied to; null: the channel itself. */
  readonly thread: string | null;
}

export interface Compose {
  readonly text: string;
  setText(text: string): void;
  /** What goes wrong, Slackbot says. */
  send(): Promise<void>;
}

export function useCompose({ user, channel, thread }: ComposePlace, workspace: WorkspaceState): Compose {
  const key = `${channel} ${thread ?? ''}`;
  const text = useMemory(user).drafts[key] ?? '';
  const setText = (draft: string) =>
    changeMemory(user, ({ drafts }) => ({ drafts: { ...drafts, [key]: draft } }));
  const tell = (words: string) => note(user, channel, words);
  const send = async () => {
    if (text.trim() === '') return;
    setText('');
    try {
      const command = commandIn(text);
      if (command === null) {
        await act('say', { user, where: channel, text: encode(text.trim(), workspace), thread });
      } else if (!workspace.commands.some(({ name }) => name === command.name)) {
        tell(unknownCommand(command.name));
      } else if (thread !== null) {
        tell(`\`${command.name}\` is not supported in threads. Sorry!`);
      } else {
        const done = await act<Commanded>('command', { user, where: channel, ...command });
        if ('seen' in done) tell(done.seen);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(error.message);
    }
  };
  return { text, setText, send };
}
