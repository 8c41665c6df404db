import { useEffect, useState } from 'react';
import type { Screen, Topics, WorkspaceState } from '../api.js';
import { listen, onReconnect, readScreen, readWorkspace } from './server.js';

/** The last state of a topic; null until it is known. */
export function useTopic<T extends Exclude<keyof Topics, 'slack'>>(topic: T): Topics[T] | null {
  const [state, setState] = useState<Topics[T] | null>(null);
  useEffect(() => listen(topic, setState), [topic]);
  return state;
}

/** What a person sees in Slack, read again after each change; null until it is known. */
export function useScreen(user: string): Screen | null {
  return useFresh(
    () => readScreen(user),
    user,
    ({ kind, about }) => {
      if (kind === 'call' || kind === 'delivery' || kind === 'connection' || kind === 'problem') return false;
      return about.user === undefined || about.user === user;
    },
  );
}

export function useWorkspace(): WorkspaceState | null {
  return useFresh(readWorkspace, '', ({ kind }) => kind === 'workspace');
}

/** Reads at once, and again after each change that concerns it: one read at a time, and one more when it was too early. */
function useFresh<T>(
  read: () => Promise<T>,
  key: string,
  concerns: (change: Topics['slack']) => boolean,
): T | null {
  const [fresh, setFresh] = useState<{ readonly key: string; readonly value: T } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the functions say the same at each render with the same key.
  useEffect(() => {
    let [ended, reading, again] = [false, false, false];
    const refresh = async () => {
      if (reading) {
        again = true;
        return;
      }
      reading = true;
      do {
        again = false;
        const value = await read().catch(() => null);
        if (!ended && value !== null) setFresh({ key, value });
      } while (again && !ended);
      reading = false;
    };
    const ends = [
      listen('slack', (change) => {
        if (concerns(change)) void refresh();
      }),
      onReconnect(() => void refresh()),
    ];
    void refresh();
    return () => {
      ended = true;
      for (const end of ends) end();
    };
  }, [key]);
  return fresh?.key === key ? fresh.value : null;
}
