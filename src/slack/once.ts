import { LRUCache } from 'lru-cache';
import type { Answered } from '../access/access.js';

/** As many as may be under way at once; Slack delivers the same twice within moments. */
const MOST = 1_000;

export interface Work {
  readonly answer: Promise<Answered>;
  /** The same came before: its answer is told already. */
  readonly repeated: boolean;
}

/**
 * Work on what Slack may deliver twice: the second delivery waits for the answer to the first, and is not worked on. In
 * this process only; another replica that gets the second makes no second request, because the trigger is its key.
 */
export function createOnce(): (triggerId: string, work: () => Promise<Answered>) => Work {
  const known = new LRUCache<string, Promise<Answered>>({ max: MOST });
  return (triggerId, work) => {
    const before = known.get(triggerId);
    if (before !== undefined) return { answer: before, repeated: true };
    const answer = work();
    known.set(triggerId, answer);
    return { answer, repeated: false };
  };
}
