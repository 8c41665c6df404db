/** What the page shows: whose windows, where they are, and the panel beside them. It stands in the address. */

export const PANELS = ['guide', 'database', 'faults'] as const;
export type Panel = (typeof PANELS)[number];

interface Opened {
  readonly user: string;
  /** null: the first one. */
  readonly room: string | null;
}

export interface Place {
  /** One window, or two beside each other. */
  readonly windows: readonly [Opened] | readonly [Opened, Opened];
  /** Which of them is played: the switch and the database follow it. */
  readonly active: 0 | 1;
  readonly panel: Panel;
  /** Whether the panel stands beside Slack; where there is room for one thing only: instead of it. */
  readonly open: boolean;
}

/** Where a part of the page can send somebody: whom to play, what to look at. */
export interface Destination {
  readonly user?: string | undefined;
  readonly panel?: Panel | undefined;
}

/** @param cast who can be played; others in the address are not @param narrow whether there is room for one thing only */
export function readPlace(hash: string, cast: readonly string[], narrow: boolean): Place {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  const opened = (user: string | null, room: string | null): Opened | null =>
    user !== null && cast.includes(user) ? { user, room } : null;
  const first = opened(said.get('user'), said.get('room')) ?? { user: cast[0] ?? '', room: null };
  const second = opened(said.get('user2'), said.get('room2'));
  const both = second !== null && second.user !== first.user;
  const panel = PANELS.find((each) => each === said.get('panel')) ?? 'guide';
  return {
    windows: both ? [first, second] : [first],
    active: both && said.get('active') === '2' ? 1 : 0,
    panel,
    open: said.has('panel') ? said.get('open') !== 'no' : !narrow,
  };
}

export function writePlace({ windows: [first, second], active, panel, open }: Place): string {
  const said = new URLSearchParams();
  said.set('user', first.user);
  if (first.room !== null) said.set('room', first.room);
  if (second) said.set('user2', second.user);
  if (second && second.room !== null) said.set('room2', second.room);
  if (active === 1) said.set('active', '2');
  said.set('panel', panel);
  if (!open) said.set('open', 'no');
  return `#${said}`;
}

/** Puts somebody in the place of another, in one of the windows. */
export function replace(place: Place, index: number, user: string, lastRoom: string | null): Place {
  const [first, second] = place.windows;
  if (first.user === user || second?.user === user) return place;
  const opened = { user, room: lastRoom };
  if (!second) return { ...place, windows: [opened] };
  return { ...place, windows: index === 0 ? [opened, second] : [first, opened] };
}

/** Plays somebody: in the window where they are, or else in the one that is played, in the room where they were. */
export function play(place: Place, user: string, lastRoom: string | null): Place {
  const [first, second] = place.windows;
  if (first.user === user) return { ...place, active: 0 };
  if (second?.user === user) return { ...place, active: 1 };
  return replace(place, place.active, user, lastRoom);
}

/** Puts somebody beside the first window. */
export function beside(place: Place, user: string, lastRoom: string | null): Place {
  const [first] = place.windows;
  if (first.user === user) return place;
  return { ...place, windows: [first, { user, room: lastRoom }], active: 1 };
}

/** Closes a window, if another stays. */
export function alone(place: Place, index: number): Place {
  const [first, second] = place.windows;
  return { ...place, windows: [index === 0 && second ? second : first], active: 0 };
}

export function inRoom(place: Place, index: number, room: string | null): Place {
  const [first, second] = place.windows;
  if (index === 0) return { ...place, windows: second ? [{ ...first, room }, second] : [{ ...first, room }] };
  return second ? { ...place, windows: [first, { ...second, room }] } : place;
}
