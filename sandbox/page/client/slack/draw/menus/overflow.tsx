import { DropdownMenu } from 'radix-ui';
import type { Element } from '../../../../../slack/validate/elements.js';
import type { At } from '../../surface.js';
import { useActing, useRunning } from '../acting.js';
import { useConfirm } from '../confirm.js';
import { useReader } from '../reader.js';
import { isSafe } from '../text/markup.js';
import { PlainText } from '../text/mrkdwn.js';
import { Trouble } from '../trouble.js';

interface Props {
  readonly at: At;
  readonly element: Extract<Element, { type: 'overflow' }>;
}

/** The menu behind three dots. */
export function Overflow({ at, element }: Props) {
  const { surface } = useActing();
  const { onLink } = useReader();
  const { busy, failed, run } = useRunning();
  const [ask, dialog] = useConfirm();
  const use = ({ value, url }: Props['element']['options'][number]) =>
    ask(element.confirm, () => {
      void run(() => surface.choose(at, [value]));
      if (url !== undefined && isSafe(url) && !onLink?.(url)) window.open(url, '_blank', 'noreferrer');
    });
  return (
    <span className="draw-element">
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          className={busy ? 'draw-button draw-dots draw-busy' : 'draw-button draw-dots'}
          aria-label="More options"
          aria-busy={busy}
        >
          <span aria-hidden="true">⋯</span>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="draw-menu" align="end" sideOffset={4}>
            {element.options.map((option) => (
              <DropdownMenu.Item key={option.value} className="draw-menu-item" onSelect={() => use(option)}>
                <PlainText text={option.text.text} emoji={option.text.emoji} />
                {option.description && (
                  <span className="draw-description">
                    <PlainText text={option.description.text} emoji={option.description.emoji} />
                  </span>
                )}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <Trouble told={failed} />
      {dialog}
    </span>
  );
}
