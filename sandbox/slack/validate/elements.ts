/**
 * Block Kit's elements, one schema each. Elements that are not in these tables are refused, as an unknown type is:
 * add a row when an app starts to use one.
 * https://docs.slack.dev/reference/block-kit/block-elements
 */
import { z } from 'zod';
import { generatedId } from '../world/ids.js';
import {
  chars,
  confirm,
  identifier,
  mrkdwn,
  option,
  optionGroup,
  overflowOption,
  plainText,
  richOption,
  style,
} from './objects.js';

const ONE_LIST = { message: 'must have exactly one of options and option_groups' };
const NOT_OFFERED = { message: 'the initial option must be one of the options' };

const actionable = { action_id: identifier.default(generatedId) };
const confirmable = { ...actionable, confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholdable = { placeholder: plainText(150).optional() };
const menu = { ...confirmable, ...focusable, ...placeholdable };
const dispatchable = {
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1),
    })
    .default({ trigger_actions_on: ['on_enter_pressed'] }),
};
const typed = { ...actionable, ...focusable, ...placeholdable, ...dispatchable };
const choices = {
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};

const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plainText(75),
  value: chars(2000).optional(),
  url: chars(3000).optional(),
  style: style.optional(),
  accessibility_label: chars(75).optional(),
});
const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...confirmable,
  options: z.array(overflowOption).min(1).max(5),
});
const image = z.strictObject({
  type: z.literal('image'),
  image_url: chars(3000),
  alt_text: chars(2000),
});
const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...menu, ...choices, initial_option: option.optional() })
  .refine(hasOneListOfOptions, ONE_LIST)
  .refine((select) => isOffered(select, select.initial_option ? [select.initial_option] : []), NOT_OFFERED);
const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...menu,
    ...choices,
    initial_options: z.array(option).min(1).max(100).optional(),
    max_selected_items: z.int().min(1).optional(),
  })
  .refine(hasOneListOfOptions, ONE_LIST)
  .refine((select) => isOffered(select, select.initial_options ?? []), NOT_OFFERED);
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...menu,
  initial_option: option.optional(),
  min_query_length: z.int().min(0).optional(),
});
const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...menu,
  initial_options: z.array(option).min(1).max(100).optional(),
  min_query_length: z.int().min(0).optional(),
  max_selected_items: z.int().min(1).optional(),
});
const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...menu,
  initial_user: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, 'must be a user id')
    .optional(),
});
const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...menu,
  initial_conversation: z
    .string()
    .regex(/^[CDG][A-Z0-9]+$/, 'must be a conversation id')
    .optional(),
});
const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).optional(),
  })
  .refine((boxes) => isOffered(boxes, boxes.initial_options ?? []), NOT_OFFERED);
const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
  })
  .refine((radio) => isOffered(radio, radio.initial_option ? [radio.initial_option] : []), NOT_OFFERED);
const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...menu,
  initial_date: z.iso.date().optional(),
});
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...menu,
  initial_time: z.iso.time({ precision: -1 }).optional(),
  timezone: chars(100).optional(),
});
const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...confirmable,
  ...focusable,
  initial_date_time: z.int().min(1e9).max(9_999_999_999).optional(),
});
const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...typed,
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
});
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...typed,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
});
const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...typed,
  initial_value: z.string().optional(),
});
const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...typed,
  initial_value: z.string().optional(),
});

const menus = [
  staticSelect,
  externalSelect,
  multiStaticSelect,
  multiExternalSelect,
  usersSelect,
  conversationsSelect,
  checkboxes,
  radioButtons,
  datepicker,
  timepicker,
] as const;

/** What may stand in each place; Slack's own matrix. */
export const accessory = z.discriminatedUnion('type', [button, overflow, image, ...menus]);
export const actionsElement = z.discriminatedUnion('type', [button, overflow, datetimepicker, ...menus]);
export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  emailInput,
  urlInput,
  datetimepicker,
  ...menus,
]);
export const contextElement = z.discriminatedUnion('type', [image, plainText(3000), mrkdwn(3000)]);

/** An element that a person can use. */
export type Element = Exclude<
  z.output<typeof accessory> | z.output<typeof actionsElement> | z.output<typeof inputElement>,
  { type: 'image' }
>;

interface Choices {
  readonly options?:
    | readonly { readonly text: { readonly text: string }; readonly value: string }[]
    | undefined;
  readonly option_groups?: readonly Required<Pick<Choices, 'options'>>[] | undefined;
}

function hasOneListOfOptions(select: Choices): boolean {
  return (select.options === undefined) !== (select.option_groups === undefined);
}

/** Slack wants the initial option to be one of the options, text and value. */
function isOffered(select: Choices, initial: NonNullable<Choices['options']>): boolean {
  const offered = [
    ...(select.options ?? []),
    ...(select.option_groups ?? []).flatMap((group) => group.options ?? []),
  ];
  return initial.every((wanted) =>
    offered.some(({ value, text }) => value === wanted.value && text.text === wanted.text.text),
  );
}
