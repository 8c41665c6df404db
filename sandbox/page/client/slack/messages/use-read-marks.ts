import { useEffect, useState, useSyncExternalStore } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { changeMemory, readUpTo, useMemory } from '../memory.js';
import { isNews } from './unread.js';

/**
 * Marks a channel as read while its end is looked at.
 * @param messages all of the channel, the newest last
 * @returns the timestamp after which everything is new; null: nothing is. It stays until the channel is left
 */
export function useReadMarks(
  user: string,
  channel: string,
  messages: readonly SeenMessage[],
  atEnd: boolean,
): string | null {
  const read = readUpTo(useMemory(user), channel);
  const last = messages.at(-1)?.ts ?? '';
  const news = messages.some((message) => isNews(message, user, read));
  const looking = useVisible() && atEnd;
  const [newSince, setNewSince] = useState(() => (news ? read : null));
  useEffect(() => {
    if (news && !looking) setNewSince(read);
    if (looking && last > read) {
      changeMemory(user, (memory) => ({ readUpTo: { ...memory.readUpTo, [channel]: last } }));
    }
  }, [user, channel, news, looking, read, last]);
  return newSince;
}

/** Whether the page is in front. */
export function useVisible(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      document.addEventListener('visibilitychange', onChange);
      return () => document.removeEventListener('visibilitychange', onChange);
    },
    () => document.visibilityState === 'visible',
  );
}
