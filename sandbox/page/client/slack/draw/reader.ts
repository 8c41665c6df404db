/** Who reads what is drawn: names, zones and the workspace come from here. */
import { createContext, useContext } from 'react';
import type { Person } from '../../../../slack/world/workspace.js';
import type { WorkspaceState } from '../../../api.js';

export interface Reader {
  /** The id of the person who looks. */
  readonly viewer: string;
  readonly workspace: WorkspaceState;
  /** Called for each link that is clicked. @returns true: it was shown here, and no tab opens (a permalink of a message) */
  readonly onLink?: ((url: string) => boolean) | undefined;
}

const ReaderContext = createContext<Reader | null>(null);
export const ReaderProvider = ReaderContext.Provider;

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (reader === null) throw new Error('There is no ReaderProvider around this.');
  return reader;
}

export function personOf({ workspace }: Reader, id: string): Person | undefined {
  return workspace.people.find((person) => person.id === id);
}

/** As `Europe/Amsterdam`. */
export function zoneOf(reader: Reader): string {
  return personOf(reader, reader.viewer)?.tz ?? 'UTC';
}
