import type { SeenMessage } from '../../../../slack/act/seen.js';
import { Avatar } from '../people/avatar.js';
import { whoIs } from '../people/who.js';
import { dayName, msOf, timeOf } from './days.js';
import { useReading } from './reading.js';

interface Props {
  readonly replies: readonly SeenMessage[];
  onClick(): void;
}

/** "2 replies", below a message, with those who wrote them. */
export function RepliesBar({ replies, onClick }: Props) {
  const { workspace, zone } = useReading();
  const writers = [...new Set(replies.map(({ user }) => user))].slice(0, 3);
  const last = msOf(replies.at(-1)?.ts ?? '0');
  const day = dayName(last, zone, Date.now()).replace(/^T/, 't').replace(/^Y/, 'y');
  return (
    <button type="button" className="slack-replies" onClick={onClick}>
      {writers.map((id) => (
        <Avatar key={id} who={whoIs(id, workspace)} size={24} />
      ))}
      <span className="slack-replies-count">{countOf(replies)}</span>
      <span className="slack-replies-last">
        Last reply {day} at {timeOf(last, zone)}
      </span>
    </button>
  );
}

export function countOf({ length }: readonly SeenMessage[]): string {
  return length === 1 ? '1 reply' : `${length} replies`;
}
