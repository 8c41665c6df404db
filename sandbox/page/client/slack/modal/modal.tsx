/** The modal on top of a person's stack. It stays inside its Slack window: beside it, somebody else may have one too. */
import { Dialog } from 'radix-ui';
import { type FormEvent, type KeyboardEvent, useEffect, useState } from 'react';
import type { SeenView } from '../../../../slack/act/seen.js';
import { toldAfter } from '../draw/acting.js';
import { Blocks } from '../draw/blocks.js';
import { Drafts } from '../draw/fields/drafts.js';
import type { Reader } from '../draw/reader.js';
import { PlainText } from '../draw/text/mrkdwn.js';
import { closeView, submitView, viewSurface } from '../surface.js';
import { useFocus } from './use-focus.js';
import './modal.css';

interface Props extends Reader {
  readonly view: SeenView;
}

/** Draw it within the window's root, which is positioned; what stands beside it there should be `inert`. */
export function ViewModal({ view, ...reader }: Props) {
  const { viewer } = reader;
  const [drafts] = useState(() => new Drafts());
  const [submitting, setSubmitting] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { content, focusFirstError } = useFocus(view);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what went wrong is over when another view shows.
  useEffect(() => setTrouble(null), [view.id, view.hash]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (submitting || view.submit === null) return;
    setSubmitting(true);
    setTrouble(null);
    const told = await toldAfter(async () => {
      await drafts.flush();
      const submitted = await submitView(viewer);
      if (submitted.outcome === 'errors') focusFirstError();
      return 'seen' in submitted ? submitted : { outcome: 'ok' };
    });
    setSubmitting(false);
    setTrouble(told);
  };
  const close = () => void toldAfter(() => closeView(viewer)).then(setTrouble);
  const onKeyDown = (event: KeyboardEvent) => {
    // What is drawn elsewhere, a menu or a question, has its own Escape.
    const isHere = event.target instanceof Node && event.currentTarget.contains(event.target);
    if (event.key === 'Escape' && isHere) close();
  };

  return (
    <Dialog.Root open modal={false}>
      <div className="draw-modal-backdrop">
        <Dialog.Content
          ref={content}
          className="draw-modal"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onEscapeKeyDown={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          onKeyDown={onKeyDown}
        >
          <form noValidate onSubmit={(event) => void submit(event)}>
            <header>
              {view.pushed && <IconButton name="Back" sign="‹" onClick={close} />}
              <Dialog.Title>
                <PlainText text={view.title ?? ''} />
              </Dialog.Title>
              {!view.pushed && <IconButton name="Close" sign="×" onClick={close} />}
            </header>
            {trouble !== null && (
              <p className="draw-modal-trouble" role="alert">
                <span aria-hidden="true">⚠ </span>
                {trouble}
              </p>
            )}
            <div className="draw-modal-body">
              <Blocks
                key={view.id}
                {...reader}
                blocks={view.blocks}
                surface={viewSurface(viewer, 'modal', view)}
                drafts={drafts}
                onFailure={setTrouble}
              />
            </div>
            <footer>
              <button type="button" className="draw-button" onClick={close}>
                <PlainText
                  text={view.close ?? (view.pushed ? 'Back' : view.submit === null ? 'Close' : 'Cancel')}
                />
              </button>
              {view.submit !== null && (
                <button
                  type="submit"
                  className={submitting ? 'draw-button draw-primary draw-busy' : 'draw-button draw-primary'}
                  aria-busy={submitting}
                  aria-disabled={submitting}
                >
                  <PlainText text={view.submit} />
                </button>
              )}
            </footer>
          </form>
        </Dialog.Content>
      </div>
    </Dialog.Root>
  );
}

interface IconProps {
  readonly name: string;
  readonly sign: string;
  readonly onClick: () => void;
}

function IconButton({ name, sign, onClick }: IconProps) {
  return (
    <button type="button" className="draw-icon-button" aria-label={name} onClick={onClick}>
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
