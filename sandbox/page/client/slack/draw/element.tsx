import type { Element } from '../../../../slack/validate/elements.js';
import type { At } from '../surface.js';
import { Button } from './button.js';
import type { Field } from './field.js';
import { Overflow } from './overflow.js';
import { Unsupported } from './unsupported.js';

interface Props {
  readonly at: At;
  readonly element: Element;
  readonly field: Field;
}

/** Any element that a person can use. */
export function ElementOf({ at, element }: Props) {
  switch (element.type) {
    case 'button':
      return <Button at={at} element={element} />;
    case 'overflow':
      return <Overflow at={at} element={element} />;
    default:
      return <Unsupported of={element} />;
  }
}
