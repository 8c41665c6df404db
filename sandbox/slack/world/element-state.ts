/** What stands in each input, in the shapes of `state.values`; nothing chosen is null or an empty list, never absent. */
import type { Block } from '../validate/blocks.js';
import type { Element } from '../validate/elements.js';
import { elementsOf } from '../validate/layout.js';
import type { Option } from '../validate/objects.js';

type Text = 'plain_text_input' | 'number_input' | 'email_text_input' | 'url_text_input';
type One = 'static_select' | 'external_select' | 'radio_buttons';
type Many = 'multi_static_select' | 'multi_external_select' | 'checkboxes';

export type ElementState =
  | { readonly type: Text; readonly value: string | null }
  | { readonly type: One; readonly selected_option: Option | null }
  | { readonly type: Many; readonly selected_options: readonly Option[] }
  | { readonly type: 'users_select'; readonly selected_user: string | null }
  | { readonly type: 'conversations_select'; readonly selected_conversation: string | null }
  | { readonly type: 'datepicker'; readonly selected_date: string | null }
  | { readonly type: 'timepicker'; readonly selected_time: string | null }
  | { readonly type: 'datetimepicker'; readonly selected_date_time: number | null };

/** By block id, then by action id. */
export type Values = Readonly<Record<string, Readonly<Record<string, ElementState>>>>;

/** The state in which an element is drawn first, or null for one that holds none (a button, an overflow menu). */
function initialState(element: Element): ElementState | null {
  switch (element.type) {
    case 'button':
    case 'overflow':
      return null;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type: element.type, value: element.initial_value || null };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type: element.type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type: element.type, selected_options: element.initial_options ?? [] };
    case 'users_select':
      return { type: element.type, selected_user: element.initial_user ?? null };
    case 'conversations_select':
      return { type: element.type, selected_conversation: element.initial_conversation ?? null };
    case 'datepicker':
      return { type: element.type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type: element.type, selected_time: element.initial_time ?? null };
    case 'datetimepicker':
      return { type: element.type, selected_date_time: element.initial_date_time ?? null };
  }
}

/**
 * The values of freshly drawn blocks. Where `before` holds the same kind of element under the same block_id and
 * action_id, what the person had put in stays, as in Slack; so a choice that must be cleared needs a new block_id.
 */
export function valuesOf(blocks: readonly Block[], before: Values = {}): Values {
  const values: Record<string, Record<string, ElementState>> = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const initial = initialState(element);
      if (initial === null) continue;
      const kept = before[block.block_id]?.[element.action_id];
      const state = kept?.type === initial.type ? kept : initial;
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: state };
    }
  }
  return values;
}

export function withState(values: Values, blockId: string, actionId: string, state: ElementState): Values {
  return { ...values, [blockId]: { ...values[blockId], [actionId]: state } };
}

export function isFilled(state: ElementState): boolean {
  const { type: _, ...content } = state;
  return Object.values(content).some((held) => (Array.isArray(held) ? held.length > 0 : held !== null));
}

/** Only what the person has filled in so far. */
export function filledIn(values: Values): Values {
  const blocks = Object.entries(values).map(([blockId, elements]): [string, Values[string]] => [
    blockId,
    Object.fromEntries(Object.entries(elements).filter(([, state]) => isFilled(state))),
  ]);
  return Object.fromEntries(blocks.filter(([, elements]) => Object.keys(elements).length > 0));
}
