/** The list below a field, in groups. The field keeps the focus. */
import type { Field } from '../fields/field.js';
import { PlainText } from '../text/mrkdwn.js';
import type { Choice, Offer } from './offers.js';

interface Props {
  readonly id: string;
  readonly label: Field['name'];
  readonly offer: Offer;
  /** The place of the choice that Enter takes. */
  readonly active: number;
  readonly chosen: readonly Choice[];
  readonly many: boolean;
  readonly onPick: (choice: Choice) => void;
}

export function optionId(listId: string, place: number): string {
  return `${listId}-${place}`;
}

export function Listbox({ id, label, offer, active, chosen, many, onPick }: Props) {
  const { groups, instead } = offer;
  const starts = groups.map((_, index) =>
    groups.slice(0, index).reduce((sum, { choices }) => sum + choices.length, 0),
  );
  return (
    <>
      <div
        id={id}
        role="listbox"
        aria-multiselectable={many}
        {...('label' in label ? { 'aria-label': label.label } : { 'aria-labelledby': label.labelledBy })}
        className="draw-list"
        tabIndex={-1}
      >
        {groups.map((group, index) => {
          const options = group.choices.map((choice, place) => {
            const at = (starts[index] ?? 0) + place;
            return (
              <OptionOf
                key={choice.value}
                id={optionId(id, at)}
                choice={choice}
                isActive={at === active}
                isChosen={chosen.some(({ value }) => value === choice.value)}
                onPick={onPick}
              />
            );
          });
          if (group.label === null) return options;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a list.
            <div key={group.label} role="group" aria-label={group.label}>
              <div className="draw-group-label" aria-hidden="true">
                <PlainText text={group.label} />
              </div>
              {options}
            </div>
          );
        })}
      </div>
      {instead !== null && (
        <div className="draw-instead" role="status">
          {instead}
        </div>
      )}
    </>
  );
}

interface OptionProps {
  readonly id: string;
  readonly choice: Choice;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly onPick: (choice: Choice) => void;
}

function OptionOf({ id, choice, isActive, isChosen, onPick }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active one.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      className={isActive ? 'draw-option draw-active' : 'draw-option'}
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPick(choice)}
    >
      <span className="draw-check" aria-hidden="true">
        {isChosen ? '✓' : ''}
      </span>
      <span>
        <PlainText text={choice.text} />
        {choice.description !== null && (
          <span className="draw-description">
            <PlainText text={choice.description} />
          </span>
        )}
      </span>
    </div>
  );
}
