/** The question before something happens: a confirmation dialog. */
import { AlertDialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import type { confirm } from '../../../../slack/validate/objects.js';
import { PlainText, Text } from './text/mrkdwn.js';
import './confirm.css';

export type Confirm = z.output<typeof confirm>;

interface Asked {
  readonly confirm: Confirm;
  readonly accept: () => void;
  readonly within: Element | null;
}

/** @returns what asks first where there is something to ask, and the dialog, which the element draws with itself */
export function useConfirm(): [
  ask: (confirm: Confirm | undefined, accept: () => void) => void,
  dialog: ReactNode,
] {
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = (confirm: Confirm | undefined, accept: () => void) => {
    if (confirm === undefined) return accept();
    // It stands above the window of the person who is asked, not above the whole page.
    setAsked({ confirm, accept, within: document.activeElement?.closest('.slack-window') ?? null });
  };
  return [ask, asked && <Dialog {...asked} onClose={() => setAsked(null)} />];
}

function Dialog({ confirm, accept, within, onClose }: Asked & { readonly onClose: () => void }) {
  const { title, text, confirm: yes, deny: no, style } = confirm;
  return (
    <AlertDialog.Root open onOpenChange={onClose}>
      <AlertDialog.Portal container={within as HTMLElement | null}>
        <AlertDialog.Overlay className="draw-backdrop" />
        <AlertDialog.Content
          className="draw-confirm"
          aria-modal
          onEscapeKeyDown={(event) => event.stopPropagation()}
        >
          <AlertDialog.Title className="draw-confirm-title">
            <PlainText text={title.text} emoji={title.emoji} />
          </AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="draw-confirm-text">
              <Text of={text} />
            </div>
          </AlertDialog.Description>
          <div className="draw-confirm-buttons">
            <AlertDialog.Cancel className="draw-button">
              <PlainText text={no.text} emoji={no.emoji} />
            </AlertDialog.Cancel>
            <AlertDialog.Action className={`draw-button draw-${style ?? 'primary'}`} onClick={accept}>
              <PlainText text={yes.text} emoji={yes.emoji} />
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
