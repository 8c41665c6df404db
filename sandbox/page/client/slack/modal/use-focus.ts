import { type RefObject, useEffect, useRef, useState } from 'react';
import type { SeenView } from '../../../../slack/act/seen.js';

/** Where a modal puts the focus: on what asks for it, else on the first field. */
const FIRST = [
  '[data-focus-on-load]',
  '.draw-modal-body :is(input, textarea)',
  '.draw-modal-body :is(button, a)',
  'footer button:last-of-type',
];

interface Focus {
  readonly content: RefObject<HTMLDivElement | null>;
  /** As soon as it is drawn. */
  focusFirstError(): void;
}

/** Keeps the focus where the person works while views come, change and go. */
export function useFocus({ id, hash, errors }: SeenView): Focus {
  const content = useRef<HTMLDivElement>(null);
  const [refusals, setRefusals] = useState(0);
  const wasHere = useRef(false);

  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      wasHere.current = target instanceof Node && content.current?.contains(target) === true;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each view that comes on top has its own first field.
  useEffect(() => focusOn(content.current, FIRST), [id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a redrawn view may lack the field that had the focus.
  useEffect(() => {
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (wasHere.current && isLost) focusOn(content.current, FIRST);
  }, [hash]);

  const red = Object.keys(errors).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same errors again are errors too.
  useEffect(() => {
    if (refusals > 0) focusOn(content.current, ['[aria-invalid="true"]']);
  }, [refusals, red]);

  return { content, focusFirstError: () => setRefusals((before) => before + 1) };
}

function focusOn(content: HTMLElement | null, selectors: readonly string[]): void {
  const found = selectors
    .map((selector) => content?.querySelector(selector))
    .find((each) => each instanceof HTMLElement);
  if (found instanceof HTMLElement) found.focus();
}
