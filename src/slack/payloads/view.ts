/** A form as it comes back: what was chosen and typed, and what it kept under our own seal. */
import { z } from 'zod';
import { unsealed } from '../seal.js';
import { Chosen, SlackId, Typed } from './parts.js';

export const Element = z.object({
  value: Typed.nullish(),
  selected_option: z.object({ value: Chosen }).nullish(),
  selected_options: z
    .array(z.object({ value: Chosen }))
    .max(10)
    .nullish(),
});

/** Only inputs need an id, beside which an error is shown. */
const Blocks = z.array(
  z
    .object({ type: z.string(), block_id: z.string().optional() })
    .refine(({ type, block_id }) => type !== 'input' || block_id !== undefined),
);

export const View = z.object({
  id: SlackId,
  hash: z.string().max(200),
  // Slack's own limit.
  private_metadata: z.string().max(3_000).default(''),
  blocks: Blocks,
  state: z.object({ values: z.record(z.string(), z.record(z.string(), Element)) }),
});

export type View = z.infer<typeof View>;

/** What was typed or chosen in an input; null when nothing was. */
export function valueIn(view: View, blockId: string, actionId: string): string | null {
  const element = view.state.values[blockId]?.[actionId];
  return element?.selected_option?.value ?? element?.value ?? null;
}

/** What the form keeps for us, unchecked; null when that can't be read. */
export function keptIn(view: View): unknown {
  try {
    return JSON.parse(unsealed(view.private_metadata));
  } catch {
    return null;
  }
}

/** The view of a payload; undefined when it holds none. */
export function viewOf(body: unknown): View | undefined {
  return z.object({ view: View }).safeParse(body).data?.view;
}

/** Of a submitted form: its id, and the block ids beside which Slack can show an error. */
export function formOf(view: View) {
  return { viewId: view.id, inputs: inputsOf(view.blocks) };
}

const Input = z.object({ type: z.literal('input'), block_id: z.string() });

/** The block ids of the inputs among these. */
export function inputsOf(blocks: readonly unknown[]): readonly string[] {
  return blocks.flatMap((block) => Input.safeParse(block).data?.block_id ?? []);
}
