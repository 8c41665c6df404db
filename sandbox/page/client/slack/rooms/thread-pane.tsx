/** One message and the replies to it, beside the channel; in its place where there is no room. */
import { useEffect, useRef } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { Composer } from '../compose/composer.js';
import { Icon } from '../icons.js';
import { itemsOf } from '../messages/items.js';
import { MessageRow } from '../messages/message-row.js';
import { useReading } from '../messages/reading.js';
import { countOf } from '../messages/replies-bar.js';
import { threadsIn } from '../messages/threads.js';
import './thread-pane.css';

/** A thread that is open, and the reply in it that somebody came for. */
export interface OpenThread {
  readonly channel: string;
  readonly ts: string;
  readonly pointed: string | null;
}

interface Props {
  /** Of the channel, the newest last. */
  readonly messages: readonly SeenMessage[];
  readonly thread: OpenThread;
  readonly place: string;
  /** Whether people may reply. */
  readonly open: boolean;
  onClose(): void;
}

export function ThreadPane({ messages, thread, place, open, onClose }: Props) {
  const { user, workspace, zone } = useReading();
  const pane = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each thread that opens takes the focus.
  useEffect(() => pane.current?.focus(), [thread.ts]);
  const root = messages.find(({ ts }) => ts === thread.ts);
  const replies = threadsIn(messages).replies.get(thread.ts) ?? [];
  const listing = { zone, now: Date.now(), self: user, newSince: null, hasReplies: () => false };
  return (
    <section
      ref={pane}
      className="slack-thread"
      aria-label="Thread"
      tabIndex={-1}
      onKeyDown={({ key, defaultPrevented }) => key === 'Escape' && !defaultPrevented && onClose()}
    >
      <header className="slack-room-header">
        <h2>Thread</h2>
        <span className="slack-members">{place}</span>
        <button
          type="button"
          className="slack-back slack-thread-close"
          aria-label="Close thread"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="slack-thread-messages">
        {root && <MessageRow message={root} first replies={[]} inThread tabbed flashing={false} />}
        {replies.length > 0 && <div className="slack-thread-count">{countOf(replies)}</div>}
        {itemsOf(replies, listing).map(
          (item) =>
            item.kind === 'message' && (
              <MessageRow
                key={item.key}
                message={item.message}
                first={item.first}
                replies={[]}
                inThread
                tabbed
                flashing={item.key === thread.pointed}
              />
            ),
        )}
        {open && (
          <Composer
            key={thread.ts}
            workspace={workspace}
            user={user}
            channel={thread.channel}
            thread={thread.ts}
            label="Reply…"
          />
        )}
      </div>
    </section>
  );
}
