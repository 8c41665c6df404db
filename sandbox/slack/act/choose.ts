/** Choosing in menus and filling inputs: what an element's state becomes. */

import { Impossible } from '../impossible.js';
import type { Block } from '../validate/blocks.js';
import type { Element } from '../validate/elements.js';
import type { Option } from '../validate/objects.js';
import type { ElementState } from '../world/element-state.js';

/** The options that an element offers by itself; undefined where the app is asked for them. */
export function ownOptions(element: Element): readonly Option[] | undefined {
  if (element.type === 'overflow') return element.options.map(({ url: _, ...option }) => option);
  if (!('options' in element || 'option_groups' in element)) return undefined;
  const grouped = 'option_groups' in element ? (element.option_groups ?? []) : [];
  return [...(element.options ?? []), ...grouped.flatMap(({ options }) => options)];
}

/** The offered option with this text or this value. */
export function pick(offered: readonly Option[], wanted: string): Option | undefined {
  return offered.find(({ text }) => text.text === wanted) ?? offered.find(({ value }) => value === wanted);
}

/** The state of a menu in which `options` are chosen. */
export function chosen(element: Element, options: readonly Option[]): ElementState {
  const [only] = options;
  switch (element.type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      if (!only || options.length > 1) throw new Impossible(`${element.action_id} takes one option.`);
      return { type: element.type, selected_option: only };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes': {
      const most = 'max_selected_items' in element ? element.max_selected_items : undefined;
      if (options.length > (most ?? options.length)) {
        throw new Impossible(`${element.action_id} takes at most ${most} options.`);
      }
      return { type: element.type, selected_options: options };
    }
    default:
      throw new Impossible(`Nothing can be chosen in a ${element.type}.`);
  }
}

/** The state of an input into which `text` was typed or picked; empty text empties it. */
export function filled(element: Element, text: string): ElementState {
  const value = text === '' ? null : text;
  switch (element.type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type: element.type, value };
    case 'datepicker':
      return { type: element.type, selected_date: value };
    case 'timepicker':
      return { type: element.type, selected_time: value };
    case 'datetimepicker':
      return { type: element.type, selected_date_time: value === null ? null : Number(value) };
    case 'users_select':
      return { type: element.type, selected_user: value };
    case 'conversations_select':
      return { type: element.type, selected_conversation: value };
    default:
      throw new Impossible(`Nothing can be typed into a ${element.type}.`);
  }
}

/** Whether the app is told at once. Typing is told only where the app asked for every character. */
export function isDispatched(block: Block, element: Element): boolean {
  if (block.type !== 'input') return true;
  const onlyOnEnter =
    'dispatch_action_config' in element &&
    !element.dispatch_action_config.trigger_actions_on.includes('on_character_entered');
  return block.dispatch_action && !onlyOnEnter;
}

/** Whether the app is told when Enter is pressed in a text field. */
export function isToldOnEnter(block: Block, element: Element): boolean {
  return (
    block.type === 'input' &&
    block.dispatch_action &&
    'dispatch_action_config' in element &&
    element.dispatch_action_config.trigger_actions_on.includes('on_enter_pressed')
  );
}
