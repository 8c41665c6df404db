import type { SeenMessage } from '../../../../slack/act/seen.js';
import type { Channel } from '../../../../slack/world/workspace.js';
import { Composer } from '../compose/composer.js';
import { Icon } from '../icons.js';
import type { Focus } from '../messages/message-list.js';
import { useReading } from '../messages/reading.js';
import { ChannelMessages } from './channel-messages.js';
import { RoomHeader } from './room-header.js';

interface Props {
  readonly channel: Channel;
  readonly messages: readonly SeenMessage[];
  readonly focus: Focus | null;
  readonly onBack: (() => void) | null;
}

export function ChannelRoom({ channel, messages, focus, onBack }: Props) {
  const { user, workspace } = useReading();
  const { id, name, kind, members } = channel;
  const people = workspace.people.filter((person) => members.includes(person.id) && !person.bot).length;
  const label = kind === 'private' ? name : `#${name}`;
  return (
    <>
      <RoomHeader onBack={onBack}>
        <h2>
          {kind === 'private' ? <Icon name="lock" /> : <span aria-hidden="true"># </span>}
          {name}
        </h2>
        <span className="slack-members">
          {people} {people === 1 ? 'member' : 'members'}
        </span>
      </RoomHeader>
      <ChannelMessages
        label={`Messages in ${name}`}
        channel={id}
        messages={messages}
        focus={focus}
        beginning={
          <div className="slack-beginning">
            <h3>{label}</h3>
            <p>This is the very beginning of {label}.</p>
          </div>
        }
      />
      <Composer
        key={id}
        workspace={workspace}
        user={user}
        channel={id}
        thread={null}
        label={`Message ${label}`}
      />
    </>
  );
}
