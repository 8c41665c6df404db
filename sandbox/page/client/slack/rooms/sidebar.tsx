/** Slack's sidebar: channels and apps, bold where something is unread, with a number where it calls somebody. */
import type { ReactNode } from 'react';
import type { Screen, WorkspaceState } from '../../../api.js';
import { Icon } from '../icons.js';
import { readUpTo, useMemory } from '../memory.js';
import { badgeOf, type Unread, unreadIn } from '../messages/unread.js';
import { Avatar } from '../people/avatar.js';
import { whoIs } from '../people/who.js';
import { APP_HOME, APP_MESSAGES, messagesIn, type RoomId, type Rooms } from './rooms.js';
import './sidebar.css';

interface Props {
  readonly user: string;
  readonly workspace: WorkspaceState;
  readonly screen: Screen | null;
  readonly rooms: Rooms;
  /** The one that is shown beside it; null: none is. */
  readonly room: RoomId | null;
  onRoom(room: RoomId): void;
}

export function Sidebar({ user, workspace, screen, rooms, room, onRoom }: Props) {
  const memory = useMemory(user);
  const unread = (channel: string | null): Unread =>
    channel === null
      ? { any: false, calls: 0 }
      : unreadIn(messagesIn(channel, screen), screen?.notifications ?? [], {
          self: user,
          channel,
          readUpTo: readUpTo(memory, channel),
        });
  const me = whoIs(user, workspace);
  const app = unread(rooms.app?.id ?? null);
  const inApp = room === APP_HOME || room === APP_MESSAGES;
  return (
    <nav className="slack-sidebar" aria-label={`${me.name}’s channels`}>
      <div className="slack-workspace">
        <strong>Sandbox</strong>
        <span className="slack-me">
          <span className="slack-present" aria-hidden="true" />
          {me.name}
        </span>
      </div>
      <h2>Channels</h2>
      <ul>
        {rooms.channels.map(({ id, name, kind }) => (
          <RoomLink key={id} here={room === id} name={name} unread={unread(id)} onClick={() => onRoom(id)}>
            {kind === 'private' ? <Icon name="lock" /> : <span className="slack-hash">#</span>}
          </RoomLink>
        ))}
      </ul>
      <h2>Apps</h2>
      <ul>
        <RoomLink
          here={inApp}
          name={workspace.app.name}
          unread={app}
          onClick={() => onRoom(app.any ? APP_MESSAGES : inApp ? (room ?? APP_HOME) : APP_HOME)}
        >
          <Avatar who={whoIs(workspace.botUserId, workspace)} size={20} />
        </RoomLink>
      </ul>
    </nav>
  );
}

interface LinkProps {
  readonly here: boolean;
  readonly name: string;
  readonly unread: Unread;
  readonly children: ReactNode;
  onClick(): void;
}

function RoomLink({ here, name, unread, children, onClick }: LinkProps) {
  return (
    <li>
      <button
        type="button"
        className={unread.any ? 'slack-room slack-room-unread' : 'slack-room'}
        aria-current={here ? 'page' : undefined}
        onClick={onClick}
      >
        <span className="slack-room-icon" aria-hidden="true">
          {children}
        </span>
        <span className="slack-room-name">{name}</span>
        {unread.calls > 0 && (
          <span className="slack-badge">
            {badgeOf(unread.calls)}
            <span className="unseen"> unread</span>
          </span>
        )}
        {unread.any && unread.calls === 0 && <span className="unseen">, unread</span>}
      </button>
    </li>
  );
}
