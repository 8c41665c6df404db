import { DropdownMenu } from 'radix-ui';
import type { WorkspaceState } from '../../../api.js';
import { Icon } from '../icons.js';
import { Avatar } from '../people/avatar.js';
import { whoIs } from '../people/who.js';
import { runShortcut } from '../shortcut.js';
import '../menu.css';

interface Props {
  readonly user: string;
  readonly channel: string;
  readonly workspace: WorkspaceState;
}

/** The shortcuts that the app has everywhere. */
export function PlusMenu({ user, channel, workspace }: Props) {
  const app = whoIs(workspace.botUserId, workspace);
  const shortcuts = workspace.shortcuts.filter(({ type }) => type === 'global');
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger aria-label="Shortcuts" title="Shortcuts">
        <Icon name="plus" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="slack-menu"
          align="start"
          side="top"
          sideOffset={6}
          collisionPadding={8}
        >
          <DropdownMenu.Label className="slack-menu-label">Shortcuts</DropdownMenu.Label>
          {shortcuts.map(({ callbackId, name }) => (
            <DropdownMenu.Item
              key={callbackId}
              className="slack-menu-item"
              onSelect={() => void runShortcut(user, channel, 'shortcut', { callback: callbackId })}
            >
              <Avatar who={app} size={20} />
              <span className="slack-menu-name">{name}</span>
              <span className="slack-menu-app">{app.name}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
