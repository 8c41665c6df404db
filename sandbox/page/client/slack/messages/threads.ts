/** Which messages stand in a channel, and which in the threads below them. */
import type { SeenMessage } from '../../../../slack/act/seen.js';

export interface Threads {
  /** What stands in the channel itself. */
  readonly heads: readonly SeenMessage[];
  /** By the timestamp of the message that they answer, the newest last. */
  readonly replies: ReadonlyMap<string, readonly SeenMessage[]>;
}

/** A reply whose first message was deleted stands in the channel. */
export function threadsIn(messages: readonly SeenMessage[]): Threads {
  const there = new Set(messages.map(({ ts }) => ts));
  const heads: SeenMessage[] = [];
  const replies = new Map<string, SeenMessage[]>();
  for (const message of messages) {
    const { threadTs } = message;
    if (threadTs === null || threadTs === message.ts || !there.has(threadTs)) heads.push(message);
    else replies.set(threadTs, [...(replies.get(threadTs) ?? []), message]);
  }
  return { heads, replies };
}
