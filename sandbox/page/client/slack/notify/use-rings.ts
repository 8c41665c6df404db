/** What rings somebody's phone while they don't look at it. */
import { useEffect, useState } from 'react';
import type { Notification } from '../../../../slack/world/messages.js';
import type { Screen } from '../../../api.js';
import { changeMemory, useMemory } from '../memory.js';

export interface Looked {
  /** The channel in front of them; null: none. */
  readonly channel: string | null;
  /** The thread beside it; null: none. */
  readonly thread: string | null;
  readonly visible: boolean;
}

export interface Rings {
  readonly rings: readonly Notification[];
  forget(ring: Notification): void;
}

/** More at once would cover what they tell of. */
const AT_ONCE = 3;

export function useRings(user: string, screen: Screen | null, looked: Looked): Rings {
  const { shownUpTo } = useMemory(user);
  const [rings, setRings] = useState<readonly Notification[]>([]);
  const { channel, thread, visible } = looked;
  useEffect(() => {
    const fresh = (screen?.notifications ?? []).filter(({ ts }) => ts > shownUpTo);
    const last = fresh.at(-1);
    if (screen === null || last === undefined) return;
    changeMemory(user, () => ({ shownUpTo: last.ts }));
    const missed = fresh.filter((ring) => !isLookedAt(ring, screen, { channel, thread, visible }));
    setRings((before) => [...before, ...missed].slice(-AT_ONCE));
  }, [user, screen, shownUpTo, channel, thread, visible]);
  return { rings, forget: (ring) => setRings((before) => before.filter((each) => each !== ring)) };
}

/** A reply is only seen by those who have its thread open. */
function isLookedAt({ channel, ts }: Notification, screen: Screen, looked: Looked): boolean {
  if (!looked.visible || looked.channel !== channel) return false;
  const threadTs = screen.messages[channel]?.find((message) => message.ts === ts)?.threadTs ?? null;
  return threadTs === null || threadTs === ts || threadTs === looked.thread;
}
