/** What somebody hasn't read. Timestamps compare as text: their digits are always as many. */
import type { SeenMessage } from '../../../../slack/act/seen.js';
import type { Notification } from '../../../../slack/world/messages.js';

export interface Unread {
  /** Whether the channel's name is bold. */
  readonly any: boolean;
  /** How often they were called: by a mention, or by any direct message. */
  readonly calls: number;
}

/** Whether a message is news for somebody: written by another person, for everybody, in the channel itself. */
export function isNews(
  { user, ts, ephemeral, threadTs }: SeenMessage,
  self: string,
  readUpTo: string,
): boolean {
  return ts > readUpTo && user !== self && !ephemeral && (threadTs === null || threadTs === ts);
}

/** @param messages of one channel, the newest last */
export function unreadIn(
  messages: readonly SeenMessage[],
  notifications: readonly Notification[],
  who: { readonly self: string; readonly channel: string; readonly readUpTo: string },
): Unread {
  const calls = notifications.filter(
    ({ channel, ts }) => channel === who.channel && ts > who.readUpTo,
  ).length;
  return { any: calls > 0 || messages.some((message) => isNews(message, who.self, who.readUpTo)), calls };
}

/** As Slack writes it in a badge. */
export function badgeOf(calls: number): string {
  return calls > 9 ? '9+' : String(calls);
}
