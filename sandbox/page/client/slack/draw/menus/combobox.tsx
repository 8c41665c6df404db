/** A field with a list below it: type to search, arrows and Enter to choose. For one choice or for several. */
import { Popover } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import { ariaOf, type Field } from '../fields/field.js';
import { Chips } from './chips.js';
import { Listbox, optionId } from './listbox.js';
import type { Choice, Offer } from './offers.js';
import './combobox.css';

export interface ComboboxProps {
  readonly field: Field;
  readonly placeholder: string;
  readonly chosen: readonly Choice[];
  /** Several can be chosen, at most so many; null: one. */
  readonly most: number | null;
  readonly offer: Offer;
  readonly query: string;
  readonly isOpen: boolean;
  readonly busy: boolean;
  readonly focusOnLoad: boolean;
  readonly onQuery: (query: string) => void;
  readonly onOpen: (isOpen: boolean) => void;
  /** All that are chosen from now on. */
  readonly onChoose: (chosen: readonly Choice[]) => void;
}

export function Combobox(props: ComboboxProps) {
  const { field, placeholder, chosen, most, offer, query, isOpen, busy, onQuery, onOpen, onChoose } = props;
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [active, setActive] = useState(0);
  const choices = offer.groups.flatMap((group) => group.choices);
  const list = `${field.id}-list`;
  const [only] = most === null ? chosen : [];
  const at = Math.min(active, choices.length - 1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top.
  useEffect(() => setActive(0), [query, isOpen]);
  useEffect(() => {
    if (isOpen) document.getElementById(optionId(list, at))?.scrollIntoView({ block: 'nearest' });
  }, [isOpen, list, at]);

  const pick = (choice: Choice) => {
    onQuery('');
    if (most === null) {
      onOpen(false);
      if (choice.value !== only?.value) onChoose([choice]);
      return;
    }
    const without = chosen.filter(({ value }) => value !== choice.value);
    if (without.length < chosen.length) onChoose(without);
    else if (chosen.length < most) onChoose([...chosen, choice]);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const [size, picked] = [choices.length, choices[at]];
    const move = (to: number) => {
      event.preventDefault();
      if (!isOpen) onOpen(true);
      else if (size > 0) setActive((to + size) % size);
    };
    switch (event.key) {
      case 'ArrowDown':
        return move(at + 1);
      case 'ArrowUp':
        return move(at - 1);
      case 'Home':
      case 'End':
        return isOpen && query === '' ? move(event.key === 'Home' ? 0 : size - 1) : undefined;
      case 'Enter':
        event.preventDefault();
        return isOpen && picked ? pick(picked) : onOpen(true);
      case 'Escape':
        if (!isOpen) return;
        // Not the modal around it.
        event.stopPropagation();
        return onOpen(false);
      case 'Backspace':
        if (query === '' && most !== null && chosen.length > 0) onChoose(chosen.slice(0, -1));
        return;
    }
  };
  const isInBox = (target: EventTarget | null) => target instanceof Node && box.current?.contains(target);
  const stayIfInBox = (event: { target: EventTarget | null; preventDefault: () => void }) => {
    if (isInBox(event.target)) event.preventDefault();
  };

  return (
    <Popover.Root open={isOpen} onOpenChange={onOpen}>
      <Popover.Anchor asChild>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a click beside the input is one in it. */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's. */}
        <div
          ref={box}
          className={['draw-box draw-combobox', busy && 'draw-working', field.invalid && 'draw-invalid']
            .filter(Boolean)
            .join(' ')}
          onClick={(event) => {
            if (event.target instanceof Element && event.target.closest('button')) return;
            input.current?.focus();
            onOpen(true);
          }}
        >
          {most !== null && <Chips chosen={chosen} onChoose={onChoose} />}
          <input
            ref={input}
            id={field.id}
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={isOpen}
            aria-controls={isOpen ? list : undefined}
            aria-activedescendant={isOpen && at >= 0 ? optionId(list, at) : undefined}
            aria-busy={busy}
            {...ariaOf(field)}
            data-focus-on-load={props.focusOnLoad || undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder={only && isOpen ? only.text : chosen.length > 0 && most !== null ? '' : placeholder}
            value={isOpen ? query : (only?.text ?? '')}
            onChange={(event) => {
              onQuery(event.target.value);
              onOpen(true);
            }}
            onKeyDown={onKeyDown}
            onBlur={() => {
              onOpen(false);
              onQuery('');
            }}
          />
          <span className="draw-chevron" aria-hidden="true" />
        </div>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          className="draw-list-box"
          role="presentation"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onEscapeKeyDown={(event) => event.preventDefault()}
          onInteractOutside={stayIfInBox}
        >
          <Listbox
            id={list}
            label={field.name}
            offer={offer}
            active={at}
            chosen={chosen}
            many={most !== null}
            onPick={pick}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
