import { plain } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';

/** What `hallpass check --post` writes into a channel, and deletes at once. */
export function checking(): Message {
  const text = 'Hallpass checks whether it may write here. This message is deleted at once.';
  return { text, blocks: [{ type: 'section', text: plain(text) }] };
}
