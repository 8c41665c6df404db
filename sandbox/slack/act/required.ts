/** What Slack checks before it sends a modal on: the app hears of a submission only when nothing is amiss. */

import type { InputBlock } from '../validate/blocks.js';
import type { ElementState } from '../world/element-state.js';
import { isFilled } from '../world/element-state.js';
import type { OpenView } from '../world/screens.js';

/** What stands in red, by block id. */
export function errorsBeforeSubmit(open: OpenView): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of open.view.blocks) {
    if (block.type !== 'input') continue;
    const state = open.values[block.block_id]?.[block.element.action_id];
    const error = state && errorOf(block, state);
    if (error) errors[block.block_id] = error;
  }
  return errors;
}

function errorOf({ element, optional }: InputBlock, state: ElementState): string | undefined {
  if (!isFilled(state)) return optional ? undefined : 'Please complete this required field.';
  const text = 'value' in state ? (state.value ?? '') : '';
  switch (element.type) {
    case 'plain_text_input':
      if (text.length < (element.min_length ?? 0))
        return `Must be at least ${element.min_length} characters.`;
      if (text.length > (element.max_length ?? 3000)) {
        return `Must be at most ${element.max_length ?? 3000} characters.`;
      }
      return undefined;
    case 'number_input': {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      if (Number.isNaN(number)) return 'Must be a number.';
      if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Must be a whole number.';
      if (number < Number(element.min_value ?? number)) return `Must be at least ${element.min_value}.`;
      if (number > Number(element.max_value ?? number)) return `Must be at most ${element.max_value}.`;
      return undefined;
    }
    case 'email_text_input':
      return /^\S+@\S+\.\S+$/.test(text) ? undefined : 'Must be an email address.';
    case 'url_text_input':
      return URL.canParse(text) ? undefined : 'Must be a URL.';
    default:
      return undefined;
  }
}
