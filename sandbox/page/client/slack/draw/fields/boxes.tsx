/** Checkboxes and radio buttons. */
import { useId } from 'react';
import type { Element } from '../../../../../slack/validate/elements.js';
import type { Option } from '../../../../../slack/validate/objects.js';
import type { At } from '../../surface.js';
import { useActing, useRunning } from '../acting.js';
import { useConfirm } from '../confirm.js';
import { Text } from '../text/mrkdwn.js';
import { Trouble } from '../trouble.js';
import { ariaOf, type Field } from './field.js';
import { useKept, useShown } from './held.js';

interface Props<T extends Element['type']> {
  readonly at: At;
  readonly field: Field;
  readonly element: Extract<Element, { type: T }>;
}

export function Checkboxes({ at, field, element }: Props<'checkboxes'>) {
  const kept = useKept(at, 'checkboxes')?.selected_options ?? element.initial_options ?? [];
  const change = (option: Option, checked: readonly string[]) =>
    element.options
      .map(({ value }) => value)
      .filter((value) => (value === option.value) !== checked.includes(value));
  return <Boxes {...{ at, field, element, kept, change }} type="checkbox" />;
}

export function RadioButtons({ at, field, element }: Props<'radio_buttons'>) {
  const state = useKept(at, 'radio_buttons');
  const option = state ? state.selected_option : element.initial_option;
  const change = ({ value }: Option) => [value];
  return <Boxes {...{ at, field, element, change }} kept={option ? [option] : []} type="radio" />;
}

interface BoxesProps {
  readonly at: At;
  readonly field: Field;
  readonly element: Props<'checkboxes'>['element'] | Props<'radio_buttons'>['element'];
  readonly type: 'checkbox' | 'radio';
  readonly kept: readonly Option[];
  /** The values that are chosen after a click. */
  readonly change: (clicked: Option, before: readonly string[]) => readonly string[];
}

function Boxes({ at, field, element, type, kept, change }: BoxesProps) {
  const { surface } = useActing();
  const { busy, failed, run } = useRunning();
  const [ask, dialog] = useConfirm();
  const [chosen, show] = useShown<readonly string[]>(kept.map(({ value }) => value));
  const group = useId();
  const { 'aria-required': required, ...aria } = ariaOf(field);
  const click = (option: Option) =>
    ask(element.confirm, () => {
      const next = change(option, chosen);
      void run(() => {
        show(next);
        return surface.choose(at, next);
      }).then((went) => {
        if (!went) show(null);
      });
    });
  return (
    <div
      className="draw-boxes"
      role={type === 'radio' ? 'radiogroup' : 'group'}
      {...aria}
      {...(type === 'radio' ? { 'aria-required': required } : { 'aria-invalid': undefined })}
      aria-busy={busy}
    >
      {element.options.map((option, index) => (
        <label key={option.value} className="draw-box-row">
          <input
            type={type}
            name={group}
            checked={chosen.includes(option.value)}
            aria-invalid={field.invalid || undefined}
            data-focus-on-load={(element.focus_on_load === true && index === 0) || undefined}
            onChange={() => click(option)}
          />
          <span>
            <Text of={option.text} />
            {option.description && (
              <span className="draw-description">
                <Text of={option.description} />
              </span>
            )}
          </span>
        </label>
      ))}
      <Trouble told={failed} />
      {dialog}
    </div>
  );
}
