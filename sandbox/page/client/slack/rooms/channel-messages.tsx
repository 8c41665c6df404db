import type { ReactNode } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { useMemory } from '../memory.js';
import { type Focus, MessageList } from '../messages/message-list.js';
import { useReading } from '../messages/reading.js';
import { SLACKBOT } from '../people/who.js';

interface Props {
  readonly label: string;
  readonly channel: string;
  readonly messages: readonly SeenMessage[];
  readonly focus: Focus | null;
  readonly beginning: ReactNode;
}

/** The messages of a channel as one person has them: with what Slackbot told them, without what they dismissed. */
export function ChannelMessages({ messages, ...props }: Props) {
  const { dismissed, notes } = useMemory(useReading().user);
  const told = notes.filter(({ channel }) => channel === props.channel).map(messageOf);
  const all =
    told.length === 0 ? messages : [...messages, ...told].toSorted((a, b) => (a.ts < b.ts ? -1 : 1));
  const shown = dismissed.length === 0 ? all : all.filter(({ ts }) => !dismissed.includes(ts));
  return <MessageList key={props.channel} {...props} messages={shown} />;
}

function messageOf(note: {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
}): SeenMessage {
  return { ...note, user: SLACKBOT, blocks: [], edited: false, ephemeral: true, threadTs: null };
}
