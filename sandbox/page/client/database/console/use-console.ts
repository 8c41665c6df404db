import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ConsolePlace, Instance, Tables } from '../../../api-database.js';
import { call } from '../../server.js';
import { type ConsoleStore, consoleOf, type Held } from './console-store.js';

/** The console of this login, and what is in it now. */
export function useConsole(place: ConsolePlace): { readonly store: ConsoleStore; readonly held: Held } {
  const store = consoleOf(place);
  return { store, held: useSyncExternalStore(store.subscribe, store.read) };
}

/** The tables to complete; none until they are known. */
export function useTables(on: Instance): Tables {
  const [tables, setTables] = useState<Tables>({});
  useEffect(() => {
    let left = false;
    call<Tables>('console-tables', { on }).then(
      (found) => {
        if (!left) setTables(found);
      },
      // The server may be stopped just now; the console works without them.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [on]);
  return tables;
}
