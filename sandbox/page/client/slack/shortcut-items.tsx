import { DropdownMenu } from 'radix-ui';
import type { WorkspaceState } from '../../api.js';
import { Avatar } from './people/avatar.js';
import { whoIs } from './people/who.js';

interface Props {
  readonly workspace: WorkspaceState;
  readonly type: WorkspaceState['shortcuts'][number]['type'];
  onUse(callbackId: string): void;
}

/** The app's shortcuts of one type, as items of a menu. */
export function ShortcutItems({ workspace, type, onUse }: Props) {
  const app = whoIs(workspace.botUserId, workspace);
  return workspace.shortcuts
    .filter((shortcut) => shortcut.type === type)
    .map(({ callbackId, name }) => (
      <DropdownMenu.Item key={callbackId} className="slack-menu-item" onSelect={() => onUse(callbackId)}>
        <Avatar who={app} size={20} />
        <span className="slack-menu-name">{name}</span>
        <span className="slack-menu-app">{app.name}</span>
      </DropdownMenu.Item>
    ));
}
