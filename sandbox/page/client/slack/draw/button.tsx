import type { Element } from '../../../../slack/validate/elements.js';
import type { At } from '../surface.js';
import { useActing, useRunning } from './acting.js';
import { useConfirm } from './confirm.js';
import { useReader } from './reader.js';
import { isSafe } from './text/markup.js';
import { PlainText } from './text/mrkdwn.js';
import { Trouble } from './trouble.js';

interface Props {
  readonly at: At;
  readonly element: Extract<Element, { type: 'button' }>;
}

/** A button: it asks first if it should, and shows that it is working until the app has acknowledged the click. */
export function Button({ at, element }: Props) {
  const { surface, drafts } = useActing();
  const { onLink } = useReader();
  const { busy, failed, run } = useRunning();
  const [ask, dialog] = useConfirm();
  const { text, style, url, accessibility_label, confirm } = element;
  const click = () =>
    void run(async () => {
      await drafts.flush();
      return surface.click(at);
    });
  const look = {
    className: ['draw-button', style && `draw-${style}`, busy && 'draw-busy'].filter(Boolean).join(' '),
    'aria-label': accessibility_label,
    'aria-busy': busy,
  };
  const words = <PlainText text={text.text} emoji={text.emoji} />;
  return (
    <span className="draw-element">
      {url !== undefined && isSafe(url) ? (
        <a
          {...look}
          href={url}
          target="_blank"
          rel="noreferrer"
          onClick={(event) => {
            if (confirm) {
              event.preventDefault();
              ask(confirm, () => {
                click();
                if (!onLink?.(url)) window.open(url, '_blank', 'noreferrer');
              });
            } else {
              if (onLink?.(url)) event.preventDefault();
              click();
            }
          }}
        >
          {words}
        </a>
      ) : (
        <button {...look} type="button" aria-disabled={busy} onClick={() => ask(confirm, click)}>
          {words}
        </button>
      )}
      <Trouble told={failed} />
      {dialog}
    </span>
  );
}
