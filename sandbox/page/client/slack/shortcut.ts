import type { Done } from '../../../slack/act/form.js';
import { act, Refused } from '../server.js';
import { note } from './memory.js';
import { failureOf } from './surface.js';

/** Uses a shortcut of the app's. What goes wrong, Slackbot says in the channel. */
export async function runShortcut(
  user: string,
  channel: string,
  verb: 'shortcut' | 'message-shortcut',
  args: { readonly callback: string; readonly channel?: string; readonly ts?: string },
): Promise<void> {
  try {
    const failed = failureOf(await act<Done>(verb, { user, ...args }));
    if (failed !== null) note(user, channel, 'The shortcut failed because the app did not respond');
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    note(user, channel, error.message);
  }
}
