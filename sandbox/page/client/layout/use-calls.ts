import { readUpTo, useMemories } from '../slack/memory.js';
import { useTopic } from '../use-feed.js';

/** How often somebody's phone rang for what they haven't read. The count ends at what the server keeps. */
export function useCalls(): (user: string) => number {
  const phones = useTopic('phones');
  const memoryOf = useMemories();
  return (user) => {
    const memory = memoryOf(user);
    return (phones?.[user] ?? []).filter(({ channel, ts }) => ts > readUpTo(memory, channel)).length;
  };
}
