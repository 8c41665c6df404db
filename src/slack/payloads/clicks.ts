/** Clicks on the buttons of messages and of App Home, and choices in their menus. */
import { z } from 'zod';
import type { Clicked } from '../../access/access.js';
import { SPANS } from '../../domain/policy/repeat.js';
import { BUTTON_VALUE } from '../../surfaces/kit/ids.js';
import { parseApproveFor } from '../../surfaces/request/approve-for.js';
import { Chosen } from './parts.js';

const Container = z.union([
  z
    .object({
      container: z.object({ type: z.literal('message'), channel_id: z.string(), message_ts: z.string() }),
    })
    .transform(({ container }): Clicked => ({ channel: container.channel_id, ts: container.message_ts })),
  z
    .object({ container: z.object({ type: z.literal('view') }), view: z.object({ type: z.literal('home') }) })
    .transform((): Clicked => null),
]);

const Click = z.object({
  actions: z.tuple([z.object({ value: z.string().regex(BUTTON_VALUE) })]),
});

const Approval = z.object({
  actions: z.tuple([z.object({ selected_option: z.object({ value: Chosen }) })]),
});

const Value = z
  .string()
  .max(40)
  .transform((value) => value.split(' '))
  .pipe(z.tuple([z.string().regex(BUTTON_VALUE), z.enum(SPANS)]));

const Again = z.object({
  actions: z.tuple([z.object({ selected_option: z.object({ value: Value }) })]),
});

/** What was clicked; undefined: neither a message nor App Home. */
function clickedIn(body: unknown): Clicked | undefined {
  return Container.safeParse(body).data;
}

/** A click on a button of a message, or of App Home. */
export function parseClick(body: unknown) {
  const click = Click.safeParse(body).data;
  const clicked = clickedIn(body);
  if (click === undefined || clicked === undefined) return null;
  return { requestId: click.actions[0].value, clicked };
}

/** A choice in the menu beside Approve. */
export function parseApproval(body: unknown) {
  const approval = Approval.safeParse(body).data;
  const chosen = parseApproveFor(approval?.actions[0].selected_option.value ?? '');
  const clicked = clickedIn(body);
  if (approval === undefined || chosen === null || clicked === undefined) return null;
  return { ...chosen, clicked };
}

/** What was chosen in a card's menu: which request is approved again, and until when. */
export function parseAgain(body: unknown) {
  const chosen = Again.safeParse(body).data;
  const clicked = clickedIn(body);
  if (chosen === undefined || clicked === undefined) return null;
  const [requestId, span] = chosen.actions[0].selected_option.value;
  return { requestId, span, clicked };
}
