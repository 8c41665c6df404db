import { expect, it } from 'vitest';
import type { Channel } from '../../../../slack/world/workspace.js';
import type { WorkspaceState } from '../../../api.js';
import { APP_MESSAGES, channelOf, knownRoom, roomOf, roomsOf } from './rooms.js';

const channel = (
  id: string,
  name: string,
  members: readonly string[],
  more: Partial<Channel> = {},
): Channel => ({
  id,
  name,
  kind: 'public',
  archived: false,
  members,
  ...more,
});
const channels = [
  channel('C1', 'general', ['U1', 'U2']),
  channel('C2', 'db-access', ['U1', 'B1']),
  channel('C3', 'old', ['U1'], { archived: true }),
  channel('D1', 'directmessage', ['U1', 'B1'], { kind: 'im' }),
];
const workspace: WorkspaceState = {
  botUserId: 'B1',
  app: { name: 'App', color: '#000', takesMessages: false },
  cast: [],
  people: [],
  channels,
  groups: [],
  commands: [],
  shortcuts: [],
};

it('lists the channels that somebody is in, and the app', () => {
  const rooms = roomsOf('U1', workspace);
  expect(rooms.channels.map(({ name }) => name)).toEqual(['db-access', 'general']);
  expect(rooms.app?.id).toBe('D1');
  expect(roomsOf('U2', workspace)).toEqual({ channels: [channels[0]], app: null });
});

it('begins where the app is', () => {
  expect(knownRoom(null, roomsOf('U1', workspace), 'B1')).toBe('C2');
  expect(knownRoom(null, roomsOf('U2', workspace), 'B1')).toBe('C1');
  expect(knownRoom(null, roomsOf('U3', workspace), 'B1')).toBe(APP_MESSAGES);
});

it('goes nowhere that somebody is not', () => {
  expect(knownRoom('C2', roomsOf('U1', workspace), 'B1')).toBe('C2');
  expect(knownRoom('C2', roomsOf('U2', workspace), 'B1')).toBe('C1');
});

it('knows where direct messages with the app are', () => {
  const rooms = roomsOf('U1', workspace);
  expect([roomOf('D1', rooms), channelOf(APP_MESSAGES, rooms)]).toEqual([APP_MESSAGES, 'D1']);
  expect(channelOf(APP_MESSAGES, roomsOf('U2', workspace))).toBeNull();
});
