/** Block Kit's blocks, one schema each, and where they may stand. https://docs.slack.dev/reference/block-kit/blocks */
import { z } from 'zod';
import { generatedId } from '../world/ids.js';
import { accessory, actionsElement, contextElement, inputElement } from './elements.js';
import { anyText, chars, identifier, plainText } from './objects.js';
import { richTextElement } from './rich-text.js';

const base = { block_id: identifier.default(generatedId) };

const section = z
  .strictObject({
    type: z.literal('section'),
    ...base,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, {
    message: 'missing required field: text',
  });
const input = z.strictObject({
  type: z.literal('input'),
  ...base,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().default(false),
  dispatch_action: z.boolean().default(false),
  element: inputElement,
});

const everywhere = [
  section,
  input,
  z.strictObject({ type: z.literal('header'), ...base, text: plainText(150) }),
  z.strictObject({ type: z.literal('divider'), ...base }),
  z.strictObject({ type: z.literal('context'), ...base, elements: z.array(contextElement).min(1).max(10) }),
  z.strictObject({ type: z.literal('actions'), ...base, elements: z.array(actionsElement).min(1).max(25) }),
  z.strictObject({
    type: z.literal('image'),
    ...base,
    image_url: chars(3000),
    alt_text: chars(2000),
    title: plainText(2000).optional(),
  }),
  z.strictObject({ type: z.literal('rich_text'), ...base, elements: z.array(richTextElement).min(1) }),
] as const;

const alert = z.strictObject({
  type: z.literal('alert'),
  ...base,
  text: anyText(200),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).default('default'),
});

export const homeBlock = z.discriminatedUnion('type', everywhere);
/** Slack draws alerts in modals alone. */
export const modalBlock = z.discriminatedUnion('type', [...everywhere, alert]);
export const messageBlock = z.discriminatedUnion('type', [
  ...everywhere,
  z.strictObject({ type: z.literal('markdown'), ...base, text: chars(12_000) }),
]);

/** A block as Slack keeps it: checked, and with its defaults filled in. */
export type Block = z.output<typeof messageBlock | typeof modalBlock>;
export type InputBlock = z.output<typeof input>;
