/** The rooms of somebody's sidebar, and what stands in each. */

import type { Channel } from '../../../../slack/world/workspace.js';
import type { Screen, WorkspaceState } from '../../../api.js';

/** A channel's id, or one of the app's own two. */
export type RoomId = string;
export const APP_HOME: RoomId = 'home';
export const APP_MESSAGES: RoomId = 'messages';

export interface Rooms {
  /** Those that they are in, by name. */
  readonly channels: readonly Channel[];
  /** Their direct messages with the app; null: nobody wrote there yet. */
  readonly app: Channel | null;
}

export function roomsOf(user: string, workspace: WorkspaceState): Rooms {
  const mine = workspace.channels.filter(({ members, archived }) => members.includes(user) && !archived);
  return {
    channels: mine
      .filter(({ kind }) => kind !== 'im')
      .toSorted((one, other) => one.name.localeCompare(other.name)),
    app: mine.find(({ kind, members }) => kind === 'im' && members.includes(workspace.botUserId)) ?? null,
  };
}

/** Where somebody begins: where the app posts. */
function firstRoom({ channels }: Rooms, botUserId: string): RoomId {
  return (channels.find(({ members }) => members.includes(botUserId)) ?? channels[0])?.id ?? APP_MESSAGES;
}

/** The room itself, or the first one if they are in no such room (any more). */
export function knownRoom(room: RoomId | null, rooms: Rooms, botUserId: string): RoomId {
  const known =
    room === APP_HOME || room === APP_MESSAGES || rooms.channels.some(({ id }) => id === room) ? room : null;
  return known ?? firstRoom(rooms, botUserId);
}

/** The room in which a channel's messages stand. */
export function roomOf(channel: string, { app }: Rooms): RoomId {
  return channel === app?.id ? APP_MESSAGES : channel;
}

/** The channel that a room shows; null: none (Home, or direct messages before the first). */
export function channelOf(room: RoomId, { app }: Rooms): string | null {
  if (room === APP_HOME) return null;
  return room === APP_MESSAGES ? (app?.id ?? null) : room;
}

export function messagesIn(channel: string | null, screen: Screen | null) {
  return (channel === null ? undefined : screen?.messages[channel]) ?? [];
}
