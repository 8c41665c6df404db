import type { ComponentProps, KeyboardEvent } from 'react';
import type { Element } from '../../../../../slack/validate/elements.js';
import type { At } from '../../surface.js';
import { toldAfter, useActing } from '../acting.js';
import { ariaOf, type Field } from './field.js';
import { useKept } from './held.js';
import { useTyped } from './use-draft.js';

type TextElement = Extract<
  Element,
  { type: 'plain_text_input' | 'number_input' | 'email_text_input' | 'url_text_input' }
>;

interface Props {
  readonly at: At;
  readonly field: Field;
  readonly element: TextElement;
  /** Whether the app hears of it before the form is submitted. */
  readonly dispatches: boolean;
}

const INPUT_MODES = {
  plain_text_input: 'text',
  number_input: 'decimal',
  email_text_input: 'email',
  url_text_input: 'url',
} as const;

/** A field to type into. Enter submits the form, unless the app asked to be told of Enter. */
export function TextField({ at, field, element, dispatches }: Props) {
  const { surface, onFailure } = useActing();
  const state = useKept(at, element.type);
  const kept = (state ? state.value : element.initial_value) ?? '';
  const { text, type, flush } = useTyped(at, kept);
  const isLong = element.type === 'plain_text_input' && element.multiline === true;
  const most = element.type === 'plain_text_input' ? element.max_length : undefined;
  const onEnter =
    dispatches && element.dispatch_action_config.trigger_actions_on.includes('on_enter_pressed');

  const tell = async () => {
    await flush();
    const told = await toldAfter(() => surface.enter(at));
    if (told !== null) onFailure?.(told);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    const submits = event.metaKey || event.ctrlKey;
    if (onEnter && !event.shiftKey && !submits) {
      event.preventDefault();
      void tell();
    } else if (isLong && submits) event.currentTarget.form?.requestSubmit();
  };
  const props = {
    id: field.id,
    ...ariaOf(field),
    className: field.invalid ? 'draw-box draw-invalid' : 'draw-box',
    'data-focus-on-load': element.focus_on_load || undefined,
    placeholder: element.placeholder?.text,
    value: text,
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) => type(event.target.value),
    onBlur: () => void flush(),
    onKeyDown,
  } satisfies ComponentProps<'input'> & { 'data-focus-on-load': boolean | undefined };
  return (
    <div className="draw-text-field">
      {isLong ? <textarea {...props} rows={3} /> : <input {...props} inputMode={INPUT_MODES[element.type]} />}
      {most !== undefined && (
        <span className={text.length > most ? 'draw-count draw-over' : 'draw-count'} aria-hidden="true">
          {most - text.length}
        </span>
      )}
      {onEnter && <p className="draw-hint">Press Enter to submit</p>}
    </div>
  );
}
