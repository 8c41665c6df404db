/** Where blocks stand, and what a person can do with their elements. */
import type { Done, Submitted } from '../../../slack/act/form.js';
import type { Failure } from '../../../slack/act/outcome.js';
import type { SeenMessage, SeenView } from '../../../slack/act/seen.js';
import type { Clicked } from '../../../slack/actor.js';
import type { Block } from '../../../slack/validate/blocks.js';
import type { Option } from '../../../slack/validate/objects.js';
import type { Values } from '../../../slack/world/element-state.js';
import { act } from '../server.js';

/** An element, by the ids of its block and of itself. */
export interface At {
  readonly blockId: string;
  readonly actionId: string;
}

export interface Surface {
  readonly kind: 'message' | 'modal' | 'home';
  /** What stands in the inputs. */
  readonly values: Values;
  /** What stands in red below an input, by block id. */
  readonly errors: Readonly<Record<string, string>>;
  /** Resolves when the app has acknowledged it, or with what the person is told instead. @throws Refused */
  click(at: At): Promise<Clicked>;
  /** @param wanted the values of the options that are chosen from now on */
  choose(at: At, wanted: readonly string[]): Promise<Done>;
  /** Text; `YYYY-MM-DD` for a date, `HH:mm` for a time, seconds since 1970 for both, an id for a person or channel. */
  fill(at: At, text: string): Promise<Done>;
  /** Enter, in a text field that tells the app of it. */
  enter(at: At): Promise<Done>;
  /** What a select offers for what is typed. */
  options(at: At, query: string): Promise<readonly Option[]>;
}

const nameOf = ({ blockId, actionId }: At) => `${blockId}/${actionId}`;

/** The block as it stood there when the person used it: the app may replace it at the same moment. */
const blockAt = (blocks: readonly Block[], { blockId }: At) =>
  blocks.filter(({ block_id }) => block_id === blockId);

/** A message as this person sees it. Its menus hold one option; text fields don't stand in messages. */
export function messageSurface(user: string, { channel, ts, blocks }: SeenMessage): Surface {
  const place = { user, channel, ts };
  const choose = (at: At, wanted: string) =>
    act<Done>('choose-message', { ...place, element: nameOf(at), wanted, seen: blockAt(blocks, at) });
  return {
    kind: 'message',
    values: {},
    errors: {},
    click: (at) => act('click-message', { ...place, button: nameOf(at), seen: blockAt(blocks, at) }),
    choose: (at, [wanted = '']) => choose(at, wanted),
    fill: (at, text) => choose(at, text),
    enter: () => Promise.resolve({ outcome: 'ok' }),
    options: () => Promise.resolve([]),
  };
}

/** The modal on top of a person's screen, or their App Home. */
export function viewSurface(
  user: string,
  surface: 'modal' | 'home',
  { blocks, values, errors }: SeenView,
): Surface {
  return {
    kind: surface,
    values,
    errors,
    click: (at) => act('click-view', { user, surface, button: nameOf(at), seen: blockAt(blocks, at) }),
    choose: (at, wanted) =>
      act('choose', { user, surface, element: nameOf(at), wanted: wanted.length === 1 ? wanted[0] : wanted }),
    fill: (at, text) => act('fill', { user, surface, element: nameOf(at), text }),
    enter: (at) => act('enter', { user, surface, element: nameOf(at) }),
    options: (at, query) => act('options', { user, surface, element: nameOf(at), query }),
  };
}

export function submitView(user: string): Promise<Submitted> {
  return act('submit', { user });
}

export function closeView(user: string): Promise<Done> {
  return act('close-view', { user });
}

/** What the person is told when an interaction failed; null: it did not. */
export function failureOf(done: Done | Clicked | Submitted): string | null {
  return isFailure(done) ? done.seen : null;
}

function isFailure(done: Done | Clicked | Submitted): done is Failure {
  return 'seen' in done;
}
