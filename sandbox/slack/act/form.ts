/** Working in a modal: options, choices, text, submit and close. */
import { readEmptyAck, readSubmissionAck, readSuggestions } from '../delivery/acks.js';
import { action, blockSuggestion, viewAction, viewClosed, viewSubmission } from '../delivery/payloads.js';
import { Impossible } from '../impossible.js';
import type { Option } from '../validate/objects.js';
import { type ElementState, filledIn } from '../world/element-state.js';
import type { OpenView } from '../world/screens.js';
import type { Person } from '../world/workspace.js';
import type { World } from '../world/world.js';
import { chosen, filled, isDispatched, isToldOnEnter, ownOptions, pick } from './choose.js';
import { type Found, findElement } from './find.js';
import { type Failure, interact } from './outcome.js';
import { errorsBeforeSubmit } from './required.js';
import { type SeenView, seenView } from './seen.js';

const TROUBLE = 'We had some trouble connecting. Try again?';
/** Slack asks the app only after so many characters, unless the element says otherwise. */
const DEFAULT_QUERY_LENGTH = 3;

export type Done = { readonly outcome: 'ok' } | Failure;

export type Submitted =
  | { readonly outcome: 'closed' | 'cleared' }
  /** `by` tells whether the app answered them or Slack held the submission back. */
  | {
      readonly outcome: 'errors';
      readonly errors: Readonly<Record<string, string>>;
      readonly by: 'app' | 'slack';
    }
  | { readonly outcome: 'updated' | 'pushed'; readonly view: SeenView }
  | Failure;

/** The modal on top of the person's screen. */
export function openModal(world: World, person: Person): OpenView {
  const open = world.screens.modal(person.id);
  if (!open) throw new Impossible(`${person.name} has no modal open.`);
  return open;
}

/** Types into a select whose options the app gives; fewer characters than it wants offer nothing. */
export async function ask(
  world: World,
  person: Person,
  open: OpenView,
  { block, element }: Found,
  query: string,
): Promise<readonly Option[] | Failure> {
  if (element.type !== 'external_select' && element.type !== 'multi_external_select') {
    return ownOptions(element) ?? [];
  }
  if (query.length < (element.min_query_length ?? DEFAULT_QUERY_LENGTH)) return [];
  const typed = {
    blockId: block.block_id,
    actionId: element.action_id,
    value: query,
    values: filledIn(open.values),
  };
  const payload = blockSuggestion(world, person, open, typed);
  const offered = await interact(world, { kind: 'interactive', payload, seen: TROUBLE }, readSuggestions);
  const still = world.screens.view(open.id);
  if (still && !('outcome' in offered)) world.screens.setOffered(still, keyOf({ block, element }), offered);
  return offered;
}

/** Chooses among what is offered; in an external select after typing what is wanted, if need be. */
export async function choose(
  world: World,
  person: Person,
  open: OpenView,
  name: string,
  wanted: readonly string[],
): Promise<Done> {
  const found = findElement(open.view.blocks, name);
  const options: Option[] = [];
  for (const text of wanted) {
    const option = await offeredOption(world, person, open.id, found, text);
    if ('outcome' in option) return option;
    options.push(option);
  }
  if (found.element.type === 'overflow') {
    return tell(world, person, openModalOrHome(world, open.id), found, { selected_option: options[0] });
  }
  return put(world, person, open.id, found, chosen(found.element, options));
}

export function fill(
  world: World,
  person: Person,
  open: OpenView,
  name: string,
  text: string,
): Promise<Done> {
  const found = findElement(open.view.blocks, name);
  return put(world, person, open.id, found, filled(found.element, text));
}

/** Presses Enter in a text field, which tells the app what stands there if the app asked for that. */
export async function pressEnter(world: World, person: Person, open: OpenView, name: string): Promise<Done> {
  const found = findElement(open.view.blocks, name);
  const { block, element } = found;
  const state = open.values[block.block_id]?.[element.action_id];
  return state && isToldOnEnter(block, element) ? tell(world, person, open, found, state) : { outcome: 'ok' };
}

/** Tells the app that an element was used. */
export function tell(
  world: World,
  person: Person,
  open: OpenView,
  { block, element }: Found,
  done: Parameters<typeof action>[3],
): Promise<Done> {
  const payload = viewAction(world, person, open, action(world, block.block_id, element, done));
  return interact(world, { kind: 'interactive', payload, seen: TROUBLE }, acknowledge);
}

export function acknowledge(body: Parameters<typeof readEmptyAck>[0]): Done {
  readEmptyAck(body);
  return { outcome: 'ok' };
}

export async function submit(world: World, person: Person): Promise<Submitted> {
  const { screens } = world;
  const open = openModal(world, person);
  if (open.view.type !== 'modal' || open.view.submit === undefined) {
    throw new Impossible('This modal has nothing to submit with.');
  }
  const missing = errorsBeforeSubmit(open);
  screens.setErrors(open, missing);
  if (Object.keys(missing).length > 0) return { outcome: 'errors', errors: missing, by: 'slack' };
  const payload = viewSubmission(world, person, open);
  return interact(world, { kind: 'interactive', payload, seen: TROUBLE }, (body): Submitted => {
    const ack = readSubmissionAck(body, open);
    const still = screens.view(open.id);
    if (!still) return { outcome: 'closed' };
    switch (ack.does) {
      case 'close':
        screens.close(still);
        return { outcome: 'closed' };
      case 'clear':
        screens.clear(person.id);
        return { outcome: 'cleared' };
      case 'errors':
        screens.setErrors(still, ack.errors);
        return { outcome: 'errors', errors: ack.errors, by: 'app' };
      case 'update':
        return { outcome: 'updated', view: seenView(screens.replace(still, ack.view)) };
      case 'push':
        return { outcome: 'pushed', view: seenView(screens.push(person.id, ack.view)) };
    }
  });
}

/** Closes the modal on top, or all of them where the view says so; the app is told if it asked to be. */
export async function close(world: World, person: Person): Promise<Done> {
  const open = openModal(world, person);
  const modal = open.view.type === 'modal' ? open.view : null;
  const clears = modal?.clear_on_close === true;
  if (clears) world.screens.clear(person.id);
  else world.screens.close(open);
  if (modal?.notify_on_close !== true) return { outcome: 'ok' };
  const payload = viewClosed(world, person, open, clears);
  return interact(world, { kind: 'interactive', payload, seen: TROUBLE }, acknowledge);
}

async function offeredOption(
  world: World,
  person: Person,
  viewId: string,
  found: Found,
  wanted: string,
): Promise<Option | Failure> {
  const open = openModalOrHome(world, viewId);
  const before = open.values[found.block.block_id]?.[found.element.action_id];
  // What is chosen already stays so, whatever was offered since.
  const kept = before && 'selected_options' in before ? pick(before.selected_options, wanted) : undefined;
  if (kept) return kept;
  let offered = ownOptions(found.element) ?? open.offered[keyOf(found)] ?? [];
  for (const query of ownOptions(found.element) ? [] : ['', wanted]) {
    if (pick(offered, wanted)) break;
    const answered = await ask(world, person, openModalOrHome(world, viewId), found, query);
    if ('outcome' in answered) return answered;
    offered = answered;
  }
  const option = pick(offered, wanted);
  if (option) return option;
  const there = offered.map(({ text }) => text.text).join(', ');
  throw new Impossible(`${found.element.action_id} does not offer ${wanted}, but: ${there || 'nothing'}.`);
}

async function put(
  world: World,
  person: Person,
  viewId: string,
  found: Found,
  state: ElementState,
): Promise<Done> {
  const { block, element } = found;
  const open = world.screens.setState(
    openModalOrHome(world, viewId),
    block.block_id,
    element.action_id,
    state,
  );
  return isDispatched(block, element) ? tell(world, person, open, found, state) : { outcome: 'ok' };
}

function openModalOrHome(world: World, viewId: string): OpenView {
  const open = world.screens.view(viewId);
  if (!open) throw new Impossible('The view was closed meanwhile.');
  return open;
}

function keyOf({ block, element }: Found): string {
  return `${block.block_id}/${element.action_id}`;
}
