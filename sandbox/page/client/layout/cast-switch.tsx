/** Who you are: any of the cast, by a click, the arrow keys, or the digit of their place. */
import { RadioGroup } from 'radix-ui';
import type { WorkspaceState } from '../../api.js';
import { badgeOf } from '../slack/messages/unread.js';
import { Avatar } from '../slack/people/avatar.js';
import { whoIs } from '../slack/people/who.js';
import './cast-switch.css';

export interface CastProps {
  readonly workspace: WorkspaceState;
  /** Who is played. */
  readonly played: string;
  /** Who else has a window. */
  readonly other: string | null;
  readonly callsOf: (user: string) => number;
  onPlay(user: string): void;
}

export function CastSwitch({ workspace, played, other, callsOf, onPlay }: CastProps) {
  return (
    <RadioGroup.Root
      className="cast"
      aria-label="You are"
      orientation="horizontal"
      value={played}
      onValueChange={onPlay}
    >
      {workspace.cast.map(({ id, part }, index) => {
        const who = whoIs(id, workspace);
        const calls = callsOf(id);
        return (
          <RadioGroup.Item
            key={id}
            value={id}
            className={id === other ? 'cast-member cast-other' : 'cast-member'}
            title={`${who.name}, ${part} (key ${index + 1})`}
          >
            <Avatar who={who} size={28} />
            <span className="cast-words">
              <span className="cast-name">{who.name}</span>
              <span className="unseen">, </span>
              <span className="cast-part">{part}</span>
            </span>
            {calls > 0 && (
              <span className="slack-badge cast-badge">
                <span className="unseen">, </span>
                {badgeOf(calls)}
                <span className="unseen"> unread</span>
              </span>
            )}
          </RadioGroup.Item>
        );
      })}
    </RadioGroup.Root>
  );
}
