import { useCallback, useEffect, useRef, useState } from 'react';
import type { CastMember } from '../../api.js';
import {
  alone,
  beside,
  inRoom,
  type Panel,
  type Place,
  play,
  readPlace,
  replace,
  writePlace,
} from './place.js';

export interface Go {
  play(user: string): void;
  beside(user: string): void;
  replace(index: number, user: string): void;
  alone(index: number): void;
  activate(index: 0 | 1): void;
  room(index: number, room: string | null): void;
  panel(panel: Panel): void;
  open(open: boolean): void;
}

/** Where the page is, kept in its address so that a reload, or a step back, finds it again. */
export function usePlace(cast: readonly CastMember[], narrow: boolean): [Place, Go] {
  const ids = cast.map(({ id }) => id);
  const [place, setPlace] = useState(() => readPlace(location.hash, ids, narrow));
  const lastRooms = useRef(new Map<string, string | null>());
  for (const { user, room } of place.windows) lastRooms.current.set(user, room);
  useEffect(() => {
    const hash = writePlace(place);
    if (hash !== location.hash) history.replaceState(null, '', hash);
  }, [place]);
  const last = (user: string) => lastRooms.current.get(user) ?? null;
  const room = useCallback(
    (index: number, to: string | null) => setPlace((before) => inRoom(before, index, to)),
    [],
  );
  return [
    place,
    {
      play: (user) => setPlace((before) => play(before, user, last(user))),
      beside: (user) => setPlace((before) => beside(before, user, last(user))),
      replace: (index, user) => setPlace((before) => replace(before, index, user, last(user))),
      alone: (index) => setPlace((before) => alone(before, index)),
      activate: (index) =>
        setPlace((before) => ({ ...before, active: before.windows.length > index ? index : 0 })),
      room,
      panel: (panel) => setPlace((before) => ({ ...before, panel, open: true })),
      open: (open) => setPlace((before) => ({ ...before, open })),
    },
  ];
}
