/** Dates and times, by the browser's own pickers. */
import type { Element } from '../../../../../slack/validate/elements.js';
import type { At } from '../../surface.js';
import { useReader, zoneOf } from '../reader.js';
import { localOf, secondsOf } from '../text/zone-time.js';
import { ariaOf, type Field } from './field.js';
import { useKept } from './held.js';
import { useTyped } from './use-draft.js';

interface Props<T extends Element['type']> {
  readonly at: At;
  readonly field: Field;
  readonly element: Extract<Element, { type: T }>;
}

/** Typing a year makes four dates: only the last one counts. */
const PAUSE_MS = 600;

export function DateField({ at, field, element }: Props<'datepicker'>) {
  const state = useKept(at, 'datepicker');
  const kept = (state ? state.selected_date : element.initial_date) ?? '';
  return <MomentField {...{ at, field, element, kept }} type="date" />;
}

export function TimeField({ at, field, element }: Props<'timepicker'>) {
  const state = useKept(at, 'timepicker');
  const kept = (state ? state.selected_time : element.initial_time) ?? '';
  return <MomentField {...{ at, field, element, kept }} type="time" />;
}

export function DateTimeField({ at, field, element }: Props<'datetimepicker'>) {
  const zone = zoneOf(useReader());
  const state = useKept(at, 'datetimepicker');
  const seconds = (state ? state.selected_date_time : element.initial_date_time) ?? null;
  return (
    <MomentField
      {...{ at, field, element }}
      kept={seconds === null ? '' : localOf(seconds, zone)}
      sent={(local) => (local === '' ? '' : String(secondsOf(local, zone)))}
      type="datetime-local"
    />
  );
}

interface MomentProps {
  readonly at: At;
  readonly field: Field;
  readonly element: { readonly focus_on_load?: boolean | undefined };
  readonly type: 'date' | 'time' | 'datetime-local';
  readonly kept: string;
  readonly sent?: (local: string) => string;
}

function MomentField({ at, field, element, type, kept, sent }: MomentProps) {
  const typed = useTyped(at, kept, sent);
  return (
    <input
      id={field.id}
      type={type}
      {...ariaOf(field)}
      className={field.invalid ? 'draw-box draw-moment draw-invalid' : 'draw-box draw-moment'}
      data-focus-on-load={element.focus_on_load || undefined}
      value={typed.text}
      onChange={(event) => typed.type(event.target.value, PAUSE_MS)}
      onBlur={() => void typed.flush()}
    />
  );
}
