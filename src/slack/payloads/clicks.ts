/** Clicks on the buttons of messages and of App Home, and choices in their menus. */
import { z } from 'zod';
import type { Clicked, Private } from '../../access/access.js';
import { SPANS } from '../../domain/policy/repeat.js';
import { BUTTON_VALUE, MINE } from '../../surfaces/kit/ids.js';
import { parseApproveFor } from '../../surfaces/request/approve-for.js';
import { Chosen } from './parts.js';

const Container = z.union([
  z
    .object({
      container: z.object({
        type: z.literal('message'),
        channel_id: z.string(),
        message_ts: z.string(),
        is_ephemeral: z.boolean().nullish(),
      }),
    })
    .transform(
      ({ container: { channel_id: channel, message_ts: ts, is_ephemeral } }): Clicked => ({
        channel,
        ts,
        ...(is_ephemeral === true ? { ephemeral: true as const } : {}),
      }),
    ),
  z
    .object({ container: z.object({ type: z.literal('view') }), view: z.object({ type: z.literal('home') }) })
    .transform((): Clicked => null),
]);

const Click = z.object({
  actions: z.tuple([z.object({ value: z.string().regex(BUTTON_VALUE), block_id: z.string().nullish() })]),
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
export function clickedIn(body: unknown): Clicked | undefined {
  return Container.safeParse(body).data;
}

/** A click on a button of a message, or of App Home. */
export function parseClick(body: unknown) {
  const click = Click.safeParse(body).data;
  const clicked = clickedIn(body);
  if (click === undefined || clicked === undefined) return null;
  const [{ value: requestId, block_id: block }] = click.actions;
  return { requestId, clicked, before: clicked?.ephemeral === true ? beforeThem(block) : null };
}

/** What they alone had before them when they clicked. */
function beforeThem(block: string | null | undefined): Private {
  return block?.startsWith(`${MINE}:`) === true ? 'list' : 'request';
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
