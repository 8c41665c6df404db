import type { Screen } from '../../../api.js';
import type { Focus } from '../messages/message-list.js';
import { useReading } from '../messages/reading.js';
import { AppRoom } from './app-room.js';
import { ChannelRoom } from './channel-room.js';
import { APP_HOME, APP_MESSAGES, channelOf, messagesIn, type RoomId, type Rooms } from './rooms.js';
import { type OpenThread, ThreadPane } from './thread-pane.js';

interface Props {
  readonly room: RoomId;
  readonly rooms: Rooms;
  readonly screen: Screen;
  readonly thread: OpenThread | null;
  readonly focus: Focus | null;
  readonly onBack: (() => void) | null;
  onRoom(room: RoomId): void;
  onCloseThread(): void;
}

/** What stands beside the sidebar: a channel or the app, and a thread. */
export function MainPane({ room, rooms, screen, thread, focus, onBack, onRoom, onCloseThread }: Props) {
  const { workspace } = useReading();
  const at = channelOf(room, rooms);
  const messages = messagesIn(at, screen);
  const channel = rooms.channels.find(({ id }) => id === room);
  const inApp = room === APP_HOME || room === APP_MESSAGES;
  return (
    <div className="slack-main">
      <div className="slack-room-pane">
        {inApp && (
          <AppRoom room={room} channel={at} screen={screen} focus={focus} onBack={onBack} onRoom={onRoom} />
        )}
        {channel && <ChannelRoom channel={channel} messages={messages} focus={focus} onBack={onBack} />}
      </div>
      {thread && (
        <ThreadPane
          messages={messages}
          thread={thread}
          place={channel ? `#${channel.name}` : workspace.app.name}
          open={!inApp || workspace.app.takesMessages}
          onClose={onCloseThread}
        />
      )}
    </div>
  );
}
