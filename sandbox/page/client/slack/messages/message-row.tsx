/** One message: who wrote it, when, what it says, its replies, and its menu while somebody points at it. */
import { memo, useState } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { Icon } from '../icons.js';
import { changeMemory } from '../memory.js';
import { Avatar } from '../people/avatar.js';
import { type Shown, whoIs } from '../people/who.js';
import { Content } from './content.js';
import { momentOf, msOf, timeOf } from './days.js';
import { MessageMenu } from './message-menu.js';
import { useReading } from './reading.js';
import { RepliesBar } from './replies-bar.js';
import './message.css';

export interface RowProps {
  readonly message: SeenMessage;
  /** Whether it shows its writer: the first of several of one writer. */
  readonly first: boolean;
  /** None where replies aren't shown: in a thread. */
  readonly replies: readonly SeenMessage[];
  /** Whether it stands in a thread already. */
  readonly inThread: boolean;
  /** Whether the Tab key leads to it. */
  readonly tabbed: boolean;
  readonly flashing: boolean;
}

export const MessageRow = memo(function MessageRow(props: RowProps) {
  const { message, first, replies, inThread, tabbed, flashing } = props;
  const { user, workspace, zone, onThread } = useReading();
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [open, setOpen] = useState(false);
  const who = whoIs(message.user, workspace);
  const ms = msOf(message.ts);
  const dismiss = () => changeMemory(user, ({ dismissed }) => ({ dismissed: [...dismissed, message.ts] }));
  const classes = ['slack-message', flashing && 'slack-flash', open && 'slack-pointed']
    .filter(Boolean)
    .join(' ');
  return (
    <article
      className={classes}
      data-ts={message.ts}
      aria-label={`${who.name}, ${timeOf(ms, zone)}`}
      tabIndex={tabbed ? 0 : -1}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      <div className="slack-gutter">{first ? <Avatar who={who} size={36} /> : <Time ms={ms} short />}</div>
      <div className="slack-message-body">
        {message.ephemeral && (
          <p className="slack-only-you">
            <Icon name="eye" /> Only visible to you
          </p>
        )}
        {first && <Writer who={who} ms={ms} />}
        <Content message={message} />
        {message.ephemeral && (
          <button type="button" className="slack-dismiss" onClick={dismiss}>
            Dismiss message
          </button>
        )}
        {replies.length > 0 && <RepliesBar replies={replies} onClick={() => onThread(message)} />}
      </div>
      {(pointed || focused || open) && !message.ephemeral && (
        <MessageMenu message={message} inThread={inThread} onOpen={setOpen} />
      )}
    </article>
  );
}, sameRow);

function Writer({ who, ms }: { readonly who: Shown; readonly ms: number }) {
  return (
    <header className="slack-writer">
      <strong>{who.name}</strong>
      {who.app && <span className="slack-app-badge">APP</span>}
      <Time ms={ms} />
    </header>
  );
}

function Time({ ms, short = false }: { readonly ms: number; readonly short?: boolean }) {
  const { zone } = useReading();
  const time = timeOf(ms, zone);
  return (
    <time className="slack-time" dateTime={new Date(ms).toISOString()} title={momentOf(ms, zone, Date.now())}>
      {short ? time.replace(/ [AP]M$/, '') : time}
    </time>
  );
}

/** A screen is read again as a whole, so that messages that say the same come as new objects. */
function sameRow({ message, replies, ...rest }: RowProps, other: RowProps): boolean {
  return (
    rest.first === other.first &&
    rest.tabbed === other.tabbed &&
    rest.flashing === other.flashing &&
    replies.length === other.replies.length &&
    JSON.stringify(message) === JSON.stringify(other.message)
  );
}
