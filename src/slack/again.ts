import { z } from 'zod';
import type { Clicked } from '../access/access.js';
import { SPANS } from '../domain/policy/repeat.js';
import { BUTTON_VALUE } from '../surfaces/kit/ids.js';

const Value = z
  .string()
  .max(40)
  .transform((value) => value.split(' '))
  .pipe(z.tuple([z.string().regex(BUTTON_VALUE), z.enum(SPANS)]));

const Chosen = z.object({
  container: z.object({ type: z.literal('message'), channel_id: z.string(), message_ts: z.string() }),
  actions: z.tuple([z.object({ selected_option: z.object({ value: Value }) })]),
});

/** What was chosen in a card's menu: which request is approved again, and until when. */
export function parseAgain(body: unknown) {
  const chosen = Chosen.safeParse(body).data;
  if (chosen === undefined) return null;
  const [requestId, span] = chosen.actions[0].selected_option.value;
  const { channel_id: channel, message_ts: ts } = chosen.container;
  return { requestId, span, clicked: { channel, ts } satisfies Clicked };
}
