import { DropdownMenu } from 'radix-ui';
import type { WorkspaceState } from '../../../api.js';
import { Icon } from '../icons.js';
import { runShortcut } from '../shortcut.js';
import { ShortcutItems } from '../shortcut-items.js';
import '../menu.css';

interface Props {
  readonly user: string;
  readonly channel: string;
  readonly workspace: WorkspaceState;
}

/** The shortcuts that the app has everywhere. */
export function PlusMenu({ user, channel, workspace }: Props) {
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
          <ShortcutItems
            workspace={workspace}
            type="global"
            onUse={(callback) => void runShortcut(user, channel, 'shortcut', { callback })}
          />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
