/** Who reads messages here, and what they can do with them: the same for all messages of a window. */
import { createContext, useContext, useMemo } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import type { WorkspaceState } from '../../../api.js';

export interface Reading {
  readonly user: string;
  readonly workspace: WorkspaceState;
  /** As `Europe/Amsterdam`. */
  readonly zone: string;
  /** Opens the thread below a message. */
  onThread(message: SeenMessage): void;
  /** @returns whether it was a message of this workspace, which is shown now */
  onLink(url: string): boolean;
  /** Uses a message shortcut of the app's, by its callback id. */
  onShortcut(message: SeenMessage, callbackId: string): void;
}

const ReadingContext = createContext<Reading | null>(null);
export const ReadingProvider = ReadingContext.Provider;

export function useReading(): Reading {
  const reading = useContext(ReadingContext);
  if (reading === null) throw new Error('There is no ReadingProvider around this.');
  return reading;
}

/** The same object as long as its parts are the same, so that messages are drawn once. */
export function useSteadyReading({
  user,
  workspace,
  onThread,
  onLink,
  onShortcut,
}: Omit<Reading, 'zone'>): Reading {
  return useMemo(() => {
    const zone = workspace.people.find(({ id }) => id === user)?.tz ?? 'UTC';
    return { user, workspace, zone, onThread, onLink, onShortcut };
  }, [user, workspace, onThread, onLink, onShortcut]);
}
