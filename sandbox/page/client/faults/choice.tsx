import { useId } from 'react';

interface Props<T extends string> {
  /** For screen readers: what is chosen. */
  readonly label: string;
  readonly options: Readonly<Record<T, string>>;
  readonly value: T;
  readonly disabled: boolean;
  onChoose(value: T): void;
}

/** One of a few, as segments: radio buttons, so the arrow keys move. */
export function Choice<T extends string>({ label, options, value, disabled, onChoose }: Props<T>) {
  const name = useId();
  const all = Object.entries(options) as [T, string][];
  return (
    <fieldset className="faults-choice" disabled={disabled}>
      <legend className="unseen">{label}</legend>
      {all.map(([each, words]) => (
        <label key={each}>
          <input type="radio" name={name} checked={each === value} onChange={() => onChoose(each)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
