/** Slack, as one person sees it. */
import { useCallback, useEffect, useState } from 'react';
import type { SeenMessage } from '../../../slack/act/seen.js';
import type { WorkspaceState } from '../../api.js';
import { useScreen } from '../use-feed.js';
import type { Focus } from './messages/message-list.js';
import { messageAt } from './messages/permalink.js';
import { ReadingProvider, useSteadyReading } from './messages/reading.js';
import { useVisible } from './messages/use-read-marks.js';
import { ViewModal } from './modal/modal.js';
import { Toasts } from './notify/toasts.js';
import { useRings } from './notify/use-rings.js';
import { MainPane } from './rooms/main-pane.js';
import { channelOf, knownRoom, type RoomId, roomOf, roomsOf } from './rooms/rooms.js';
import { Sidebar } from './rooms/sidebar.js';
import type { OpenThread } from './rooms/thread-pane.js';
import { runShortcut } from './shortcut.js';
import './slack.css';

interface Props {
  readonly user: string;
  readonly workspace: WorkspaceState;
  /** Where they are; null: nowhere in particular, and where there is little room, at the list of channels. */
  readonly room: RoomId | null;
  /** Whether there is room for one thing only: the list of channels, or one of them. */
  readonly narrow: boolean;
  onRoom(room: RoomId | null): void;
}

export function SlackWindow({ user, workspace, room: wanted, narrow, onRoom }: Props) {
  const screen = useScreen(user);
  const rooms = roomsOf(user, workspace);
  const room = narrow && wanted === null ? null : knownRoom(wanted, rooms, workspace.botUserId);
  const channel = room === null ? null : channelOf(room, rooms);
  const [thread, setThread] = useState<OpenThread | null>(null);
  const [focus, setFocus] = useState<Focus | null>(null);
  const shownThread = thread?.channel === channel ? thread : null;
  const looked = { channel, thread: shownThread?.ts ?? null, visible: useVisible() };
  const rings = useRings(user, screen, looked);
  const messages = screen?.messages;

  const goTo = useCallback(
    (place: { channel: string; ts: string; threadTs: string | null }) => {
      const isReply = place.threadTs !== null && place.threadTs !== place.ts;
      setThread(
        isReply && place.threadTs !== null
          ? { channel: place.channel, ts: place.threadTs, pointed: place.ts }
          : null,
      );
      setFocus((before) => ({ ts: place.threadTs ?? place.ts, n: (before?.n ?? 0) + 1 }));
      onRoom(roomOf(place.channel, roomsOf(user, workspace)));
    },
    [user, workspace, onRoom],
  );
  const onLink = useCallback(
    (url: string) => {
      const linked = messageAt(url);
      if (linked !== null) goTo(linked);
      return linked !== null;
    },
    [goTo],
  );
  const onThread = useCallback(
    (message: SeenMessage) =>
      setThread({ channel: message.channel, ts: message.threadTs ?? message.ts, pointed: null }),
    [],
  );
  const onShortcut = useCallback(
    ({ channel, ts }: SeenMessage, callback: string) =>
      void runShortcut(user, channel, 'message-shortcut', { callback, channel, ts }),
    [user],
  );
  const reading = useSteadyReading({ user, workspace, onThread, onLink, onShortcut });
  // A message that somebody came for is not shown again when they come back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after the room was left.
  useEffect(() => () => setFocus(null), [channel]);

  return (
    <ReadingProvider value={reading}>
      <section
        className={narrow ? 'slack-window slack-narrow' : 'slack-window'}
        aria-label={`Slack as ${workspace.people.find(({ id }) => id === user)?.realName ?? user}`}
      >
        <div className="slack-panes" inert={screen?.view != null}>
          {(!narrow || room === null) && (
            <Sidebar
              user={user}
              workspace={workspace}
              screen={screen}
              rooms={rooms}
              room={room}
              onRoom={onRoom}
            />
          )}
          {room !== null && screen !== null && (
            <MainPane
              room={room}
              rooms={rooms}
              screen={screen}
              thread={shownThread}
              focus={focus}
              onBack={narrow ? () => onRoom(null) : null}
              onRoom={onRoom}
              onCloseThread={() => setThread(null)}
            />
          )}
        </div>
        <Toasts
          {...rings}
          user={user}
          workspace={workspace}
          screen={screen}
          onOpen={({ channel, ts }) => {
            const threadTs = messages?.[channel]?.find((each) => each.ts === ts)?.threadTs ?? null;
            goTo({ channel, ts, threadTs });
          }}
        />
        {screen?.view && <ViewModal viewer={user} workspace={workspace} onLink={onLink} view={screen.view} />}
      </section>
    </ReadingProvider>
  );
}
