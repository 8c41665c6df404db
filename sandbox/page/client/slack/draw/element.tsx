import type { Element } from '../../../../slack/validate/elements.js';
import type { At } from '../surface.js';
import { Button } from './button.js';
import { Checkboxes, RadioButtons } from './fields/boxes.js';
import type { Field } from './fields/field.js';
import { DateField, DateTimeField, TimeField } from './fields/moment-field.js';
import { TextField } from './fields/text-field.js';
import { Overflow } from './menus/overflow.js';
import {
  ConversationsSelect,
  ExternalSelect,
  MultiExternalSelect,
  MultiStaticSelect,
  StaticSelect,
  UsersSelect,
} from './menus/select.js';
import { Unsupported } from './unsupported.js';

interface Props {
  readonly at: At;
  readonly element: Element;
  readonly field: Field;
  /** Of an input: whether the app hears of each change. Elsewhere it always does. */
  readonly dispatches?: boolean;
}

/** Any element that a person can use. */
export function ElementOf({ at, element, field, dispatches = true }: Props) {
  switch (element.type) {
    case 'button':
      return <Button at={at} element={element} />;
    case 'overflow':
      return <Overflow at={at} element={element} />;
    case 'static_select':
      return <StaticSelect {...{ at, element, field }} />;
    case 'multi_static_select':
      return <MultiStaticSelect {...{ at, element, field }} />;
    case 'external_select':
      return <ExternalSelect {...{ at, element, field }} />;
    case 'multi_external_select':
      return <MultiExternalSelect {...{ at, element, field }} />;
    case 'users_select':
      return <UsersSelect {...{ at, element, field }} />;
    case 'conversations_select':
      return <ConversationsSelect {...{ at, element, field }} />;
    case 'checkboxes':
      return <Checkboxes {...{ at, element, field }} />;
    case 'radio_buttons':
      return <RadioButtons {...{ at, element, field }} />;
    case 'datepicker':
      return <DateField {...{ at, element, field }} />;
    case 'timepicker':
      return <TimeField {...{ at, element, field }} />;
    case 'datetimepicker':
      return <DateTimeField {...{ at, element, field }} />;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return <TextField {...{ at, element, field, dispatches }} />;
    default:
      return <Unsupported of={element satisfies never} />;
  }
}
