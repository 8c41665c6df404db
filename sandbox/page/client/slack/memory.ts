/** What the page remembers of each person while it is open: what they read, dismissed and began to write. */
import { useSyncExternalStore } from 'react';

export interface Memory {
  /** By channel: the timestamp up to which they read it. What stood there before the page opened counts as read. */
  readonly readUpTo: Readonly<Record<string, string>>;
  /** The timestamp up to which their phone's notifications were shown. */
  readonly shownUpTo: string;
  /** Ephemeral messages that they don't want to see any more, by timestamp. */
  readonly dismissed: readonly string[];
  /** What Slackbot told them, and nobody else knows. */
  readonly notes: readonly Note[];
  /** What stands in a composer, by its channel or thread. */
  readonly drafts: Readonly<Record<string, string>>;
}

interface Note {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
}

/** When the page was opened, as a message's timestamp. */
const OPENED = timestampOf(Date.now());
const EMPTY: Memory = { readUpTo: {}, shownUpTo: OPENED, dismissed: [], notes: [], drafts: {} };

let memories: Readonly<Record<string, Memory>> = {};
const listeners = new Set<() => void>();

/** @param ms since 1970 */
function timestampOf(ms: number): string {
  return (ms / 1000).toFixed(6);
}

/** The timestamp up to which somebody read a channel. */
export function readUpTo(memory: Memory, channel: string): string {
  return memory.readUpTo[channel] ?? OPENED;
}

export function changeMemory(user: string, change: (memory: Memory) => Partial<Memory>): void {
  const memory = memories[user] ?? EMPTY;
  memories = { ...memories, [user]: { ...memory, ...change(memory) } };
  for (const listener of listeners) listener();
}

/** Everybody's, by person. */
export function useMemories(): (user: string) => Memory {
  const all = useSyncExternalStore(subscribe, () => memories);
  return (user) => all[user] ?? EMPTY;
}

export function useMemory(user: string): Memory {
  return useMemories()(user);
}

/** Slackbot tells one person something, in the channel where they are. */
export function note(user: string, channel: string, text: string): void {
  const ts = timestampOf(Date.now());
  changeMemory(user, ({ notes }) => ({ notes: [...notes, { channel, ts, text }] }));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
