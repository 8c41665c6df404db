/**
 * Block Kit's composition objects, with Slack's limits, as schemas: a schema refuses what Slack refuses (unknown
 * fields too) and answers what Slack would keep, its defaults filled in.
 * https://docs.slack.dev/reference/block-kit/composition-objects
 */
import { z } from 'zod';

/** A string of 1 to `max` characters. */
export const chars = (max: number) => z.string().min(1).max(max);

/** block_id, action_id, callback_id, external_id. */
export const identifier = chars(255);

export const plainText = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: chars(max),
    emoji: z.boolean().default(true),
  });

export const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: chars(max),
    verbatim: z.boolean().default(false),
  });

export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);

export const style = z.enum(['primary', 'danger']);

export const confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: style.optional(),
});

/** Options of selects are plain text; those of checkboxes and radio buttons may be mrkdwn. */
export const option = z.strictObject({
  text: plainText(75),
  value: chars(150),
  description: plainText(75).optional(),
});

export const richOption = z.strictObject({
  text: anyText(75),
  value: chars(150),
  description: anyText(75).optional(),
});

export const overflowOption = option.extend({ url: chars(3000).optional() });

export const optionGroup = z.strictObject({
  label: plainText(75),
  options: z.array(option).min(1).max(100),
});

/** What an app answers to a `block_suggestion`; no options at all is "nothing found". */
export const suggestedOptions = z.strictObject({ options: z.array(option).max(100) });
export const suggestedGroups = z.strictObject({ option_groups: z.array(optionGroup).max(100) });

/** The picked or offered option, wherever it came from. */
export type Option = z.output<typeof richOption>;
