import type { SeenMessage } from '../../../../slack/act/seen.js';

/** A message for tests, of somebody in #general. */
export function message(ts: string, more: Partial<SeenMessage> = {}): SeenMessage {
  return {
    channel: 'C1',
    ts,
    user: 'U1',
    text: 'words',
    blocks: [],
    edited: false,
    ephemeral: false,
    threadTs: null,
    ...more,
  };
}
