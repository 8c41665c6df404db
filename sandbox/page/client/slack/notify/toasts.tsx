/** A phone that buzzes, as a note at the corner of its owner's window. */
import { Toast } from 'radix-ui';
import type { Notification } from '../../../../slack/world/messages.js';
import type { Screen, WorkspaceState } from '../../../api.js';
import { Icon } from '../icons.js';
import { Avatar } from '../people/avatar.js';
import { whoIs } from '../people/who.js';
import { phoneText } from './phone-text.js';
import type { Rings } from './use-rings.js';
import './toasts.css';

interface Props extends Rings {
  readonly user: string;
  readonly workspace: WorkspaceState;
  readonly screen: Screen | null;
  onOpen(ring: Notification): void;
}

/** Milliseconds. */
const SHOWN = 10_000;

export function Toasts({ user, workspace, screen, rings, forget, onOpen }: Props) {
  const owner = whoIs(user, workspace).name;
  return (
    <Toast.Provider duration={SHOWN} label="Notification" swipeDirection="right">
      {rings.map((ring) => {
        const { channel, ts, text } = ring;
        const message = screen?.messages[channel]?.find((each) => each.ts === ts);
        const from = whoIs(message?.user ?? workspace.botUserId, workspace);
        const place = workspace.channels.find(({ id }) => id === channel);
        return (
          <Toast.Root
            key={`${channel}/${ts}`}
            className="slack-toast"
            onOpenChange={(open) => !open && forget(ring)}
          >
            <Toast.Action asChild altText={`Open the message in ${owner}’s window`}>
              <button type="button" className="slack-toast-open" onClick={() => onOpen(ring)}>
                <Avatar who={from} size={36} />
                <span className="slack-toast-words">
                  <span className="slack-toast-where">
                    {owner}’s phone{place && place.kind !== 'im' ? ` · #${place.name}` : ''}
                  </span>
                  <span className="slack-toast-text">
                    <strong>{from.name}:</strong> {phoneText(text, { viewer: user, workspace })}
                  </span>
                </span>
              </button>
            </Toast.Action>
            <Toast.Close className="slack-toast-close" aria-label="Dismiss notification">
              <Icon name="close" />
            </Toast.Close>
          </Toast.Root>
        );
      })}
      <Toast.Viewport className="slack-toasts" label={`${owner}’s notifications ({hotkey})`} />
    </Toast.Provider>
  );
}
