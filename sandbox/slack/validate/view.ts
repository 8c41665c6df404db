import { z } from 'zod';
import { homeBlock, modalBlock } from './blocks.js';
import { complaintsAbout } from './layout.js';
import { identifier, plainText } from './objects.js';
import { type Checked, check, complaint } from './report.js';

const common = {
  private_metadata: z.string().max(3000).default(''),
  callback_id: z.union([z.literal(''), identifier]).default(''),
  external_id: z.union([z.literal(''), identifier]).default(''),
};
const modal = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().default(false),
  notify_on_close: z.boolean().default(false),
  blocks: z.array(modalBlock).min(1).max(100),
  ...common,
});
const home = z.strictObject({
  type: z.literal('home'),
  blocks: z.array(homeBlock).min(1).max(100),
  ...common,
});

/** A view as Slack keeps it: checked, and with its defaults filled in. */
export type ModalView = z.output<typeof modal>;
export type HomeView = z.output<typeof home>;
export type View = ModalView | HomeView;

/** 250 KB; https://docs.slack.dev/reference/methods/views.open */
export const LARGEST_VIEW = 250 * 1024;

export function checkModal(value: unknown): Checked<ModalView> {
  const checked = checkView(modal, value);
  if (!checked.ok) return checked;
  const { blocks, submit } = checked.value;
  if (submit === undefined && blocks.some((block) => block.type === 'input')) {
    return {
      ok: false,
      messages: [complaint('missing required field: submit (the view has an input block)', ['view'])],
    };
  }
  return checked;
}

export function checkHome(value: unknown): Checked<HomeView> {
  return checkView(home, value);
}

function checkView<T extends View>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const checked = check(schema, value, ['view']);
  if (!checked.ok) return checked;
  const messages = complaintsAbout(checked.value.blocks, ['view', 'blocks']);
  return messages.length > 0 ? { ok: false, messages } : checked;
}
