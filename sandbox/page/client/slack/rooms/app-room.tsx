/** The app's own place: its Home and the direct messages with it. */
import { Tabs } from 'radix-ui';
import { useEffect } from 'react';
import type { Screen } from '../../../api.js';
import { act } from '../../server.js';
import { Composer } from '../compose/composer.js';
import { HomeTab } from '../home/home.js';
import type { Focus } from '../messages/message-list.js';
import { useReading } from '../messages/reading.js';
import { Avatar } from '../people/avatar.js';
import { whoIs } from '../people/who.js';
import { ChannelMessages } from './channel-messages.js';
import { RoomHeader } from './room-header.js';
import { APP_HOME, APP_MESSAGES, messagesIn } from './rooms.js';

interface Props {
  readonly room: typeof APP_HOME | typeof APP_MESSAGES;
  /** Their direct messages with the app; null: none yet. */
  readonly channel: string | null;
  readonly screen: Screen;
  readonly focus: Focus | null;
  readonly onBack: (() => void) | null;
  onRoom(room: string): void;
}

export function AppRoom({ room, channel, screen, focus, onBack, onRoom }: Props) {
  const { user, workspace, onLink } = useReading();
  const { app, botUserId } = workspace;
  // Slack tells the app of it. Nobody waits for an answer.
  useEffect(() => {
    void act('open-home', { user, tab: room === APP_HOME ? 'home' : 'messages' }).catch(() => null);
  }, [user, room]);
  return (
    <Tabs.Root className="slack-app" value={room} onValueChange={onRoom}>
      <RoomHeader onBack={onBack}>
        <Avatar who={whoIs(botUserId, workspace)} size={24} />
        <h2>{app.name}</h2>
        <Tabs.List className="slack-tabs" aria-label={app.name}>
          <Tabs.Trigger value={APP_HOME}>Home</Tabs.Trigger>
          <Tabs.Trigger value={APP_MESSAGES}>Messages</Tabs.Trigger>
        </Tabs.List>
      </RoomHeader>
      <Tabs.Content value={APP_HOME} className="slack-app-home">
        <HomeTab viewer={user} workspace={workspace} onLink={onLink} home={screen.home} />
      </Tabs.Content>
      <Tabs.Content value={APP_MESSAGES} className="slack-app-messages" tabIndex={-1}>
        <ChannelMessages
          label={`Messages with ${app.name}`}
          channel={channel ?? 'dm'}
          messages={messagesIn(channel, screen)}
          focus={focus}
          beginning={
            <div className="slack-beginning">
              <h3>{app.name}</h3>
              <p>This is the very beginning of your messages with {app.name}.</p>
            </div>
          }
        />
        {app.takesMessages ? (
          <Composer
            workspace={workspace}
            user={user}
            channel={channel ?? 'dm'}
            thread={null}
            label={`Message ${app.name}`}
          />
        ) : (
          <p className="slack-closed">Sending messages to this app has been turned off.</p>
        )}
      </Tabs.Content>
    </Tabs.Root>
  );
}
