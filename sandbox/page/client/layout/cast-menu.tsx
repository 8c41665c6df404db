import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { badgeOf } from '../slack/messages/unread.js';
import { Avatar } from '../slack/people/avatar.js';
import { whoIs } from '../slack/people/who.js';
import type { CastProps } from './cast-switch.js';
import '../slack/menu.css';

interface Props extends Omit<CastProps, 'other'> {
  readonly label: string;
  /** Who can't be chosen here: they have the other window. */
  readonly other: string | null;
  /** The trigger, a button's inside. */
  readonly children: ReactNode;
  readonly className: string;
}

/** The cast as a menu, where there is no room for all of them, or for one window of two. */
export function CastMenu({ workspace, played, other, callsOf, onPlay, label, children, className }: Props) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={className} aria-label={label} title={label}>
        {children}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="slack-menu" align="start" sideOffset={6} collisionPadding={8}>
          <DropdownMenu.RadioGroup value={played} onValueChange={onPlay}>
            {workspace.cast.map(({ id, part }) => {
              const who = whoIs(id, workspace);
              const calls = callsOf(id);
              return (
                <DropdownMenu.RadioItem
                  key={id}
                  value={id}
                  className="slack-menu-item cast-menu-item"
                  disabled={id === other}
                >
                  <Avatar who={who} size={24} />
                  <span className="slack-menu-name">
                    {who.name} <span className="slack-menu-app">{part}</span>
                  </span>
                  {calls > 0 && <span className="slack-badge">{badgeOf(calls)}</span>}
                  <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                </DropdownMenu.RadioItem>
              );
            })}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
