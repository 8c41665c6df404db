import { useId } from 'react';
import type { InputBlock } from '../../../../../slack/validate/blocks.js';
import { atOf, useActing } from '../acting.js';
import { ElementOf } from '../element.js';
import { PlainText } from '../text/mrkdwn.js';
import type { Field } from './field.js';

/** An input with its label, and below it a hint, or in red what is wrong. */
export function Input({ block }: { readonly block: InputBlock }) {
  const { surface } = useActing();
  const id = useId();
  const { label, hint, optional, element } = block;
  const error = surface.errors[block.block_id];
  const [labelId, hintId, errorId] = [`${id}-label`, `${id}-hint`, `${id}-error`];
  const described = [error !== undefined && errorId, hint && hintId].filter(Boolean).join(' ');
  const field: Field = {
    id,
    name: { labelledBy: labelId },
    describedBy: described === '' ? undefined : described,
    invalid: error !== undefined,
    required: !optional,
  };
  const words = (
    <>
      <PlainText text={label.text} emoji={label.emoji} />
      {optional && <span className="draw-optional"> (optional)</span>}
    </>
  );
  const isGroup = element.type === 'checkboxes' || element.type === 'radio_buttons';
  return (
    <div className="draw-input">
      {isGroup ? (
        <div id={labelId} className="draw-label">
          {words}
        </div>
      ) : (
        <label id={labelId} htmlFor={id} className="draw-label">
          {words}
        </label>
      )}
      <ElementOf
        at={atOf(block, element)}
        element={element}
        field={field}
        dispatches={block.dispatch_action}
      />
      {error !== undefined && (
        <p id={errorId} className="draw-error">
          <span aria-hidden="true">⚠ </span>
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="draw-hint">
          <PlainText text={hint.text} emoji={hint.emoji} />
        </p>
      )}
    </div>
  );
}
