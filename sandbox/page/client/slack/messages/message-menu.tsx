/** What stands at the corner of a message while somebody points at it: reply, and more actions. */
import { DropdownMenu } from 'radix-ui';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { Icon } from '../icons.js';
import { ShortcutItems } from '../shortcut-items.js';
import { useReading } from './reading.js';
import '../menu.css';

interface Props {
  readonly message: SeenMessage;
  readonly inThread: boolean;
  /** The menu opened or closed. */
  onOpen(open: boolean): void;
}

export function MessageMenu({ message, inThread, onOpen }: Props) {
  const { workspace, onThread, onShortcut } = useReading();
  return (
    <div className="slack-toolbar" role="toolbar" aria-label="Message actions">
      {!inThread && (
        <button
          type="button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => onThread(message)}
        >
          <Icon name="reply" />
        </button>
      )}
      <DropdownMenu.Root onOpenChange={onOpen} modal={false}>
        <DropdownMenu.Trigger aria-label="More actions" title="More actions">
          <Icon name="more" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="slack-menu" align="end" sideOffset={4} collisionPadding={8}>
            {!inThread && (
              <DropdownMenu.Item className="slack-menu-item" onSelect={() => onThread(message)}>
                Reply in thread
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Item
              className="slack-menu-item"
              onSelect={() => void navigator.clipboard?.writeText(message.text)}
            >
              Copy text
            </DropdownMenu.Item>
            <DropdownMenu.Separator className="slack-menu-line" />
            <ShortcutItems
              workspace={workspace}
              type="message"
              onUse={(callbackId) => onShortcut(message, callbackId)}
            />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  );
}
