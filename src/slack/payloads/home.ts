/** What Slack sends of App Home. */
import { z } from 'zod';
import { NOTHING } from '../../surfaces/forms/request-form.js';
import { EVERYWHERE, parsePage } from '../../surfaces/home/looking.js';
import { ACTIONS, BLOCKS } from '../../surfaces/kit/ids.js';
import { formOf, keptIn, valueIn, viewOf } from './view.js';

const Person = z.string().regex(/^[UW][A-Z0-9]{1,40}$/);
/** A target's key, or `*`; which ones there are, the configuration says. */
const Key = z.string().min(1).max(100);

const Opened = z.object({ event: z.object({ user: Person, tab: z.string() }) });

const OnHome = z.object({
  container: z.object({ type: z.literal('view') }),
  view: z.object({ type: z.literal('home') }),
});
const Page = OnHome.extend({ actions: z.tuple([z.object({ value: z.string().max(40) })]) });
const Choice = OnHome.extend({
  actions: z.tuple([z.object({ selected_option: z.object({ value: z.string().max(200) }).nullish() })]),
});
const Filter = OnHome.extend({
  actions: z.tuple([
    z.union([
      z
        .object({ action_id: z.literal(ACTIONS.homeClear) })
        .transform(() => ({ instance: null, person: null })),
      z
        .object({
          action_id: z.literal(ACTIONS.homeInstance),
          selected_option: z.object({ value: Key }),
        })
        .transform(({ selected_option: { value } }) => ({
          instance: value === EVERYWHERE || value === NOTHING ? null : value,
        })),
      z
        .object({ action_id: z.literal(ACTIONS.homePerson), selected_user: Person.nullish() })
        .transform(({ selected_user }) => ({ person: selected_user ?? null })),
    ]),
  ]),
});
const Target = OnHome.extend({ actions: z.tuple([z.object({ value: Key })]) });
const Pausing = z.object({ v: z.literal(1), target: Key.nullable() });

/** Who opened the app, and which of its tabs. */
export function parseHomeOpened(body: unknown): { readonly userId: string; readonly tab: string } | null {
  const event = Opened.safeParse(body).data?.event;
  return event === undefined ? null : { userId: event.user, tab: event.tab };
}

/** A click on a button that turns a page. */
export function parseHomePage(body: unknown): ReturnType<typeof parsePage> {
  return parsePage(Page.safeParse(body).data?.actions[0].value ?? '');
}

/** A click on Request access, where it is null, or an instance that was chosen. */
export function parseHomeChoice(body: unknown): { readonly target: string | null } | null {
  const choice = Choice.safeParse(body).data;
  if (choice === undefined) return null;
  const target = choice.actions[0].selected_option?.value ?? null;
  // The option that says why there is none.
  return { target: target === NOTHING ? '' : target };
}

/** What the operators' part is limited to; what isn't in it stays as it was. */
export function parseHomeFilter(body: unknown) {
  return Filter.safeParse(body).data?.actions[0] ?? null;
}

/** A click on Pause or Resume: a target's key, or `*`. */
export function parseHomeTarget(body: unknown): string | null {
  return Target.safeParse(body).data?.actions[0].value ?? null;
}

/** The submitted form that asks why granting is paused; otherwise as `parseSubmission`. */
export function parsePausing(body: unknown) {
  const view = viewOf(body);
  // What the form keeps is ours, under our own seal.
  const kept = view && Pausing.safeParse(keptIn(view)).data;
  if (view === undefined || kept === undefined) return null;
  const sent = { target: kept.target, because: valueIn(view, BLOCKS.reason, ACTIONS.reason) };
  return { sent, ...formOf(view) };
}
