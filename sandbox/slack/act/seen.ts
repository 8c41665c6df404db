/** What a person sees, as plain data that nothing changes afterwards. */

import type { Block } from '../validate/blocks.js';
import type { Values } from '../world/element-state.js';
import type { Message } from '../world/messages.js';
import type { OpenView } from '../world/screens.js';

export interface SeenMessage {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly edited: boolean;
  /** Seen by this person alone. */
  readonly ephemeral: boolean;
  readonly threadTs: string | null;
}

export interface SeenView {
  readonly id: string;
  readonly hash: string;
  readonly callbackId: string;
  /** null on App Home. */
  readonly title: string | null;
  /** The words on the button that submits; null when there is none. */
  readonly submit: string | null;
  /** The words on the button that closes; null: Slack's own. */
  readonly close: string | null;
  /** There is another below it, to which one goes back. */
  readonly pushed: boolean;
  readonly blocks: readonly Block[];
  readonly values: Values;
  /** What stands in red, by block id. */
  readonly errors: Readonly<Record<string, string>>;
}

export function seenMessage(message: Message): SeenMessage {
  const { onlyFor, metadata: _, ...rest } = message;
  return { ...rest, ephemeral: onlyFor !== null };
}

export function seenView(open: OpenView): SeenView {
  const { id, hash, view, values, errors } = open;
  return {
    id,
    hash,
    callbackId: view.callback_id,
    title: view.type === 'modal' ? view.title.text : null,
    submit: view.type === 'modal' ? (view.submit?.text ?? null) : null,
    close: view.type === 'modal' ? (view.close?.text ?? null) : null,
    pushed: open.previousId !== null,
    blocks: view.blocks,
    values,
    errors,
  };
}
