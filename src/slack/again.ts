import { z } from 'zod';
import { SPANS } from '../domain/policy/repeat.js';
import { BUTTON_VALUE } from '../surfaces/kit/ids.js';
import { clickedIn } from './payloads.js';

const Value = z
  .string()
  .max(40)
  .transform((value) => value.split(' '))
  .pipe(z.tuple([z.string().regex(BUTTON_VALUE), z.enum(SPANS)]));

const Chosen = z.object({
  actions: z.tuple([z.object({ selected_option: z.object({ value: Value }) })]),
});

/** What was chosen in a card's menu: which request is approved again, and until when. */
export function parseAgain(body: unknown) {
  const chosen = Chosen.safeParse(body).data;
  const clicked = clickedIn(body);
  if (chosen === undefined || clicked === undefined) return null;
  const [requestId, span] = chosen.actions[0].selected_option.value;
  return { requestId, span, clicked };
}
