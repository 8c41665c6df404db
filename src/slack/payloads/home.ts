/** What Slack sends of App Home. */
import { z } from 'zod';
import { parsePage } from '../../surfaces/home/looking.js';

const Opened = z.object({
  event: z.object({ user: z.string().regex(/^[UW][A-Z0-9]{1,40}$/), tab: z.string() }),
});

const OnHome = z.object({ view: z.object({ type: z.literal('home') }) });
const Page = OnHome.extend({ actions: z.tuple([z.object({ value: z.string().max(40) })]) });
const Choice = OnHome.extend({
  actions: z.tuple([z.object({ selected_option: z.object({ value: z.string().max(200) }).nullish() })]),
});

/** Who opened the app, and which of its tabs. */
export function parseHomeOpened(body: unknown): { readonly userId: string; readonly tab: string } | null {
  const event = Opened.safeParse(body).data?.event;
  return event === undefined ? null : { userId: event.user, tab: event.tab };
}

/** A click on a button that turns a page. */
export function parseHomePage(body: unknown): ReturnType<typeof parsePage> {
  return parsePage(Page.safeParse(body).data?.actions[0].value ?? '');
}

/** A click on Request access, or an instance that was chosen. */
export function parseHomeChoice(body: unknown): { readonly target: string | null } | null {
  const choice = Choice.safeParse(body).data;
  return choice === undefined ? null : { target: choice.actions[0].selected_option?.value ?? null };
}
