/** What both mrkdwn and rich text hold: emoji, links, mentions, dates. */
import type { ReactNode } from 'react';
import { personOf, type Reader, useReader, zoneOf } from '../reader.js';
import { formatDate } from './dates.js';
import { emojiOf } from './emoji.js';

interface EmojiProps {
  readonly name: string;
  readonly tone: number | null;
  /** What is shown if there is no such emoji. */
  readonly source: string;
}

export function Emoji({ name, tone, source }: EmojiProps) {
  const drawn = emojiOf(name, tone);
  if (drawn === null) return source;
  return (
    <span className="draw-emoji" role="img" aria-label={name.replaceAll('_', ' ')} title={source}>
      {drawn}
    </span>
  );
}

/** @param url as the browser may follow it; see `isSafe` */
export function Link({ url, children }: { readonly url: string; readonly children: ReactNode }) {
  const { onLink } = useReader();
  return (
    <a
      className="draw-link"
      href={url}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => {
        if (onLink?.(url)) event.preventDefault();
      }}
    >
      {children}
    </a>
  );
}

interface MentionProps {
  readonly kind: 'user' | 'group' | 'channel' | 'broadcast';
  readonly id: string;
  readonly label: string | null;
}

/** In yellow where it calls the reader. */
export function Mention({ kind, id, label }: MentionProps) {
  const reader = useReader();
  const { words, mine } = mentioned(reader, kind, id, label);
  return <span className={mine ? 'draw-mention draw-mention-me' : 'draw-mention'}>{words}</span>;
}

function mentioned(reader: Reader, kind: MentionProps['kind'], id: string, label: string | null) {
  const { workspace, viewer } = reader;
  switch (kind) {
    case 'user':
      return { words: `@${personOf(reader, id)?.realName ?? label ?? id}`, mine: id === viewer };
    case 'group': {
      const group = workspace.groups.find((each) => each.id === id);
      const handle = group?.handle ?? label?.replace(/^@/, '') ?? id;
      return { words: `@${handle}`, mine: group?.members.includes(viewer) ?? false };
    }
    case 'channel': {
      const channel = workspace.channels.find((each) => each.id === id);
      const seen = channel && (channel.kind === 'public' || channel.members.includes(viewer));
      if (!seen) return { words: label === null ? '🔒 private channel' : `#${label}`, mine: false };
      return { words: `${channel.kind === 'private' ? '🔒 ' : '#'}${channel.name}`, mine: false };
    }
    case 'broadcast':
      return { words: `@${id}`, mine: true };
  }
}

interface WhenProps {
  /** In seconds since 1970. */
  readonly timestamp: number;
  readonly format: string;
  readonly url: string | null;
  readonly fallback: string;
}

/** A date in the reader's zone; the whole of it on hover, as Slack has it. */
export function When({ timestamp, format, url, fallback }: WhenProps) {
  const zone = zoneOf(useReader());
  const now = Date.now();
  const said = formatDate(timestamp, format, zone, now);
  if (said === null) return fallback;
  const whole = formatDate(timestamp, '{date_long} at {time}', zone, now);
  const time = (
    <time dateTime={new Date(timestamp * 1_000).toISOString()} title={`${whole} (${zone})`}>
      {said}
    </time>
  );
  return url === null ? time : <Link url={url}>{time}</Link>;
}
